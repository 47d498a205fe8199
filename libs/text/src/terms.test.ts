import { describe, expect, test } from 'vitest';
import { TERMS_MAX, termsOf } from './terms.ts';
import { tokenize } from './tokens.ts';

describe('terms', () => {
  test.each([
    ['Out of stock again!', 'en', ['stock', 'out of stock']],
    ['the phone is sold out', 'en', ['phone', 'sold', 'sold out']],
    ['never arrived', 'en', ['arrived', 'never arrived']],
    ['out of the box', 'en', ['box']],
    ['fuera de stock', 'es', ['fuera', 'stock', 'fuera de stock']],
    ['battery. Screen', 'en', ['battery', 'screen']],
    ['#SoldOut in Berlin', 'en', ['soldout', 'berlin', 'soldout in berlin']],
    ['call 5551234 or mail me@acme.example, @someone', 'en', ['call', 'mail']],
    ['', 'en', []],
  ])('of %j in %s are %j', (text, language, expected) => {
    expect(termsOf(tokenize(text), language)).toEqual(expected);
  });

  test('are a bounded number, each once', () => {
    const text = Array.from(
      { length: 100 },
      (_, index) => `word${String.fromCharCode(97 + (index % 26))}`,
    ).join(' ');
    const terms = termsOf(tokenize(text), 'en');
    expect(terms).toHaveLength(TERMS_MAX);
    expect(new Set(terms).size).toBe(TERMS_MAX);
  });
});
