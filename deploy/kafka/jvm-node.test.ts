import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { jvmNode } from './jvm-node.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foreshock-node-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Any program will do: what is tested is how it is held. */
const shell = (script: string) => jvmNode({ java: 'sh', args: ['-c', script], logFile: join(folder, 'log') });

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a node runs, is killed, and runs again under another number', async () => {
  const node = shell('echo up; exec sleep 600');
  await node.start();
  const first = node.pid!;
  await expect.poll(() => node.log()).toContain('up');
  await expect(node.start()).rejects.toThrow('runs already');
  await node.kill('SIGKILL');
  expect([node.running, lives(first)]).toEqual([false, false]);
  await node.kill();
  await node.start();
  expect(node.pid).not.toBe(first);
  await node.kill();
  expect(readFileSync(join(folder, 'log'), 'utf8').match(/up/g)?.length).toBeGreaterThanOrEqual(1);
});

test('a frozen node lives, and dies all the same when it is killed', async () => {
  const node = shell('exec sleep 600');
  await node.start();
  await node.freeze();
  expect(node.running).toBe(true);
  await node.kill('SIGKILL');
  expect(node.running).toBe(false);
  await expect(node.freeze()).rejects.toThrow('does not run');
});

test('a node that ends by itself is seen to be down', async () => {
  const node = shell('echo no space; exit 3');
  await node.start();
  await expect.poll(() => node.running).toBe(false);
  await expect.poll(() => node.log()).toContain('exited with 3');
});

test('a node does not outlive the one who started it, however that one ended', async () => {
  const script = `
    const { jvmNode } = await import(${JSON.stringify(join(import.meta.dirname, 'jvm-node.ts'))});
    const node = jvmNode({ java: 'sleep', args: ['600'], logFile: ${JSON.stringify(join(folder, 'log'))} });
    await node.start();
    console.log(node.pid);`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(owner.stdout, 'data');
  const pid = Number(said);
  expect(lives(pid)).toBe(true);
  owner.kill('SIGKILL');
  await vi.waitFor(() => expect(lives(pid)).toBe(false), { timeout: 10_000 });
});
