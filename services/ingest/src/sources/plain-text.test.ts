import fc from 'fast-check';
import { expect, test } from 'vitest';
import { languageTag, plainText } from './plain-text.ts';

test('text is composed, well-formed and free of control characters', () => {
  expect(plainText('cafe\u0301 \u0000\u001b[31mred\r\n\tend\ud800', 100)).toBe('café [31mred\n\tend\ufffd');
});

test('a cut never leaves half an emoji', () => {
  expect(plainText('ab😀', 3)).toBe('ab');
  expect(plainText('ab😀', 4)).toBe('ab😀');
});

test('any string gives well-formed text within the bound', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, charsMax) => {
      const plain = plainText(text, charsMax);
      expect(plain.length).toBeLessThanOrEqual(charsMax);
      expect(plain.isWellFormed()).toBe(true);
    }),
  );
});

test.each([
  ['en', 'en'],
  ['pt-br', 'pt-BR'],
  ['en_US', 'en-US'],
  ['', undefined],
  ['not a language', undefined],
  [7, undefined],
  ['x'.repeat(40), undefined],
])('the language %s is taken as %s', (tag, expected) => {
  expect(languageTag(tag)).toBe(expected);
});
