import { expect, test } from 'vitest';
import { alarmsOf, type CountAlarm } from './count-alarm.ts';
import { ewmaNegativeBinomial, ewmaThreeSigma, negativeBinomialTail } from './ewma.ts';
import { ratioRule } from './ratio.ts';
import { references } from './references.ts';

const HOUR_MS = 3_600_000;
const feed = (alarm: CountAlarm, counts: readonly number[]) => counts.map((count) => alarm.next(count));
const calm = (n: number) => Array.from({ length: n }, (_, at) => 8 + (at % 5));
const hourly = { name: 'test', bucketMs: HOUR_MS, halfLifeMs: 24 * HOUR_MS, warmUp: 24, least: 5 };

test.each([
  ['EWMA + 3σ', () => ewmaThreeSigma(hourly)],
  ['EWMA with a negative-binomial tail', () => ewmaNegativeBinomial({ ...hourly, chance: 0.001 })],
  [
    'ratio rule',
    () => ratioRule({ name: 'test', bucketMs: HOUR_MS, recent: 1, before: 12, ratio: 3, least: 5 }),
  ],
])('%s is silent on a calm series and speaks in the bucket of a burst', (_, make) => {
  expect(feed(make(), calm(200))).not.toContain(true);
  expect(feed(make(), [...calm(100), 60]).indexOf(true)).toBe(100);
});

test('a detector judges a bucket before it learns from it and looks at none after it', () => {
  for (const make of references().map((_, at) => () => references()[at]!)) {
    const counts = [...calm(400), 90, 12, 70, ...calm(20)];
    const all = feed(make(), counts);
    for (const cut of [100, 401, 402, 410])
      expect(feed(make(), counts.slice(0, cut))).toEqual(all.slice(0, cut));
  }
});

test('nothing alarms before its warm-up or below the least count', () => {
  expect(feed(ewmaThreeSigma(hourly), [1, 500])).toEqual([false, false]);
  expect(feed(ewmaThreeSigma(hourly), [...new Array(100).fill(0), 4]).at(-1)).toBe(false);
  expect(feed(ewmaThreeSigma(hourly), [...new Array(100).fill(0), 5]).at(-1)).toBe(true);
});

test.each([
  [0, 3, 3, 1],
  [1, 2, 2, 1 - Math.exp(-2)],
  // Geometric (size 1, mean 1): the tail at k is 2^-k.
  [3, 1, 2, 0.125],
  [10, 1, 2, 2 ** -10],
])('the tail from %i at mean %f and variance %f is %f', (count, mean, variance, tail) => {
  expect(negativeBinomialTail(count, mean, variance)).toBeCloseTo(tail, 10);
});

test('an alarm is told at the end of its bucket, and a run of them once', () => {
  const loud: CountAlarm = { name: 'any', bucketMs: 10, next: (count) => count > 0 };
  const run = { timesMs: [5, 12, 25, 99, 199], fromMs: 0, toMs: 200, quietMs: 20 };
  expect(alarmsOf(loud, run)).toEqual([
    { bucketMs: 0, atMs: 10 },
    { bucketMs: 90, atMs: 100 },
    { bucketMs: 190, atMs: 200 },
  ]);
});
