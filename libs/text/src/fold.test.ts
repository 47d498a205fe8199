import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold, foldText, originalSpan } from './fold.ts';

describe('folding', () => {
  test.each([
    ['Out of STOCK', 'out of stock'],
    ['Café CAFÉ Cafe\u0301', 'cafe cafe cafe'],
    ['won’t', "won't"],
    ['pre‑order – now', 'pre-order - now'],
    ['Straße ﬁn', 'strasse fin'],
    ['ＡＣＭＥ＃１', 'acme#1'],
    ['Acme™ phone…', 'acme  phone.'],
    ['Σίσυφος ΣΊΣΥΦΟΣ', 'σισυφοσ σισυφοσ'],
    ['İstanbul ısı', 'istanbul isi'],
    ['𝐒𝐨𝐥𝐝 𝒐𝒖𝒕', 'sold out'],
    ['a\u200bc\u00adm\u2060e', 'acme'],
    ['ﾊﾟｿｺﾝ', 'パソコン'],
    ['かき が', 'かき が'],
    ['한국어', '한국어'],
    ['हिन्दी', 'हिन्दी'],
    ['👩‍👩‍👧 ❤️', '👩👩👧 ❤'],
    ['\ud83d lone \udc00', '\ud83d lone \udc00'],
  ])('%j folds to %j', (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  test('keeping diacritics tells café from cafe, and still unites composed with decomposed', () => {
    expect(fold('Café', { diacritics: 'keep' }).text).toBe('café');
    expect(fold('Cafe\u0301', { diacritics: 'keep' }).text).toBe('café');
  });

  test('ASCII has no offset map, nor has text whose characters fold one to one', () => {
    expect(fold('Plain').offsets).toBeUndefined();
    expect(fold('Müller 😡 naïve').offsets).toBeUndefined();
  });

  test('a highlighted span covers the whole characters that the folded span came from', () => {
    const text = 'Die Strasse: Die STRAßE — cafe\u0301\u0301!';
    const folded = fold(text);
    const at = folded.text.lastIndexOf('strasse');
    const span = originalSpan(folded, at, at + 7);
    expect(text.slice(span.start, span.end)).toBe('STRAßE');
    const half = originalSpan(folded, at, at + 5);
    expect(text.slice(half.start, half.end)).toBe('STRAß');
    const cafe = folded.text.indexOf('cafe');
    const marks = originalSpan(folded, cafe, cafe + 4);
    expect(text.slice(marks.start, marks.end)).toBe('cafe\u0301\u0301');
  });
});

/** Strings of any code point, lone surrogates included, with marks, invisible characters and letters in good measure. */
export const anyText = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          ...'aAbB eEéÉßﬁ-_ #@.…’\u0301\u0308\u200d\ufe0f️か\u3099각각😡👩क\u093cัสΣς\ud83d\udc00',
        ),
      },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
      },
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));

describe('properties of folding', () => {
  test('folding twice changes nothing more', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
      { numRuns: 5_000 },
    );
  });

  test('composed and decomposed spellings fold alike', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(foldText(text.normalize('NFD'))).toBe(foldText(text.normalize('NFC')));
      }),
      { numRuns: 5_000 },
    );
  });

  test('the span of any part, folded by itself, contains that part', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), fc.nat(), (text, a, b) => {
        const folded = fold(text);
        const start = folded.text.length === 0 ? 0 : a % folded.text.length;
        const end = Math.min(folded.text.length, start + 1 + (b % 8));
        if (end <= start) return;
        const span = originalSpan(folded, start, end);
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeLessThanOrEqual(text.length);
        expect(foldText(text.slice(span.start, span.end))).toContain(folded.text.slice(start, end));
      }),
      { numRuns: 5_000 },
    );
  });
});
