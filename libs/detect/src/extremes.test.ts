import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXTREMES_KEPT, type Extremes, noteExcess, returnDays } from './extremes.ts';

const noted = (values: readonly number[]): Extremes => {
  const extremes: Extremes = [];
  for (const value of values) noteExcess(extremes, value);
  return extremes;
};
/** A hundred days of ten-minute windows. */
const past = { windows: 14_400, windowDays: 10 / 1_440 };
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('the extremes of a series', () => {
  test('are the largest ever noted, largest first', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { maxLength: 80 }), (values) => {
        const largest = values.toSorted((a, b) => b - a).slice(0, EXTREMES_KEPT);
        expect(noted(values)).toEqual(largest);
      }),
    );
  });

  test(`are never more than ${EXTREMES_KEPT}`, () => {
    expect(noted(upTo(EXTREMES_KEPT))).toHaveLength(EXTREMES_KEPT);
    expect(noted(upTo(EXTREMES_KEPT + 1))).toHaveLength(EXTREMES_KEPT);
  });
});

describe('the return time of an excess', () => {
  test.each<{ what: string; kept: number; windows: number; judged: boolean }>([
    { what: 'nothing seen', kept: 0, windows: 0, judged: false },
    { what: 'nine extremes', kept: 9, windows: 10_000, judged: false },
    { what: 'ten extremes', kept: 10, windows: 10_000, judged: true },
    { what: '99 windows, of which nine are the top tenth', kept: 25, windows: 99, judged: false },
    { what: '100 windows, of which ten are the top tenth', kept: 25, windows: 100, judged: true },
  ])('after $what is known: $judged', ({ kept, windows, judged }) => {
    const days = returnDays(noted(upTo(kept)), 3, { windows, windowDays: 1 });
    expect(Number.isFinite(days)).toBe(judged);
  });

  test('of what the series does all the time is how often it does so', () => {
    // 25 times in a hundred days.
    expect(returnDays(noted(upTo(25)), 0, past)).toBe(4);
  });

  test('falls below the least extreme as it grows above: an old series is not rare all the time', () => {
    expect(returnDays(noted(upTo(25)), -12, past)).toBeCloseTo(4 / Math.E, 10);
  });

  test('grows e-fold with each mean step above the least extreme', () => {
    // 0 to 24: 12 above the least of them on average.
    expect(returnDays(noted(upTo(25)), 12, past)).toBeCloseTo(4 * Math.E, 10);
    expect(returnDays(noted(upTo(25)), 36, past)).toBeCloseTo(4 * Math.E ** 3, 8);
  });

  test('of an even past is no cliff: a step counts as a quarter at the least', () => {
    const even = noted(new Array<number>(25).fill(2));
    expect(returnDays(even, 2.25, past)).toBeCloseTo(4 * Math.E, 10);
    expect(returnDays(even, 3, { ...past, leastScale: 1 })).toBeCloseTo(4 * Math.E, 10);
  });

  test('never falls with the excess', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 20, noNaN: true }), { minLength: 10, maxLength: 40 }),
        fc.double({ min: -10, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        (values, excess, more) => {
          const extremes = noted(values);
          expect(returnDays(extremes, excess + more, past)).toBeGreaterThanOrEqual(
            returnDays(extremes, excess, past),
          );
        },
      ),
    );
  });

  test('of what is beyond all measure is finite: only a past too short is without verdict', () => {
    const days = returnDays(noted(upTo(25)), 1e9, past);
    expect(days).toBeGreaterThan(1e300);
    expect(days).toBeLessThan(Number.POSITIVE_INFINITY);
  });
});
