import type { IssuePack } from '@foreshock/model/config';
import { analyzePost } from '@foreshock/text/analyze';
import { fold, foldText, originalSpan } from '@foreshock/text/fold';
import { compileMatcher } from '@foreshock/text/matcher';
import { tokenize } from '@foreshock/text/tokens';
import { createUnderstanding } from '@foreshock/text/understand';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const watch = {
  id: 'acme',
  any: ['acme', 'out of stock', '#acme', '@acme', 'acme.example/x', 'a a a', '東京', 'か'],
};
const pack: IssuePack = {
  id: 'stock',
  name: 'Stock',
  description: 'Nothing left.',
  language: 'en',
  phrases: ['sold out', 'a * a', 'a * b * c'],
  negated: ['in stock', 'a'],
  except: ['sold out tour'],
  examples: ['sold out'],
  counterExamples: ['in stock'],
};
const matcher = compileMatcher([watch]);
const understander = createUnderstanding([pack]);

const MEGABYTE = 1_000_000;
const hostile: readonly (readonly [string, string])[] = [
  ['one letter', 'a'.repeat(MEGABYTE)],
  ['one letter apart', 'a '.repeat(MEGABYTE / 2)],
  ['a phrase all over', 'out of stock '.repeat(MEGABYTE / 13)],
  ['half a phrase, then spaces', `out of${' '.repeat(MEGABYTE)}stock`],
  ['spaces', ' '.repeat(MEGABYTE)],
  ['hyphens', '-'.repeat(MEGABYTE)],
  ['combining marks', `acme${'\u0301'.repeat(MEGABYTE)}`],
  ['marks out of order', `a${'\u0327\u0301\u093c\u3099'.repeat(MEGABYTE / 4)}`],
  ['invisible characters', `a${'\u200b'.repeat(MEGABYTE)}cme`],
  ['joined emoji', '👩\u200d'.repeat(MEGABYTE / 3)],
  ['high surrogates', '\ud83d'.repeat(MEGABYTE)],
  ['low surrogates', '\udc00'.repeat(MEGABYTE)],
  ['right to left', '\u202eשלום عربي '.repeat(MEGABYTE / 12)],
  ['signs of handles', '@'.repeat(MEGABYTE)],
  ['signs of hashtags', '#'.repeat(MEGABYTE)],
  ['dots', 'a.'.repeat(MEGABYTE / 2)],
  ['a host without end', `https://${'a.'.repeat(MEGABYTE / 2)}acme.example/x`],
  ['an address without end', `${'a'.repeat(MEGABYTE)}@${'a.'.repeat(1_000)}`],
  ['apostrophes', "a'".repeat(MEGABYTE / 2)],
  ['emoticons', ':-)'.repeat(MEGABYTE / 3)],
  ['digits', '1,'.repeat(MEGABYTE / 2)],
  ['ligatures that fold to many', '\ufdfa'.repeat(MEGABYTE / 10)],
  ['Hangul letters', '\u1100\u1161\u11a8'.repeat(MEGABYTE / 3)],
  ['gaps without end', 'a x '.repeat(MEGABYTE / 4)],
  ['an open object', '{'.repeat(MEGABYTE)],
];

describe('a megabyte of', () => {
  test.each(hostile)('%s is folded, matched, split and understood', (_name, text) => {
    const folded = fold(text);
    expect(folded.text.length).toBeLessThanOrEqual(text.length * 18);
    if (folded.offsets) expect(folded.offsets).toHaveLength(folded.text.length + 1);
    expect(matcher.match({ content: text }).length).toBeLessThanOrEqual(1);
    expect(matcher.explainMatch({ content: text })[0]!.spans.length).toBeLessThanOrEqual(200);
    expect(tokenize(text).length).toBeLessThanOrEqual(1_000);
    expect(
      analyzePost(text, understander, { matcher, watches: [watch] }).sentiment.score,
    ).toBeLessThanOrEqual(1);
  });
});

describe('any text', () => {
  test('is read without a fault, and its spans lie within it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const [explanation] = matcher.explainMatch({ content: text });
        for (const { start, end } of explanation!.spans) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
        }
        understander.understand({ content: text });
      }),
      { numRuns: 2_000 },
    );
  });

  test('as a phrase compiles, and finds itself where it holds a letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (phrase) => {
        const own = compileMatcher([{ id: 'w', any: [phrase] }]);
        const found = own.match({ content: phrase, url: phrase });
        if (/^[\p{L}\p{N}]+$/u.test(foldText(phrase))) expect(found).toHaveLength(1);
      }),
      { numRuns: 600 },
    );
  });

  test('every code point alone is folded, and folding it again changes nothing', () => {
    for (let point = 0; point <= 0x10ffff; point++) {
      const character = String.fromCodePoint(point);
      const folded = fold(character);
      if (foldText(folded.text) !== folded.text)
        expect([point.toString(16), foldText(folded.text)]).toEqual([point.toString(16), folded.text]);
      const span = originalSpan(folded, 0, folded.text.length);
      if (folded.text !== '' && (span.start !== 0 || span.end !== character.length))
        expect([point.toString(16), span]).toEqual([point.toString(16), { start: 0, end: character.length }]);
    }
  });
});
