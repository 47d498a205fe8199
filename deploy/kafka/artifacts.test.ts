import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checksums, differences, lockFile, lockText, parseLock } from './artifacts.ts';
import { KAFKA_VERSIONS } from './plan.ts';

describe.each(KAFKA_VERSIONS)('the checksums of %s', (version) => {
  const locked = parseLock(readFileSync(lockFile(version), 'utf8'));

  test('name the broker of this version and what it needs', () => {
    expect([...locked.keys()]).toContain(`kafka_2.13-${version}.jar`);
    expect(locked.size).toBeGreaterThan(40);
  });

  test('are written as they are read', () => {
    expect(lockText(locked)).toBe(readFileSync(lockFile(version), 'utf8'));
  });
});

describe('a folder of jars', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'foreshock-jars-'));
    writeFileSync(join(folder, 'a-1.jar'), 'a');
    writeFileSync(join(folder, 'b-1.jar'), 'b');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is taken as it was locked', () => {
    expect(differences(parseLock(lockText(checksums(folder))), checksums(folder))).toEqual([]);
  });

  test('is refused with a changed, a missing or an unknown jar', () => {
    const locked = checksums(folder);
    writeFileSync(join(folder, 'a-1.jar'), 'other');
    rmSync(join(folder, 'b-1.jar'));
    writeFileSync(join(folder, 'c-1.jar'), 'c');
    expect(differences(locked, checksums(folder))).toEqual([
      'a-1.jar has another content',
      'b-1.jar is missing',
      'c-1.jar is not expected',
    ]);
  });
});

test('a lock file with anything else in it is refused', () => {
  expect(() => parseLock('abc  a.jar\n')).toThrow('not a line of checksums');
  expect(() => parseLock(`${'0'.repeat(64)}  ../a.jar\n`)).toThrow('not a line of checksums');
});
