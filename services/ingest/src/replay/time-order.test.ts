import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mention } from '@foreshock/model/mention';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mentionFrom } from '../mention-from.ts';
import { refusal } from '../refusal.ts';
import { type Replayed, refusedAt } from './replay-record.ts';
import { mergedByTime, TimeHeap, windowSorted } from './time-order.ts';
import { wholeSorted } from './whole-sort.ts';

const AT = Date.UTC(2026, 10, 20);

function mention(second: number, id: string): Mention {
  const read = mentionFrom(
    { id, text: `post ${id}`, published: new Date(AT + second * 1_000).toISOString() },
    {
      source: 'file',
      otherSource: 'keep',
      access: 'public',
      connector: 'file',
      cursor: `a.csv:${id}`,
      observed: AT,
      latenessMs: 0,
      fromFile: true,
    },
  );
  if (!read.ok) throw new Error(read.refusal.reason);
  return read.mention;
}

async function* stream(records: readonly Replayed[]): AsyncGenerator<Replayed> {
  yield* records;
}
const mentions = (seconds: readonly number[]): Replayed[] =>
  seconds.map((second, index) => ({ mention: mention(second, String(index)) }));
const broken: Replayed = refusedAt({ file: 'a.csv', line: 3 }, refusal('not-json', '', 'is not JSON'));

async function shown(records: AsyncIterable<Replayed>): Promise<string[]> {
  const all: string[] = [];
  for await (const record of records)
    all.push(
      'mention' in record
        ? `${(record.mention.eventTime - AT) / 1_000}#${record.mention.nativeId}`
        : `${record.refused.code} ${record.refused.file}:${record.refused.line}`,
    );
  return all;
}

test('a heap gives the least first, and the first among equals', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const heap = new TimeHeap<number>();
      for (const [order, time] of times.entries()) heap.push(time, order, time * 1_000 + order);
      const popped: number[] = [];
      for (let least = heap.pop(); least; least = heap.pop()) popped.push(least.item);
      expect(popped).toEqual(times.map((time, order) => time * 1_000 + order).sort((a, b) => a - b));
      expect(heap.size).toBe(0);
    }),
  );
});

describe('sorting a whole stream', () => {
  test('gives refusals at once and mentions in order, equal times as they came', async () => {
    const records = [...mentions([5, 1, 5, 3]), broken];
    expect(await shown(wholeSorted(stream(records)))).toEqual([
      'not-json a.csv:3',
      '1#1',
      '3#3',
      '5#0',
      '5#2',
    ]);
  });

  test('is the same however little memory it may use', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        async (seconds, runRecordsMax) => {
          const records = mentions(seconds);
          expect(await shown(wholeSorted(stream(records), { runRecordsMax }))).toEqual(
            await shown(wholeSorted(stream(records))),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  test('merges runs on the way when there would be too many, and leaves nothing on disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'foreshock-sort-'));
    try {
      const seconds = Array.from({ length: 700 }, (_, index) => (index * 37) % 211);
      const spilling = wholeSorted(stream(mentions(seconds)), { runRecordsMax: 2, spillFolder: folder });
      const first = await spilling.next();
      expect(first.done).toBe(false);
      expect(await readdir(folder)).toEqual([]);
      const rest = await shown(spilling);
      expect(rest).toEqual((await shown(wholeSorted(stream(mentions(seconds))))).slice(1));
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('sorting within a window', () => {
  const sorted = (seconds: readonly number[], windowRecords: number) =>
    shown(windowSorted(stream(mentions(seconds)), { windowRecords }));

  test('repairs what is out of order by no more than the window', async () => {
    expect(await sorted([2, 1, 4, 3, 5], 1)).toEqual(['1#1', '2#0', '3#3', '4#2', '5#4']);
  });

  test('refuses what comes later than that, with its place', async () => {
    expect(await sorted([5, 6, 7, 1, 8], 2)).toEqual(['5#0', 'out-of-window a.csv:3', '6#1', '7#2', '8#4']);
  });

  test('whatever comes out is in order, and nothing is missing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 })),
        fc.nat(8),
        async (seconds, windowRecords) => {
          const out = await sorted(seconds, windowRecords);
          const times = out.filter((line) => line.includes('#')).map((line) => Number(line.split('#')[0]));
          expect(times).toEqual([...times].sort((a, b) => a - b));
          expect(out).toHaveLength(seconds.length);
        },
      ),
    );
  });
});

test('several streams are merged by time, the earlier stream first among equals', async () => {
  const one = mentions([1, 3, 3]);
  const two: Replayed[] = [{ mention: mention(0, 'a') }, broken, { mention: mention(3, 'b') }];
  expect(await shown(mergedByTime([stream(one), stream(two), stream([])]))).toEqual([
    '0#a',
    'not-json a.csv:3',
    '1#0',
    '3#1',
    '3#2',
    '3#b',
  ]);
});
