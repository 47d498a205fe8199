import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from '../needs.ts';
import { projectFiles, projectRoot, projectText } from '../project-files.ts';
import { type Built, build, canContain, start } from './container.ts';
import { ignoredBy, stagesOf } from './containerfile.ts';
import { hadolint, VALIDATORS_HINT } from './validators.ts';

const file = 'deploy/container/Containerfile';
const text = projectText(file) ?? '';
const ignoreFile = projectText('.dockerignore') ?? '';
const stages = stagesOf(text);

describe('the Containerfile', () => {
  test('is of the Node that the project pins', () => {
    const pinned = JSON.parse(projectText('deploy/toolchain/node/package.json') ?? '{}') as {
      version: string;
    };
    expect(text).toContain(`ARG NODE_VERSION=${pinned.version}\n`);
    expect(stages[0]?.base).toMatch(/^docker\.io\/library\/node:\$\{NODE_VERSION\}-/);
  });

  test('installs by the manifest of every workspace', () => {
    const copied = stages
      .flatMap(({ instructions }) => instructions)
      .flatMap(({ name, words }) => (name === 'COPY' ? words.slice(0, -1) : []));
    const manifests = projectFiles().filter((path) => /^(libs|services)\/[a-z-]+\/package\.json$/.test(path));
    expect(manifests.length).toBeGreaterThan(5);
    expect(manifests.filter((path) => !copied.includes(path))).toEqual([]);
  });

  test('ends as a user by number, with a stop signal, a health check and a config to mount', () => {
    const last = new Map(stages.at(-1)?.instructions.map(({ name, text: words }) => [name, words]));
    expect(last.get('USER')).toBe('1000:1000');
    expect(last.get('STOPSIGNAL')).toBe('SIGTERM');
    expect(last.get('HEALTHCHECK')).toContain('health.ts');
    expect(last.get('CMD')).toContain('/etc/foreshock/foreshock.yaml');
  });

  test('says what it does not understand', () => {
    expect(() => stagesOf('FROM a AS b\nADD x y\n')).toThrow('line 2: ADD is not understood here');
  });
});

describe('the build context', () => {
  const ignored = ignoredBy(ignoreFile);

  test.each([
    'foreshock.yaml',
    '.env',
    '.data/foreshock.sqlite',
    '.git/config',
    'node_modules/natural/package.json',
    'libs/text/node_modules/a/package.json',
    'services/dashboard/dist/index.html',
    'libs/text/src/fold.test.ts',
    'services/alerter/src/receivers/slack/testdata/opened.json',
    'config/airline.yaml',
    'docs/README.md',
    'tests/needs.ts',
    'deploy/compose/foreshock.yaml',
  ])('does not have %s', (path) => expect(ignored(path)).toBe(true));

  test.each([
    'bin/foreshock',
    'package-lock.json',
    'config/issues/stock.yaml',
    'libs/text/src/fold.ts',
    'services/dashboard/src/page/main.tsx',
    'deploy/container/health.ts',
  ])('has %s', (path) => expect(ignored(path)).toBe(false));
});

describe.skipIf(need('hadolint', hadolint.found, VALIDATORS_HINT) === 'skip')('hadolint', () => {
  test('has nothing to say', () => {
    expect(hadolint.run([join(projectRoot, file)])).toEqual({ status: 0, output: '' });
  });

  test('would', () => {
    const { status, output } = hadolint.run(['-'], 'FROM node\nRUN cd /tmp && sudo ls\n');
    expect(status).not.toBe(0);
    expect(output).toContain('DL3006');
  });
});

const layers = need(
  'layers',
  process.getuid?.() === 0 && canContain(),
  'mounting the layers of an image needs root and overlayfs',
);

describe.skipIf(layers === 'skip')('the image, built from the steps of the Containerfile', () => {
  let folder: string;
  let image: Built;
  let running: ChildProcess;
  let port = 0;
  const lines: string[] = [];

  const inside = async (...words: readonly string[]) => {
    const child = start(image, { folder, config, words });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += String(chunk)));
    child.stderr?.on('data', (chunk) => (output += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    return { code, output };
  };
  let config = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'foreshock-image-'));
    image = build(stages, { ignoreFile, folder });
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    port = typeof address === 'object' && address ? address.port : 0;
    probe.close();
    config = `version: 1
http: { port: ${port} }
sources: [{ name: shop, kind: push }]
watches: [{ id: orion-x, any: [orion x] }]
receivers: [{ id: console, kind: console }]
`;
    running = start(image, { folder, config });
    for await (const line of createInterface({ input: running.stderr! })) {
      lines.push(line);
      if (line.includes('Foreshock is ready.')) break;
    }
    running.stderr!.resume();
    running.stdout!.resume();
  }, 300_000);

  afterAll(async () => {
    if (running?.exitCode === null) {
      running.kill('SIGKILL');
      await once(running, 'exit');
    }
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test('starts, is ready and serves the page', async () => {
    expect(lines.at(-1)).toContain('Foreshock is ready.');
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<script');
  });

  test('calls itself healthy, and would not if it were deaf', async () => {
    const check = image.words.HEALTHCHECK;
    expect(check[0]).toBe('node');
    expect((await inside('env', `FORESHOCK_PORT=${port}`, ...check)).code).toBe(0);
    expect((await inside('env', 'FORESHOCK_PORT=1', ...check)).code).toBe(1);
  });

  test('runs as nobody of rank, and can write nowhere but in /data and /tmp', async () => {
    const { output } = await inside(
      'sh',
      '-c',
      'id -u; grep CapEff /proc/self/status; for d in /app /app/libs /etc /usr/local/bin /data /tmp; do touch $d/x 2>/dev/null && echo $d; done',
    );
    expect(output.split(/\s+/).filter(Boolean)).toEqual([
      '1000',
      'CapEff:',
      '0000000000000000',
      '/data',
      '/tmp',
    ]);
  });

  test('knows the language of people: nothing that it loads was left out', async () => {
    const { output } = await inside(
      'sh',
      '-c',
      'echo "Orion X is sold out again, terrible" | foreshock analyze -c /etc/foreshock/foreshock.yaml',
    );
    expect(output).toMatch(/negative .*stock/);
  });

  test('carries links to the workspaces, and no tools, tests or drivers', async () => {
    const { output } = await inside(
      'sh',
      '-c',
      'cd /app; readlink node_modules/@foreshock/cli; ls -d node_modules/vite node_modules/typescript node_modules/mongodb node_modules/pg tests docs 2>/dev/null; find libs services -name "*.test.ts"; ls config/issues/stock.yaml',
    );
    expect(output.trim().split('\n')).toEqual(['../../services/cli', 'config/issues/stock.yaml']);
  });

  test('stops well within ten seconds when the engine asks', async () => {
    const child = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8').trim();
    const began = performance.now();
    const exited = once(running, 'exit');
    expect(spawnSync('kill', ['-TERM', child]).status).toBe(0);
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
