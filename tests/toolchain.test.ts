import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from './project-files.ts';

/**
 * The scripts run in a copy of the project that holds nothing else, with a PATH of stand-ins: a `node` that only says a
 * version, and an `npm` that writes down how it was called and makes what it would install.
 */
let root: string;
let tools: string;
let calls: string;

function script(path: string, ...lines: string[]): void {
  writeFileSync(path, `#!/bin/sh\n${lines.join('\n')}\n`);
  chmodSync(path, 0o755);
}

const fakeNode = (version: string) => `[ "$1" = --version ] && echo ${version} || echo "${version} ran $*"`;
const pinned = (
  JSON.parse(readFileSync(join(projectRoot, 'deploy/toolchain/node/package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  }
).optionalDependencies;

beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), 'foreshock-toolchain-')), 'with space');
  tools = join(root, 'path');
  calls = join(root, 'calls');
  mkdirSync(tools, { recursive: true });
  for (const path of ['bin', 'deploy/toolchain'])
    cpSync(join(projectRoot, path), join(root, path), { recursive: true });
  writeFileSync(join(root, 'package-lock.json'), '{"first":true}');
  script(
    join(tools, 'npm'),
    `echo "npm $* in $PWD" >> '${calls}'`,
    'mkdir -p node_modules',
    `if [ "\${PWD##*/}" = .tools ]; then for package in ${Object.keys(pinned).join(' ')}; do`,
    '  mkdir -p "node_modules/$package/bin"',
    // Like the real ones: each package brings the version that the lock file names.
    '  version=$(sed -n "s/.*\\"$package\\": *\\"\\([0-9.]*\\)\\".*/v\\1/p" package.json)',
    `  printf '#!/bin/sh\\n[ "$1" = --version ] && echo %s || echo "%s ran $*"\\n' "$version" "$version" > "node_modules/$package/bin/node"`,
    '  chmod +x "node_modules/$package/bin/node"',
    'done; fi',
  );
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

function run(command: string, args: readonly string[] = [], options: { cwd?: string } = {}) {
  const ran = spawnSync(command, args, {
    cwd: options.cwd ?? root,
    encoding: 'utf8',
    env: { PATH: [tools, '/usr/bin', '/bin'].join(delimiter), HOME: root },
  });
  return { status: ran.status, out: ran.stdout, err: ran.stderr };
}
const npmCalls = () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []);
const ask = (...args: string[]) => run('sh', ['deploy/toolchain/node.sh', ...args]);

describe('finding a Node', () => {
  test.each(['v24.0.0', 'v26.10.0', 'v100.1.0'])('%s on PATH is taken and nothing is fetched', (version) => {
    script(join(tools, 'node'), fakeNode(version));
    expect(ask()).toEqual({ status: 0, out: `${tools}\n`, err: '' });
    expect(npmCalls()).toEqual([]);
  });

  test.each(['v20.20.2', 'v9.0.0', 'v23.99.0'])(
    '%s is too old: the pinned one is fetched once',
    (version) => {
      script(join(tools, 'node'), fakeNode(version));
      const first = ask();
      expect(first.status).toBe(0);
      expect(first.out).toMatch(/\.tools\/node_modules\/node-[a-z0-9-]+\/bin\n$/);
      expect(first.err).toContain(`(${version} on PATH is older than v24)`);
      expect(ask().out).toBe(first.out);
      expect(npmCalls()).toEqual([expect.stringMatching(/^npm ci --ignore-scripts .*\.tools$/)]);
    },
  );

  test('a newer pin replaces the fetched one', () => {
    script(join(tools, 'node'), fakeNode('v20.20.2'));
    ask();
    const manifest = join(root, 'deploy/toolchain/node/package.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replaceAll(/"(24|26)\.\d+\.\d+"/g, '"24.99.1"'));
    const folder = ask().out.trim();
    expect(run(join(folder, 'node'), ['--version']).out).toBe('v24.99.1\n');
    expect(npmCalls()).toHaveLength(2);
  });

  test('asked for an installed one it fetches nothing and says what to do', () => {
    script(join(tools, 'node'), fakeNode('v20.20.2'));
    const { status, out, err } = ask('--installed');
    expect([status, out]).toEqual([1, '']);
    expect(err).toContain("run 'make setup'");
    expect(npmCalls()).toEqual([]);
  });

  test('a fetch that brings nothing is an error, not an old Node', () => {
    script(join(tools, 'node'), fakeNode('v20.20.2'));
    script(join(tools, 'npm'), 'exit 0');
    expect(ask()).toMatchObject({ status: 1, out: '', err: expect.stringContaining('does not run here') });
  });

  test('the pinned Node is locked by content, and by no address', () => {
    const text = readFileSync(join(projectRoot, 'deploy/toolchain/node/package-lock.json'), 'utf8');
    const { packages } = JSON.parse(text) as {
      packages: Record<string, { version: string; integrity?: string }>;
    };
    for (const [name, version] of Object.entries(pinned))
      expect(packages[`node_modules/${name}`]).toMatchObject({
        version,
        integrity: expect.stringMatching(/^sha512-/),
      });
  });
});

describe('installing', () => {
  const install = () => run('sh', ['deploy/toolchain/with-node.sh', 'sh', 'deploy/toolchain/install.sh']);

  test('happens once for a lock file, and again when that changes', () => {
    script(join(tools, 'node'), fakeNode('v24.21.0'));
    expect(install().status).toBe(0);
    expect(install().status).toBe(0);
    expect(npmCalls()).toEqual([
      expect.stringMatching(/^npm ci --ignore-scripts --include=dev --include=optional .* in .*with space$/),
    ]);
    writeFileSync(join(root, 'package-lock.json'), '{"first":false}');
    install();
    expect(npmCalls()).toHaveLength(2);
  });

  test('is not repeated after an npm install by hand', () => {
    script(join(tools, 'node'), fakeNode('v24.21.0'));
    mkdirSync(join(root, 'node_modules'));
    const lock = join(root, 'package-lock.json');
    const copy = join(root, 'node_modules/.package-lock.json');
    writeFileSync(copy, '{}');
    utimesSync(lock, 1_000, 1_000);
    utimesSync(copy, 1_001, 1_001);
    expect(install().status).toBe(0);
    expect(npmCalls()).toEqual([]);
    writeFileSync(lock, '{"pulled":true}');
    install();
    expect(npmCalls()).toHaveLength(1);
  });

  test('that fails is tried again', () => {
    script(join(tools, 'node'), fakeNode('v24.21.0'));
    script(join(tools, 'npm'), `echo tried >> '${calls}'`, 'exit 1');
    expect(install().status).toBe(1);
    expect(install().status).toBe(1);
    expect(npmCalls()).toEqual(['tried', 'tried']);
  });
});

describe('bin/foreshock', () => {
  beforeEach(() => {
    script(join(tools, 'node'), fakeNode('v24.21.0'));
    mkdirSync(join(root, 'node_modules'));
  });
  const main = () => join(root, 'services/cli/src/main.ts');

  test('starts the command line from any folder, with the arguments as they are', () => {
    const { status, out } = run(join(root, 'bin/foreshock'), ['check', 'a b.yaml'], { cwd: tmpdir() });
    expect([status, out]).toEqual([0, `v24.21.0 ran --max-semi-space-size=4 ${main()} check a b.yaml\n`]);
  });

  test('works through a chain of symbolic links', () => {
    const elsewhere = join(root, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync('../bin/foreshock', join(elsewhere, 'relative'));
    symlinkSync(join(elsewhere, 'relative'), join(elsewhere, 'fs'));
    expect(run(join(elsewhere, 'fs'), ['doctor'], { cwd: '/' }).out).toBe(
      `v24.21.0 ran --max-semi-space-size=4 ${main()} doctor\n`,
    );
  });

  test('passes on the exit code', () => {
    script(join(tools, 'node'), '[ "$1" = --version ] && echo v24.21.0 || exit 1');
    expect(run(join(root, 'bin/foreshock')).status).toBe(1);
  });

  test.each([
    ['Node is too old', () => script(join(tools, 'node'), fakeNode('v20.20.2'))],
    ['the packages are missing', () => rmSync(join(root, 'node_modules'), { recursive: true })],
  ])('says what to do when %s', (_what, arrange) => {
    arrange();
    const { status, out, err } = run(join(root, 'bin/foreshock'), ['run']);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain("run 'make setup'");
  });
});
