import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadFrom } from './native.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foreshock-native-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function install(source: string): void {
  const target = join(folder, 'node_modules/node-rdkafka');
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'package.json'), '{"name":"node-rdkafka","version":"3.6.1","main":"index.js"}');
  writeFileSync(join(target, 'index.js'), source);
}

describe('node-rdkafka', () => {
  test('is taken from where it was built', () => {
    install('module.exports = { features: ["lz4"], librdkafkaVersion: "2", Producer: class {} };');
    const native = loadFrom(folder);
    expect('client' in native && native.client.features).toEqual(['lz4']);
  });

  test.each([
    ['is not built', undefined, 'make native'],
    [
      'was built for another Node',
      'throw new Error("NODE_MODULE_VERSION 115.\\nmore lines");',
      'it cannot be loaded: NODE_MODULE_VERSION 115.',
    ],
    ['is something else', 'module.exports = {};', 'is not node-rdkafka'],
  ])('that %s is absent, with the reason', (_what, source, words) => {
    if (source !== undefined) install(source);
    const native = loadFrom(folder);
    expect('absent' in native && native.absent).toContain(words);
    expect('absent' in native && native.absent).not.toContain('\n');
  });

  test('is absent in a worker thread, built or not', async () => {
    const worker = new Worker(
      `import(process.env.NATIVE).then(({ loadNative }) =>
         require('node:worker_threads').parentPort.postMessage(loadNative()));`,
      { eval: true, env: { ...process.env, NATIVE: join(import.meta.dirname, 'native.ts') } },
    );
    const [answer] = await once(worker, 'message');
    expect(answer).toEqual({ absent: 'it can be loaded in the main thread only' });
    await worker.terminate();
  });
});
