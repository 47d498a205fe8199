import { expect, test } from 'vitest';
import { worthRewriting } from './reclaim.ts';
import type { Segment } from './segment.ts';

/** Segments of so many rows, so many of them wiped; the last one takes records. */
function segments(...sizes: readonly [total: number, dead: number][]): Segment[] {
  return sizes.map(([total, dead], index) => ({ id: index, total, dead }) as unknown as Segment);
}

const chosen = (...sizes: readonly [number, number][]) =>
  worthRewriting(segments(...sizes), 1_000)?.map(({ id }) => id);

test('full segments are left alone', () => {
  expect(chosen([1_000, 0], [1_000, 400], [5, 0])).toBeUndefined();
});

test('one that is half wiped is rewritten', () => {
  expect(chosen([1_000, 0], [1_000, 500], [5, 0])).toEqual([1]);
});

test('the one that takes records is never rewritten', () => {
  expect(chosen([1_000, 0], [1_000, 1_000])).toBeUndefined();
});

test('small neighbours become one, as long as it stays at half a segment', () => {
  expect(chosen([100, 0], [90, 0], [5, 0])).toEqual([0, 1]);
  expect(chosen([100, 0], [1_000, 700], [1_000, 700], [5, 0])).toEqual([0, 1]);
});

test('a small one alone stays as it is: rewriting it would win nothing', () => {
  expect(chosen([100, 0], [1_000, 0], [100, 0], [1_000, 0], [5, 0])).toBeUndefined();
});
