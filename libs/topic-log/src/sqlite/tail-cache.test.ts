import { expect, test } from 'vitest';
import type { LogRecord } from '../contract.ts';
import { readTail, type Tail, TailCache } from './tail-cache.ts';

function records(from: number, count: number, bytes = 10): LogRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    offset: from + index,
    key: null,
    value: new Uint8Array(bytes),
    appendedAt: 0,
  }));
}

const offsets = (found: readonly LogRecord[] | undefined) => found?.map(({ offset }) => offset);

test('what was added is read from any offset on, across appends, up to the number asked for', () => {
  const cache = new TailCache(1e6);
  const tail: Tail = { chunks: [] };
  cache.add(tail, records(10, 3));
  cache.add(tail, records(13, 1));
  cache.add(tail, records(14, 4));
  expect(offsets(readTail(tail, 10, 100))).toEqual([10, 11, 12, 13, 14, 15, 16, 17]);
  expect(offsets(readTail(tail, 11, 3))).toEqual([11, 12, 13]);
  expect(offsets(readTail(tail, 13, 1))).toEqual([13]);
  expect(offsets(readTail(tail, 17, 5))).toEqual([17]);
});

test('what is older than the tail is not there', () => {
  const cache = new TailCache(1e6);
  const tail: Tail = { chunks: [] };
  expect(readTail(tail, 0, 10)).toBeUndefined();
  cache.add(tail, records(10, 3));
  expect(readTail(tail, 9, 10)).toBeUndefined();
});

test('the oldest go first, over all partitions together, when the bytes are used up', () => {
  const cache = new TailCache(5_000);
  const [one, other]: Tail[] = [{ chunks: [] }, { chunks: [] }];
  cache.add(one!, records(0, 1, 1_800));
  cache.add(other!, records(0, 1, 1_800));
  expect(offsets(readTail(one!, 0, 1))).toEqual([0]);
  cache.add(one!, records(1, 1, 1_800));
  expect(readTail(one!, 0, 1)).toBeUndefined();
  expect(offsets(readTail(one!, 1, 1))).toEqual([1]);
  expect(offsets(readTail(other!, 0, 1))).toEqual([0]);
});

test('appends that are larger than the cache are not kept', () => {
  const cache = new TailCache(1_000);
  const tail: Tail = { chunks: [] };
  cache.add(tail, records(0, 1, 10));
  cache.add(tail, records(1, 1, 5_000));
  expect(readTail(tail, 0, 1)).toBeUndefined();
  expect(readTail(tail, 1, 1)).toBeUndefined();
});

test('a partition that is forgotten gives its room back, and others keep what they have', () => {
  const cache = new TailCache(2_500);
  const [one, other]: Tail[] = [{ chunks: [] }, { chunks: [] }];
  cache.add(one!, records(0, 1, 800));
  cache.add(other!, records(0, 1, 800));
  cache.forget(one!);
  expect(readTail(one!, 0, 1)).toBeUndefined();
  cache.add(one!, records(5, 1, 800));
  expect(offsets(readTail(one!, 5, 1))).toEqual([5]);
  expect(offsets(readTail(other!, 0, 1))).toEqual([0]);
});
