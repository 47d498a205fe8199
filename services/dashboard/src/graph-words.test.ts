import { describe, expect, test } from 'vitest';
import type { SeriesGraph } from './api-schemas.ts';
import { ago, formatAge, formatBand, formatCount, formatLift, formatRarity, formatSeries } from './format.ts';
import { bucketWords, graphCsv, graphSummary } from './graph-words.ts';

const time = (at: number) => new Date(at).toISOString().slice(11, 16);
const MINUTE = 60_000;
const graph = (changed: Partial<SeriesGraph> = {}): SeriesGraph => ({
  now: 3 * MINUTE,
  watch: 'orion-stock',
  series: 'issue:stock',
  from: 0,
  to: 3 * MINUTE,
  bucketMs: MINUTE,
  t: [0, MINUTE, 2 * MINUTE],
  observed: [4, 40, null],
  posts: [5, 44, null],
  expected: [4.5, 4.5, null],
  low: [1.2, 1.2, null],
  high: [7.8, 7.8, null],
  rarityDays: [0, 12, null],
  pageAt: [null, null, null],
  blind: [{ from: 2 * MINUTE, to: 3 * MINUTE }],
  learning: [],
  markers: [],
  ...changed,
});

describe('a bucket in words', () => {
  test.each([
    [0, '00:00: 4 people in 10 min, expected 1–8'],
    [1, '00:01: 40 people in 10 min, expected 1–8, once in 12 days'],
    [2, '00:02: blind, a source was silent'],
    [9, ''],
  ])('%i: %s', (index, words) => {
    expect(bucketWords(graph(), index, time)).toBe(words);
  });
});

test('a graph in one sentence', () => {
  expect(graphSummary('Orion X stock', graph(), time)).toBe(
    'Orion X stock, stock, last 3 min: newest 00:01: 40 people in 10 min, expected 1–8, once in 12 days; highest 40 at 00:01; blind for 1 min.',
  );
  expect(graphSummary('Returns', graph({ observed: [null, null, null], series: 'all' }), time)).toBe(
    'Returns, all mentions, last 3 min: nothing known.',
  );
});

test('a graph as a file holds times and numbers only', () => {
  const lines = graphCsv(graph()).trim().split('\n');
  expect(lines).toHaveLength(4);
  for (const line of lines.slice(1)) expect(line).toMatch(/^[0-9TZ:.-]+(,[0-9.]*)*$/);
});

test.each([
  [formatAge(59_999), 'just now'],
  [formatAge(14 * MINUTE), '14 min'],
  [formatAge(200 * MINUTE), '3 h 20 min'],
  [formatAge(52 * 60 * MINUTE), '2 d 4 h'],
  [ago(0), 'just now'],
  [ago(MINUTE), '1 min ago'],
  [formatRarity(0), 'not unusual'],
  [formatRarity(0.02), 'once an hour'],
  [formatRarity(0.5), 'once in 12 hours'],
  [formatRarity(1.4), 'once a day'],
  [formatRarity(41.2), 'once in 41 days'],
  [formatRarity(800), 'once in 2 years'],
  [formatRarity(4_000), 'less than once in ten years'],
  [formatLift(31.4, 2.8), '31×'],
  [formatLift(2.44, 2), '2.4×'],
  [formatLift(410, 0), 'new'],
  [formatBand(0, 0.2), '0–1'],
  [formatBand(12.4, 30.2), '12–31'],
  [formatCount(1_234_567), '1,234,567'],
  [formatCount(2.25), '2.3'],
  [formatSeries('issue:out_of-stock'), 'out of stock'],
  [formatSeries('source:bluesky'), 'from bluesky'],
])('figures read as people say them: %s', (words, expected) => {
  expect(words).toBe(expected);
});
