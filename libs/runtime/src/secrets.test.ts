import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveSecret, Secret, SecretError } from './secrets.ts';

const CANARY = 'canary-7f3a';

describe('a secret', () => {
  const secret = new Secret(CANARY);
  test.each([
    ['a template', `${secret}`],
    ['concatenation', `a${String(secret)}`],
    ['JSON', JSON.stringify({ deep: [secret] })],
    ['inspection', inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
    ['formatting', format('%s %o %j', secret, secret, secret)],
    ['a spread', JSON.stringify({ ...secret })],
    ['an error', new Error('failed', { cause: secret }).stack + inspect(new Error('x', { cause: secret }))],
  ])('prints nothing of itself in %s', (_where, text) => {
    expect(text).not.toContain(CANARY);
  });
  test('is revealed on request', () => {
    expect(secret.reveal()).toBe(CANARY);
  });
});

describe('a secret reference', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'foreshock-secrets-'));
    writeFileSync(join(folder, 'good'), `${CANARY}\n`);
    writeFileSync(join(folder, 'empty'), '\n');
    writeFileSync(join(folder, 'large'), CANARY.repeat(10_000));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is read from the environment or a file, without the newline around it', () => {
    expect(resolveSecret({ env: 'TOKEN' }, { TOKEN: `${CANARY}\n` }).reveal()).toBe(CANARY);
    expect(resolveSecret({ file: join(folder, 'good') }).reveal()).toBe(CANARY);
  });

  test.each([
    [{ env: 'TOKEN' }, 'the environment variable TOKEN is not set; export it before the start'],
    [{ env: 'EMPTY' }, 'the environment variable EMPTY is empty; give it the secret'],
    [{ file: 'absent' }, 'absent does not exist; create it, or correct the path'],
    [{ file: 'empty' }, 'empty is empty; write the secret into it'],
    [{ file: 'large' }, 'large is larger than 64 KiB; name the file that holds the secret'],
    [{ file: '.' }, 'cannot be read (EISDIR); name a plain file'],
  ])('that leads nowhere says which and what to do: %j', (ref, message) => {
    const resolved = 'file' in ref ? { file: join(folder, ref.file!) } : ref;
    const attempt = () => resolveSecret(resolved as never, { EMPTY: ' ' });
    expect(attempt).toThrow(SecretError);
    expect(attempt).toThrow(message);
    expect(attempt).not.toThrow(CANARY);
  });
});
