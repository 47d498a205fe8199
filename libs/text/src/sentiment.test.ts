import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foreignLexicon, LEXICON_LANGUAGES } from './foreign-lexicons.ts';
import { sentimentOf } from './sentiment.ts';

const score = (text: string, language = 'en'): number => sentimentOf(text, language).score;
const label = (text: string, language = 'en'): string => sentimentOf(text, language).label;

describe('sentiment', () => {
  test.each([
    ['I love it', 'positive'],
    ['I hate it', 'negative'],
    ['It is a phone', 'neutral'],
    ['', 'neutral'],
    ["I don't love it", 'negative'],
    ['not bad at all', 'positive'],
    ['😡😡😡', 'negative'],
    ['👍🏽', 'positive'],
    ['the phone arrived broken', 'negative'],
    ['great camera but the battery is terrible', 'negative'],
  ])('%j is %s', (text, expected) => {
    expect(label(text)).toBe(expected);
  });

  test.each([
    ['LOVE this phone', 'love this phone'],
    ['I love it!!!', 'I love it'],
    ['I really love it', 'I love it'],
    ['I looooove it', 'I love it'],
    ['I love it ❤️', 'I love it'],
    ['nice but awesome', 'awesome but nice'],
  ])('%j is stronger than %j', (more, less) => {
    expect(score(more)).toBeGreaterThan(score(less));
  });

  test('a score lies within −1 and 1 whatever is shouted', () => {
    expect(score('hate '.repeat(300))).toBeGreaterThanOrEqual(-1);
    expect(score('love! '.repeat(300))).toBeLessThanOrEqual(1);
  });

  test('a text all in capitals is not stressed word by word', () => {
    expect(score('I LOVE IT')).toBe(score('i love it'));
  });

  test.each([
    ['es', 'me encanta, excelente', 'una estafa horrible'],
    ['pt', 'excelente, maravilhoso', 'horrível, odeio'],
    ['fr', 'excellent, magnifique', 'horrible et nul'],
    ['de', 'großartig, wunderbar', 'schlecht und furchtbar'],
    ['it', 'ottimo, bellissimo', 'pessimo, orribile'],
    ['nl', 'geweldig, uitstekend', 'slecht, vreselijk'],
  ])('%s is understood', (language, good, bad) => {
    expect(score(good, language)).toBeGreaterThan(0);
    expect(score(bad, language)).toBeLessThan(0);
  });

  test('every supported language has a lexicon with words of both kinds', () => {
    for (const language of LEXICON_LANGUAGES) {
      const values = [...foreignLexicon(language)!.values];
      expect(values.filter((value) => value > 0).length).toBeGreaterThan(100);
      expect(values.filter((value) => value < 0).length).toBeGreaterThan(100);
    }
  });

  test.each(['ja', 'ar', 'hi', 'und', 'constructor', ''])(
    '%j has no lexicon: unknown, not neutral',
    (language) => {
      expect(sentimentOf('I love it', language)).toEqual({ score: 0, label: 'unknown' });
    },
  );

  test('any text has a score, the same whatever was read before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('en', 'es', 'de'), (text, language) => {
        const first = sentimentOf(text, language);
        expect(Math.abs(first.score)).toBeLessThanOrEqual(1);
        sentimentOf('I HATE it :(', 'en');
        expect(sentimentOf(text, language)).toEqual(first);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['one letter', 'a'],
    ['one word', 'good '],
    ['tags', '#SoGoodAndBad '],
    ['one humped tag', 'aB'],
    ['marks on one letter', '\u0301'],
    ['joined emoji', '👨‍👩‍👧'],
    ['lone surrogates', '\ud83d'],
    ['apostrophes', "n't'"],
    ['emoticons', ':)-:('],
    ['Arabic', 'سيئ '],
  ])('a megabyte of %s is scored', (_name, unit) => {
    const text = `#${unit.repeat(Math.ceil(1_048_576 / unit.length))}`;
    for (const language of ['en', 'fr']) expect(Math.abs(score(text, language))).toBeLessThanOrEqual(1);
  });
});
