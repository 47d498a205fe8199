import { encodeJson } from '@foreshock/model/canonical-json';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePhrase } from './phrase.ts';
import { createScanner } from './scanner.ts';
import { createWordGate } from './word-gate.ts';

const patternsOf = (phrases: readonly string[]): string[] => [
  ...new Set(phrases.flatMap((phrase) => compilePhrase(phrase).patterns.map(({ text }) => text))),
];

function hits(patterns: readonly string[], text: string): number {
  let count = 0;
  createScanner(patterns).scan(text, {
    hit: () => void count++,
    restart: () => {
      count = 0;
    },
  });
  return count;
}

const inRecord = (text: string): [Buffer, number] => {
  const record = Buffer.from(JSON.stringify({ content: text }));
  return [record, record.indexOf('":"') + 3];
};

describe('the word gate', () => {
  test.each([
    ['out of stock', 'we are OUT-OF\tSTOCK now', true],
    ['out of stock', 'out of the stock', false],
    ['out of stock', 'out. of stock', false],
    ['out of stock', 'stock of out', false],
    ['stock', 'stocks', false],
    ['stock', 'stóck!', true],
    ["can't log in", 'I cant’t, I can’t log in', true],
    ['#soldout', 'so #soldout', true],
    ['@acme', 'hi @acme', true],
    ['acme.example/shop', 'see https://acme.example/shop/1', true],
    ['東京', 'いま東京です', true],
    ['東京', 'Tokyo', false],
    ['🔥 sale', 'big 🔥 sale', true],
    ['🔥', 'big 🔥', true],
    ['🔥', 'big 🎉', false],
    ['acme', 'ac\u200bme', true],
    ['one two three four', 'zero one two three four five', true],
    ['one two three four', 'one two three', false],
  ])('for %j lets %j through: %s', (phrase, text, passes) => {
    const gate = createWordGate(patternsOf([phrase]));
    expect(gate.mayHold(text)).toBe(passes);
    expect(gate.mayHoldString(...inRecord(text))).toBe(passes);
  });

  test('never stops a text that holds a pattern', () => {
    const piece = fc.constantFrom(
      ...[
        'acme',
        'Acmé',
        'ac\u0301me',
        'of',
        'stock',
        '東京',
        'か',
        '\u3099',
        '🔥',
        '👍🏽',
        '#',
        '@',
        ' ',
        '-',
        "'",
      ],
      ...['.', '/', '\u200d', '\ud83d', '\n', '"', '\\', 'ß', 'ﬁ', '1', '_', '\u0130', 'x'],
    );
    const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
    let held = 0;
    let stopped = 0;
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (phrases, post) => {
        const patterns = patternsOf(phrases).filter((pattern) => pattern !== '');
        const found = hits(patterns, post) > 0;
        const gate = createWordGate(patterns);
        const record = encodeJson({ content: post });
        const passes = gate.mayHold(post);
        if (found) held++;
        else if (!passes) stopped++;
        if (found) expect([phrases, post, passes]).toEqual([phrases, post, true]);
        const from = Buffer.from(record).indexOf('":"') + 3;
        if (found) expect(gate.mayHoldString(record, from)).toBe(true);
      }),
      { numRuns: 6_000 },
    );
    expect(held).toBeGreaterThan(200);
    expect(stopped).toBeGreaterThan(200);
  });

  test('lets a string through whose end is missing, and what is no UTF-8', () => {
    const gate = createWordGate(['acme']);
    expect(gate.mayHoldString(Buffer.from('no end'), 0)).toBe(true);
    expect(gate.mayHoldString(Buffer.from([0x61, 0xc3, 0x22]), 0)).toBe(true);
    expect(gate.mayHoldString(Buffer.from('a \\u0061cme"'), 0)).toBe(true);
    expect(gate.mayHoldString(Buffer.from('a \\n b"'), 0)).toBe(false);
  });
});
