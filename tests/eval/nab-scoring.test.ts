import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bestNabThreshold,
  NAB_PROFILES,
  type NabSeries,
  nabEvents,
  normalisedNabScore,
  prepareNab,
  probationRows,
  rawNabScore,
} from './nab-scoring.ts';

const { standard } = NAB_PROFILES;
/** 1,000 rows (150 on probation), one window of 100 rows from 500, alerts at the given rows. */
const series = (alerts: readonly number[], windows: NabSeries['windows'] = [[500, 599]]): NabSeries => ({
  name: 'one',
  scores: Array.from({ length: 1_000 }, (_, row) => (alerts.includes(row) ? 1 : 0)),
  windows,
});
const score = (
  alerts: readonly number[],
  weights = standard as (typeof NAB_PROFILES)[keyof typeof NAB_PROFILES],
) => {
  const nab = prepareNab([series(alerts)]);
  return normalisedNabScore(nab, weights, rawNabScore(nab, weights, 0.5));
};

test('silence scores 0, an alert in the first row of the window 100', () => {
  expect(score([])).toBe(0);
  expect(score([500])).toBeCloseTo(100, 10);
});

test('an alert in a window is worth less the later it comes, and only the first counts', () => {
  expect(score([500, 550, 599])).toBeCloseTo(100, 10);
  expect(score([550])).toBeLessThan(score([520]));
  expect(score([599])).toBeGreaterThan(50);
});

test('a false alert costs its weight far from windows and less just after one', () => {
  expect(score([500, 300])).toBeCloseTo(100 - 11 / 2, 10);
  expect(score([500, 300], NAB_PROFILES.reward_low_FP_rate)).toBeCloseTo(100 - 22 / 2, 10);
  expect(score([500, 600])).toBeGreaterThan(score([500, 990]));
  expect(score([500, 990])).toBeCloseTo(100 - 11 / 2, 10);
});

test('rows on probation are not scored, and windows there cannot be missed', () => {
  expect(probationRows(1_000)).toBe(150);
  expect(probationRows(15_000)).toBe(750);
  expect(score([500, 149])).toBeCloseTo(100, 10);
  expect(
    prepareNab([
      series(
        [],
        [
          [10, 60],
          [140, 160],
        ],
      ),
    ]).scored,
  ).toBe(1);
});

test('precision counts alarms an hour apart, recall counts windows', () => {
  const events = nabEvents([series([200, 205, 400, 510, 590, 800])], () => 0.5);
  expect(events).toMatchObject({ windows: 1, hit: 1, falseAlarms: 3, precision: 0.25, recall: 1 });
  expect(events.f1).toBeCloseTo(0.4);
});

test('the best threshold is as good as trying every score that occurs', () => {
  const scores = fc.array(
    fc.integer({ min: 0, max: 12 }).map((tenths) => tenths / 12),
    { minLength: 60, maxLength: 60 },
  );
  fc.assert(
    fc.property(scores, scores, (one, two) => {
      const nab = prepareNab([
        {
          name: 'a',
          scores: one,
          windows: [
            [20, 29],
            [45, 50],
          ],
        },
        { name: 'b', scores: two, windows: [[12, 18]] },
      ]);
      for (const weights of Object.values(NAB_PROFILES)) {
        const tried = [1.1, ...new Set([...one, ...two])].map((threshold) =>
          rawNabScore(nab, weights, threshold),
        );
        const best = bestNabThreshold(nab, weights);
        expect(best.raw).toBeCloseTo(Math.max(...tried), 9);
        expect(rawNabScore(nab, weights, best.threshold)).toBeCloseTo(best.raw, 9);
      }
    }),
  );
});
