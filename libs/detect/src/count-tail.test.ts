import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logGamma, logTail } from './count-tail.ts';

/** P(X ≥ x) as the plain sum of what a Poisson count may be, largest terms last so that small ones are not lost. */
function poissonTail(x: number, mean: number): number {
  return sumOfTail(x, Math.exp(-mean), (n) => mean / n);
}

/** The same for a negative binomial count of this mean and variance: the ratio of neighbours is exact. */
function negativeBinomialTail(x: number, mean: number, variance: number): number {
  const size = (mean * mean) / (variance - mean);
  const p = mean / (mean + size);
  return sumOfTail(x, (1 - p) ** size, (n) => ((size + n - 1) * p) / n);
}

function sumOfTail(x: number, none: number, ratio: (n: number) => number): number {
  const terms: number[] = [];
  let term = none;
  for (let n = 0; n < 1e6; n++) {
    if (n > 0) term *= ratio(n);
    if (n >= x) terms.push(term);
    // From the largest term on they only shrink, and the rest of them with them.
    if (n > 0 && ratio(n) < 1 && term < 1e-305) break;
  }
  return terms.sort((a, b) => a - b).reduce((sum, each) => sum + each, 0);
}

const MEANS = [0.02, 0.3, 1, 4.5, 17, 60, 250];
const COUNTS = [1, 2, 3, 5, 9, 20, 61, 150, 300, 400];
/** Beyond this a sum of doubles is nothing any more; the logarithm still is something. */
const SUMMABLE = 1e-290;

describe('the tail of a count', () => {
  test.each(MEANS)('around a mean of %d is the sum of the Poisson probabilities', (mean) => {
    for (const x of COUNTS) {
      const exact = poissonTail(x, mean);
      if (exact > SUMMABLE) expect(logTail(x, mean, mean), `x = ${x}`).toBeCloseTo(Math.log(exact), 8);
    }
  });

  test.each(MEANS.flatMap((mean) => [1.2, 2, 7.5].map((dispersion) => ({ mean, dispersion }))))(
    'around a mean of $mean with $dispersion times its variance is the sum of the negative binomial ones',
    ({ mean, dispersion }) => {
      for (const x of COUNTS) {
        const exact = negativeBinomialTail(x, mean, mean * dispersion);
        if (exact > SUMMABLE)
          expect(logTail(x, mean, mean * dispersion), `x = ${x}`).toBeCloseTo(Math.log(exact), 8);
      }
    },
  );

  test('control: the sums tell a mean that is off by a hundredth', () => {
    expect(logTail(9, 4.5, 4.5)).not.toBeCloseTo(Math.log(poissonTail(9, 4.545)), 8);
  });

  test.each([
    ['no count at all is certain', 0, 3, 6, 0],
    ['less than no count is certain', -2, 3, 6, 0],
    ['anything is impossible where nothing was ever expected', 1, 0, 0, Number.NEGATIVE_INFINITY],
    ['nothing is certain even where nothing was ever expected', 0, 0, 0, 0],
  ])('%s', (_what, x, mean, variance, expected) => {
    expect(logTail(x, mean, variance)).toBe(expected);
  });

  test('a variance below the mean counts as Poisson', () => {
    expect(logTail(7, 3, 1)).toBe(logTail(7, 3, 3));
  });

  test('a variance that comes close to the mean comes close to Poisson', () => {
    for (const mean of MEANS)
      for (const x of COUNTS) {
        // The first term in which the two differ: x² / 2 of the size mean² / (variance − mean).
        const differ = (x * x * 2e-6) / mean;
        const near = logTail(x, mean, mean * (1 + 2e-6));
        expect(Math.abs(near - logTail(x, mean, mean)), `${x} around ${mean}`).toBeLessThan(differ + 2e-5);
      }
  });

  const expectations = fc
    .tuple(fc.double({ min: 0.001, max: 10_000, noNaN: true }), fc.double({ min: 0.5, max: 50, noNaN: true }))
    .map(([mean, dispersion]) => ({ mean, variance: mean * dispersion }));

  test('never rises with the count, and is the logarithm of a probability', () => {
    fc.assert(
      fc.property(expectations, fc.integer({ min: 0, max: 30_000 }), ({ mean, variance }, x) => {
        const here = logTail(x, mean, variance);
        const next = logTail(x + 1, mean, variance);
        expect(here).toBeLessThanOrEqual(0);
        // Where it is certain but for the rounding, rounding is all that is left of a difference.
        expect(next).toBeLessThanOrEqual(here + 1e-9);
      }),
      { numRuns: 2_000 },
    );
  });

  test('never falls with the mean', () => {
    fc.assert(
      fc.property(expectations, fc.integer({ min: 1, max: 20_000 }), ({ mean, variance }, x) => {
        const dispersion = variance / mean;
        const more = logTail(x, mean * 1.1, mean * 1.1 * dispersion);
        expect(more).toBeGreaterThanOrEqual(logTail(x, mean, variance) - 1e-9);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    [1, 1e-9, 1e-9],
    [1, 1e-9, 1e-3],
    [1, 1e-300, 1e-300],
    [1_000_000, 0.02, 0.04],
    [1_000_000, 0.02, 5],
    [1_000_000, 1_000_000, 1_000_000],
    [1_000_000, 1_000_000, 2_000_000],
    [1, 1_000_000, 1_000_000],
    [1, 1_000_000, 50_000_000],
    [1_000_000_000, 5, 6],
    [3_000_000, 1_000_000, 1e12],
  ])('%d around %d with variance %d is a number that is no more than certain', (x, mean, variance) => {
    const log = logTail(x, mean, variance);
    expect(Number.isFinite(log)).toBe(true);
    expect(log).toBeLessThanOrEqual(0);
  });

  test('half of all large counts are above their mean, give or take', () => {
    for (const mean of [1e4, 1e5, 1e6]) expect(Math.exp(logTail(mean, mean, mean))).toBeCloseTo(0.5, 1);
  });
});

describe('the logarithm of the gamma function', () => {
  test.each([1, 2, 5, 8, 9, 20, 170])('at %d is that of a factorial', (z) => {
    let factorial = 0;
    for (let n = 2; n < z; n++) factorial += Math.log(n);
    expect(logGamma(z)).toBeCloseTo(factorial, 10);
  });

  test('at a half is that of the root of pi', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
  });

  test('takes each step as it must', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (z) => {
        const step = logGamma(z + 1) - logGamma(z);
        expect(Math.abs(step - Math.log(z))).toBeLessThan(1e-10 * Math.max(1, Math.abs(logGamma(z))));
      }),
    );
  });
});

describe('the tail of very large counts', () => {
  test.each([
    // Standard normal tails, to which Poisson counts of this size come within a thousandth of a logarithm.
    { mean: 1e8, deviations: 3, log: -6.6077 },
    { mean: 1e10, deviations: 3, log: -6.6077 },
    { mean: 1e10, deviations: 6, log: -20.7367 },
    { mean: 1e10, deviations: 1, log: -1.841 },
    { mean: 1e10, deviations: -2, log: -0.023 },
  ])('at mean $mean and $deviations deviations', ({ mean, deviations, log }) => {
    expect(logTail(mean + deviations * Math.sqrt(mean), mean, mean)).toBeCloseTo(log, 1.5);
  });

  test.each([
    [1, 1],
    [3, 20],
  ])('goes on from the exact one at %d deviations, variance %d times the mean', (deviations, factor) => {
    const at = (mean: number) => logTail(mean + deviations * Math.sqrt(mean * factor), mean, mean * factor);
    expect(at(1_000_001) / at(999_999)).toBeCloseTo(1, 2);
  });
});
