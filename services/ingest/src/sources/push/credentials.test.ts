import { describe, expect, test } from 'vitest';
import { bearsOut, claimOf, credentialsOf, isLocal } from './credentials.ts';

const secrets = (ref: { env: string } | { file: string }) => ('env' in ref ? ref.env : ref.file);
const token = credentialsOf({ token: { env: 'tok_123' } }, secrets);
const signed = credentialsOf({ hmac: { env: "It's a Secret to Everybody" } }, secrets);
const open = credentialsOf({}, secrets);
const shown = (authorization?: string, signature?: string, local = false) => ({
  authorization,
  signature,
  local,
});

describe('who may push', () => {
  test.each([
    ['the token', token, shown('Bearer tok_123'), 'granted'],
    ['the token, other case of the scheme', token, shown('bearer tok_123'), 'granted'],
    ['a longer token', token, shown('Bearer tok_1234'), 'denied'],
    ['a shorter token', token, shown('Bearer tok_12'), 'denied'],
    ['no token', token, shown(), 'denied'],
    ['no token, from this machine', token, shown(undefined, undefined, true), 'denied'],
    ['another scheme', token, shown('Basic tok_123'), 'denied'],
    ['a token where a signature is asked', signed, shown('Bearer x'), 'denied'],
    ['a signature of the wrong length', signed, shown(undefined, 'sha256=00'), 'denied'],
    ['no proof where none is configured, from elsewhere', open, shown(), 'denied'],
    [
      'no proof where none is configured, from this machine',
      open,
      shown(undefined, undefined, true),
      'granted',
    ],
  ])('%s', (_name, credentials, what, expected) => {
    expect(claimOf(credentials, what)).toBe(expected);
  });

  test('a signature is borne out by the very bytes only', () => {
    const known = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const claim = claimOf(signed, shown(undefined, `sha256=${known}`));
    if (typeof claim === 'string') throw new Error('expected a signature to check');
    expect(bearsOut(signed, claim.signature, Buffer.from('Hello, World!'))).toBe(true);
    expect(bearsOut(signed, claim.signature, Buffer.from('Hello, World! '))).toBe(false);
    expect(bearsOut(token, claim.signature, Buffer.from('Hello, World!'))).toBe(false);
  });

  test('the token itself is not kept', () => {
    expect(JSON.stringify(token)).not.toContain('tok_123');
  });
});

describe('this machine', () => {
  test.each([
    ['127.0.0.1', 'localhost:8080', false, true],
    ['::1', '[::1]:8080', false, true],
    ['::ffff:127.0.0.1', '127.0.0.1', false, true],
    ['127.0.0.1', 'evil.example', false, false],
    ['127.0.0.1', 'localhost.evil.example', false, false],
    ['127.0.0.1', undefined, false, false],
    ['192.168.1.5', 'localhost', false, false],
    ['127.0.0.1', 'localhost', true, false],
    [undefined, 'localhost', false, false],
  ])('address %s, host %s, forwarded %s: %s', (remoteAddress, host, forwarded, expected) => {
    expect(isLocal({ remoteAddress, host, forwarded })).toBe(expected);
  });
});
