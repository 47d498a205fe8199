import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionOf } from './contract.ts';

test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('the hash of %j is the published 32-bit FNV-1a', (key, hash) => {
  expect(partitionOf(key, 2 ** 32)).toBe(hash);
});

test('the hash is over UTF-8, whatever the key holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      let hash = 0x811c9dc5;
      for (const byte of Buffer.from(key, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
      expect(partitionOf(key, 2 ** 32)).toBe(hash >>> 0);
      expect(partitionOf(key, 7)).toBe((hash >>> 0) % 7);
    }),
  );
});
