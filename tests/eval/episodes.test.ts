import { expect, test } from 'vitest';
import { instantOf } from './airline-data.ts';
import { judgeEpisodes, mergeSpans, quantile } from './episodes.ts';

const MINUTE_MS = 60_000;
const span = (from: number, to: number) => ({ fromMs: from * MINUTE_MS, toMs: to * MINUTE_MS });

test.each([
  ['apart', [span(0, 10), span(20, 30)], 0, [span(0, 10), span(20, 30)]],
  ['touching', [span(0, 10), span(10, 30)], 0, [span(0, 30)]],
  ['one inside another', [span(0, 100), span(10, 30), span(90, 110)], 0, [span(0, 110)]],
  ['out of order', [span(50, 60), span(0, 55)], 0, [span(0, 60)]],
  ['within the gap', [span(0, 10), span(15, 30)], 5 * MINUTE_MS, [span(0, 30)]],
  ['none', [], 5, []],
])('spans %s are merged', (_, spans, gapMs, merged) => {
  expect(mergeSpans(spans, gapMs)).toEqual(merged);
});

test.each([
  ['half an hour early', 70, true, -30],
  ['earlier than that', 69, false, undefined],
  ['in the last minute', 199, true, 99],
  ['at the end', 200, false, undefined],
])('an alert %s', (_, atMinutes, found, minutesToDetect) => {
  expect(judgeEpisodes([span(100, 200)], [atMinutes * MINUTE_MS])).toEqual([
    { span: span(100, 200), found, minutesToDetect },
  ]);
});

test('the first alert in an episode counts', () => {
  expect(judgeEpisodes([span(0, 100)], [50 * MINUTE_MS, 20 * MINUTE_MS])[0]!.minutesToDetect).toBe(20);
});

test('quantiles interpolate', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4, 5], 0.9)).toBeCloseTo(4.6);
  expect(quantile([], 0.5)).toBeUndefined();
});

test('the offset written in a time decides its instant', () => {
  expect(instantOf('2015-02-24 11:35:52 -0800')).toBe(Date.UTC(2015, 1, 24, 19, 35, 52));
  expect(instantOf('2015-02-24 11:35:52 +05:30')).toBe(Date.UTC(2015, 1, 24, 6, 5, 52));
  expect(() => instantOf('2015-02-24 11:35:52')).toThrow('cannot be read');
});
