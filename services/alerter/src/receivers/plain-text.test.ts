import { describe, expect, test } from 'vitest';
import { plainText, truncate, webLink } from './plain-text.ts';

test.each([
  ['plain', 'out of stock', 'out of stock'],
  ['lines', 'a\r\n\tb\u2028c', 'a b c'],
  ['escape sequences', '\u001b[31mred\u001b[0m', 'red'],
  ['bidi', 'a\u202eb\u2069c', 'abc'],
  ['half characters', 'a\ud800b', 'a\ufffdb'],
  ['accents', 'e\u0301te\u0301', 'e\u0301te\u0301'],
  ['emoji', '❤\ufe0f ok', '❤\ufe0f ok'],
  ['other scripts', 'غير متوفر · 売り切れ · не пришло', 'غير متوفر · 売り切れ · не пришло'],
])('%s become one line of text', (_what, text, line) => {
  expect(plainText(text, 100)).toBe(line);
});

describe('truncating', () => {
  test.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['𝔒𝔯𝔦', 6, '𝔒𝔯𝔦'],
    ['𝔒𝔯𝔦𝔬', 6, '𝔒𝔯…'],
    ['𝔒𝔯𝔦𝔬', 5, '𝔒𝔯…'],
    ['two words', 5, 'two…'],
  ])('%s to %i units', (text, chars, cut) => {
    expect(truncate(text, chars)).toBe(cut);
  });
});

test.each([
  ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
  ['http://example.org', 'http://example.org/'],
  ['https://example.org/ä <b>|"x"', 'https://example.org/%C3%A4%20%3Cb%3E%7C%22x%22'],
  ["https://example.org/'(x)`^{y}", 'https://example.org/%27%28x%29%60%5E%7By%7D'],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['https://user:pw@example.org/', undefined],
  ['/relative', undefined],
  [`https://example.org/${'a'.repeat(2_000)}`, undefined],
  [undefined, undefined],
])('%s becomes the link %s', (url, link) => {
  expect(webLink(url)).toBe(link);
});
