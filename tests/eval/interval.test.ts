import { expect, test } from 'vitest';
import { poissonLimits } from './interval.ts';

test.each([
  // Exact limits: half the chi-square quantiles.
  { count: 10, low: 4.8, high: 18.39 },
  { count: 100, low: 81.36, high: 121.63 },
  { count: 200, low: 173.24, high: 229.72 },
])('$count pages may come of $low to $high', ({ count, low, high }) => {
  expect(poissonLimits(count).low).toBeCloseTo(low, 0);
  expect(poissonLimits(count).high).toBeCloseTo(high, 0);
});

test('no page may still come of almost four', () => {
  const { low, high } = poissonLimits(0);
  expect(low).toBe(0);
  expect(high).toBeGreaterThan(3);
  expect(high).toBeLessThan(4);
});
