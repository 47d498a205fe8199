import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildEnvironment, lacking, leftOut, wrongHeaders } from './toolbox.ts';

test('what a build lacks is named once, by its Debian package', () => {
  expect(lacking(() => true)).toBeUndefined();
  expect(lacking((program) => program === 'make')).toContain(
    'apt-get install build-essential python3 libssl-dev zlib1g-dev libzstd-dev.',
  );
});

test('what a build leaves out is named', () => {
  expect(leftOut(() => true)).toBeUndefined();
  expect(leftOut((header) => header !== 'zstd.h')).toBe(
    'built without zstd: no header found (Debian: libzstd-dev)',
  );
});

describe('headers', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'foreshock-headers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ['137', undefined],
    ['115', /of another Node/],
  ])('of module version %s', (version, fault) => {
    mkdirSync(join(folder, 'include/node'), { recursive: true });
    writeFileSync(join(folder, 'include/node/node_version.h'), `#define NODE_MODULE_VERSION ${version}\n`);
    const wrong = wrongHeaders(folder, '137');
    if (fault) expect(wrong).toMatch(fault);
    else expect(wrong).toBeUndefined();
  });

  test('that are missing are said to be', () => {
    expect(wrongHeaders(folder, '137')).toContain('has no headers');
  });
});

test('the build sees the headers of this Node and no order to run in parallel', () => {
  const env = buildEnvironment(
    {
      PATH: '/bin',
      JOBS: '8',
      MAKEFLAGS: '-j8',
      MAKELEVEL: '1',
      NPM_CONFIG_NODEDIR: '/usr',
      npm_config_ignore_scripts: 'true',
    },
    '/node',
  );
  expect(env).toEqual({ PATH: '/bin', npm_config_nodedir: '/node' });
});
