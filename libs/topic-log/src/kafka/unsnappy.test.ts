import fc from 'fast-check';
import { compress } from 'snappyjs';
import { expect, test } from 'vitest';
import { unsnappy } from './unsnappy.ts';

const BYTES_MAX = 1_048_576;

test('what another implementation packed comes back', () => {
  const word = fc.constantFrom('sold out ', 'x'.repeat(70), 'é', '\u0000', 'delivery ');
  const text = fc.array(word, { maxLength: 3_000 }).map((words) => Buffer.from(words.join('')));
  fc.assert(
    fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 70_000 })), (bytes) => {
      expect(unsnappy(compress(bytes), BYTES_MAX).equals(bytes)).toBe(true);
    }),
  );
});

// One byte of text, each in another of the ways to write it, and copies with 1, 2 and 4 bytes of distance.
test.each([
  { what: 'a literal behind its length', block: [1, 0, 97], text: 'a' },
  { what: 'a literal behind a length of one byte', block: [1, 60 << 2, 0, 97], text: 'a' },
  { what: 'a literal behind a length of four bytes', block: [1, 63 << 2, 0, 0, 0, 0, 97], text: 'a' },
  { what: 'a run', block: [6, 0, 97, 1 + (1 << 2), 1], text: 'aaaaaa' },
  { what: 'a copy over two bytes', block: [3, 0, 97, 2 + (1 << 2), 1, 0], text: 'aaa' },
  { what: 'a copy over four bytes', block: [3, 0, 97, 3 + (1 << 2), 1, 0, 0, 0], text: 'aaa' },
])('$what is read', ({ block, text }) => {
  expect(unsnappy(Uint8Array.from(block), BYTES_MAX).toString()).toBe(text);
});

test.each([
  {
    what: 'a literal of more than 2^31 bytes',
    block: [1, 63 << 2, 0xff, 0xff, 0xff, 0xff, 97],
    said: /literal/,
  },
  { what: 'a copy from before the start', block: [6, 0, 97, 5, 2], said: /repeats/ },
  { what: 'a copy from nowhere', block: [6, 0, 97, 5, 0], said: /repeats/ },
  { what: 'less than it claims', block: [9, 0, 97], said: /unpacks to 1 bytes and claims 9/ },
  { what: 'more than it claims', block: [1, 1 << 2, 97, 98], said: /literal/ },
  { what: 'more than may be', block: [0xff, 0xff, 0xff, 0x7f, 0, 97], said: /claims to unpack/ },
  { what: 'a size without end', block: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], said: /32 bits/ },
  { what: 'nothing', block: [], said: /middle/ },
])('$what is an error', ({ block, said }) => {
  expect(() => unsnappy(Uint8Array.from(block), BYTES_MAX)).toThrow(said);
});
