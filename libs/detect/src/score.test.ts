import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CountRow, createScorer, scoreSeries } from './score.ts';

const STEP_MS = 300_000;
const DAY_MS = 86_400_000;
const rowsOf = (values: readonly number[], stepMs = STEP_MS): CountRow[] =>
  values.map((value, i) => ({ timestampMs: i * stepMs, value }));

/** Five days of small talk, and what `peak` says at the end of the fourth. */
const withPeak = (peak: number, then: readonly number[] = []): CountRow[] => {
  const values = Array.from({ length: 5 * 288 }, (_, i) => 4 + (i % 3));
  values.splice(4 * 288, 1 + then.length, peak, ...then);
  return rowsOf(values);
};
const PEAK = 4 * 288;

describe('the scores of a series of counts', () => {
  test('are causal: what comes later changes none of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 150, maxLength: 300 }),
        fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 50 }),
        (before, after) => {
          const scores = scoreSeries(rowsOf([...before, ...after]));
          expect(scores.slice(0, before.length)).toEqual(scoreSeries(rowsOf(before)));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('are one a row, from 0 to 1, whatever stands in the rows', () => {
    const value = fc.oneof(
      fc.integer({ min: 0, max: 20 }),
      fc.double(),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -3, Number.MAX_SAFE_INTEGER),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 300 }), (values) => {
        const scores = scoreSeries(rowsOf(values));
        expect(scores).toHaveLength(values.length);
        for (const score of scores) expect(score >= 0 && score <= 1, String(score)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('are 0 while too little was seen to judge by', () => {
    const scores = scoreSeries(rowsOf([...new Array<number>(50).fill(3), 900]));
    expect(scores.every((score) => score === 0)).toBe(true);
  });

  test('stay low where every day is like the one before', () => {
    expect(Math.max(...scoreSeries(withPeak(5)))).toBeLessThan(0.1);
  });

  test('of one loud row are low where an hour hardly feels it', () => {
    expect(scoreSeries(withPeak(20))[PEAK]).toBeLessThan(0.5);
  });

  test('of a raised hour are a verdict before the hour is over', () => {
    const scores = scoreSeries(withPeak(15, new Array<number>(11).fill(15)));
    expect(scores.slice(PEAK, PEAK + 12).some((score) => score >= 0.5)).toBe(true);
  });

  test.each([200, 1_000, 5_000, 1_000_000, 1e12])('are near 1 at %d where five are usual', (peak) => {
    expect(scoreSeries(withPeak(peak))[PEAK]).toBeGreaterThan(0.99);
  });

  test('never fall when the peak is higher', () => {
    const scores = [7, 9, 12, 20, 50, 200, 1_000, 20_000].map((peak) => scoreSeries(withPeak(peak))[PEAK]!);
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  });

  test('of the same trouble are low for a day: an event is one event', () => {
    const scores = scoreSeries(withPeak(200, [30, 30, 28, 31]));
    expect(scores[PEAK]).toBeGreaterThan(0.9);
    for (let i = 1; i <= 4; i++) expect(scores[PEAK + i]).toBeLessThan(0.1);
  });

  test('of a trouble ten times rarer are high even so', () => {
    const scores = scoreSeries(withPeak(60, [200]));
    expect(scores[PEAK + 1]).toBeGreaterThan(0.9);
  });

  test('are those of the scorer that is fed row by row', () => {
    const rows = withPeak(40);
    const scorer = createScorer(STEP_MS);
    expect(rows.map(scorer)).toEqual(scoreSeries(rows));
  });

  test('do not depend on the unit of time: hourly rows of many days score too', () => {
    const values = Array.from({ length: 60 * 24 }, (_, i) => 20 + ((i * 7) % 11));
    values[50 * 24] = 400;
    const scores = scoreSeries(rowsOf(values, DAY_MS / 24));
    expect(scores[50 * 24]).toBe(Math.max(...scores));
    expect(scores[50 * 24]).toBeGreaterThan(0.9);
  });

  test.each([
    ['no rows', []],
    ['one row', [7]],
    ['nothing but zeros', new Array<number>(500).fill(0)],
  ])('of %s are no trouble', (_what, values) => {
    expect(scoreSeries(rowsOf(values)).every((score) => score < 0.1)).toBe(true);
  });
});
