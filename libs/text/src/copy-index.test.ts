import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COORDINATED_AUTHORS_MIN, COORDINATED_WITHIN_MS, createCopyIndex } from './copy-index.ts';
import {
  EQUAL_BINS_MIN,
  equalBins,
  SIGNATURE_BINS,
  SIGNED_LETTERS_MIN,
  signatureOf,
} from './copy-signature.ts';
import { tokenize } from './tokens.ts';

const sign = (text: string): Uint16Array => {
  const signature = signatureOf(tokenize(text));
  if (!signature) throw new Error(`too short to sign: ${text}`);
  return signature;
};
const TEXT = 'The new phone is out of stock in every shop I went to this morning';
const like = (a: string, b: string): boolean => equalBins(sign(a), sign(b)) >= EQUAL_BINS_MIN;

describe('a signature', () => {
  test.each([
    ['a repost', `RT @someone: ${TEXT}`],
    ['another link', `${TEXT} https://t.co/1 via @shop`],
    ['a comment before it', `so true: “${TEXT}”`],
    ['capitals and marks', `${TEXT.toUpperCase()}!!!`],
    ['its end cut off', TEXT.slice(0, TEXT.length * 0.8)],
    ['a word left out', TEXT.replace('new ', '')],
  ])('stays like itself with %s', (_name, copy) => {
    expect(like(TEXT, copy)).toBe(true);
  });

  test('is unlike that of another text about the same', () => {
    expect(like(TEXT, 'Every shop in town has the old phone, and nobody wants to buy that one')).toBe(false);
  });

  test('is not given to a text too short to tell', () => {
    expect(signatureOf(tokenize('so excited for this'))).toBeUndefined();
    expect(signatureOf(tokenize('a'.repeat(SIGNED_LETTERS_MIN)))).toBeDefined();
    expect(signatureOf(tokenize(`@${'a'.repeat(60)} https://x.example/${'b'.repeat(60)}`))).toBeUndefined();
  });

  test('is made of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const signature = signatureOf(tokenize(text));
        if (signature) expect(equalBins(signature, sign(text))).toBe(SIGNATURE_BINS);
      }),
      { numRuns: 500 },
    );
  });
});

const post = (text: string, author = 1, more: { key?: number; atMs?: number; announce?: boolean } = {}) => ({
  signature: sign(text),
  author,
  key: 7,
  atMs: 0,
  announce: false,
  ...more,
});

describe('the index', () => {
  test('files near-copies under the key of the first', () => {
    const index = createCopyIndex(8);
    expect(index.note(post(TEXT))).toMatchObject({ key: 7, copies: 1 });
    expect(index.note(post(`look: ${TEXT}`, 2, { key: 8 }))).toMatchObject({ key: 7, copies: 2, authors: 2 });
    expect(index.note(post('Quite another text about the weather of today', 3, { key: 9 }))).toMatchObject({
      key: 9,
      copies: 1,
    });
  });

  test('holds a bounded number of texts and forgets the oldest', () => {
    const index = createCopyIndex(16);
    index.note(post(TEXT));
    for (let n = 0; n < 100; n++)
      index.note(
        post(
          `${'abcdefghij'[n % 10]!.repeat(7)} text number ${'qwertyuiop'[n % 7]!.repeat(9)} ${'zxcvbnm'[n % 5]!.repeat(8)} end`,
          n,
          { key: n },
        ),
      );
    expect(index.size).toBe(16);
    expect(index.note(post(TEXT, 5, { key: 99 })).key).toBe(99);
  });

  test('the same text over and over does not push others out', () => {
    const index = createCopyIndex(4);
    index.note(post('Quite another text about the weather of today', 3, { key: 9 }));
    for (let n = 0; n < 50; n++) index.note(post(TEXT, n));
    expect(index.size).toBe(2);
    expect(index.note(post('Quite another text about the weather of today')).key).toBe(9);
  });

  test('many people who write the same within an hour are coordinated, whoever reposts is not', () => {
    const times = (count: number, more: (n: number) => object) => {
      const index = createCopyIndex(8);
      return Array.from({ length: count }, (_, n) => index.note(post(TEXT, n, more(n)))).at(-1)!;
    };
    expect(times(COORDINATED_AUTHORS_MIN - 1, () => ({})).coordinated).toBe(false);
    expect(times(COORDINATED_AUTHORS_MIN, () => ({})).coordinated).toBe(true);
    expect(times(50, (n) => ({ announce: n > 0 })).coordinated).toBe(false);
    expect(times(50, (n) => ({ atMs: n * COORDINATED_WITHIN_MS })).coordinated).toBe(false);
    const index = createCopyIndex(8);
    for (let n = 0; n < 50; n++) expect(index.note(post(TEXT, 1)).coordinated).toBe(false);
  });
});
