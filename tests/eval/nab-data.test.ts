import { expect, test } from 'vitest';
import { labelledSeries, type NabRow } from './nab-data.ts';

const rows: NabRow[] = Array.from({ length: 20 }, (_, at) => {
  const timestampMs = Date.UTC(2015, 1, 26, 21, 42, 53) + at * 300_000;
  return {
    timestamp: new Date(timestampMs).toISOString().slice(0, 19).replace('T', ' '),
    timestampMs,
    value: at,
  };
});
const scores = rows.map(() => 0);
const labels = (window: readonly [string, string], instant: string) => ({
  windows: { 'realTweets/a.csv': [window] },
  instants: { 'realTweets/a.csv': [instant] },
});

test('windows become row numbers, and an instant belongs to its window', () => {
  const told = labels(['2015-02-26 21:52:53.000000', '2015-02-26 22:12:53.000000'], '2015-02-26 22:02:53');
  const series = labelledSeries('a.csv', { rows, scores, labels: told });
  expect(series.windows).toEqual([[2, 6]]);
  expect(series.instants).toEqual([{ window: 0, atMs: rows[4]!.timestampMs }]);
});

test('a window edge that is no row and a missing score are errors', () => {
  const off = labels(['2015-02-26 21:52:54.000000', '2015-02-26 22:12:53.000000'], '2015-02-26 22:02:53');
  expect(() => labelledSeries('a.csv', { rows, scores, labels: off })).toThrow('is not a row');
  expect(() => labelledSeries('a.csv', { rows, scores: [], labels: off })).toThrow('0 scores for 20 rows');
});
