import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TruncatedError } from '../contract.ts';
import { occurrences, openTemporaryLog, readRecords, text, valueText } from '../testing/temporary-store.ts';

const HOUR_MS = 3_600_000;
const TOPIC = { name: 'topic', partitions: 1, compacted: false, retentionMs: 10 * HOUR_MS };

async function hourly(count: number, options: Parameters<typeof openTemporaryLog>[0] = {}) {
  const opened = await openTemporaryLog(options);
  await opened.log.createTopics([TOPIC]);
  const settle = async () => {
    while (await opened.log.maintain());
  };
  for (let hour = 0; hour < count; hour++) {
    await opened.log.append('topic', [text(null, `hour ${hour}`)]);
    opened.clock.nowMs += HOUR_MS;
    await settle();
  }
  return { ...opened, settle };
}

test('a record can be read until it is as old as the retention, then never', async () => {
  const { log, clock, settle } = await hourly(10);
  expect(await log.bounds('topic', 0)).toEqual({ start: 1, end: 10 });
  clock.nowMs += HOUR_MS - 1;
  await settle();
  expect(await log.bounds('topic', 0)).toEqual({ start: 1, end: 10 });
  clock.nowMs += 1;
  await settle();
  expect(await log.bounds('topic', 0)).toEqual({ start: 2, end: 10 });
  expect((await readRecords(log, 'topic')).map(valueText)).toEqual(
    Array.from({ length: 8 }, (_, i) => `hour ${i + 2}`),
  );
  await expect(log.scan('topic', 0, { from: 1 })[Symbol.asyncIterator]().next()).rejects.toThrow(
    TruncatedError,
  );
});

test('the start stands after a restart', async () => {
  const { log, path } = await hourly(15);
  const bounds = await log.bounds('topic', 0);
  await log.close();
  const again = await openTemporaryLog({ path });
  expect(await again.log.bounds('topic', 0)).toEqual(bounds);
});

test('its bytes leave the file when their segment is over, soon after', async () => {
  const { log, path, clock, settle } = await hourly(12);
  clock.nowMs += HOUR_MS;
  await settle();
  await log.close();
  // 12 hours have gone by: what is older than 10 and a sixteenth of that is in no page any more.
  expect(occurrences(path, 'hour 0')).toBe(0);
  expect(occurrences(path, 'hour 1')).toBeGreaterThan(0);
  expect(occurrences(path, 'hour 11')).toBe(1);
});

test('a store that is fed for ever stays as large as its retention', async () => {
  const { log, path, clock } = await openTemporaryLog({ segmentLimits: { recordsMax: 500, bytesMax: 1e9 } });
  await log.createTopics([TOPIC]);
  const records = Array.from({ length: 200 }, () => text(null, 'v'.repeat(1_000)));
  for (let hour = 0; hour < 60; hour++) {
    await log.append('topic', records);
    clock.nowMs += HOUR_MS;
    while (await log.maintain());
  }
  expect(await readRecords(log, 'topic')).toHaveLength(9 * 200);
  await log.close();
  // 12 MB went through; 1.8 MB are to be read, in segments of half a megabyte.
  expect(statSync(path).size).toBeLessThan(4_000_000);
});

test('a compacted topic with a retention obeys both', async () => {
  const { log, clock } = await openTemporaryLog();
  await log.createTopics([{ ...TOPIC, compacted: true }]);
  await log.append('topic', [text('old', '1'), text('changed', '1')]);
  clock.nowMs += 2 * HOUR_MS;
  await log.append('topic', [text('changed', '2')]);
  while (await log.maintain());
  expect((await readRecords(log, 'topic')).map(valueText)).toEqual(['1', '2']);
  clock.nowMs += 8 * HOUR_MS;
  while (await log.maintain());
  expect((await readRecords(log, 'topic')).map(valueText)).toEqual(['2']);
  expect(await log.bounds('topic', 0)).toEqual({ start: 2, end: 3 });
});

test('the pass runs by itself, by the clock it was given', async () => {
  const first = await openTemporaryLog();
  await first.log.createTopics([TOPIC]);
  await first.log.append('topic', [text(null, 'old')]);
  await first.log.close();
  const { promise: passed, resolve } = Promise.withResolvers<void>();
  const slept: number[] = [];
  const clock = {
    now: () => first.clock.nowMs + 11 * HOUR_MS,
    async sleep(ms: number, signal?: AbortSignal) {
      slept.push(ms);
      if (slept.length === 1) return;
      resolve();
      await new Promise<void>((wake) => signal?.addEventListener('abort', () => wake(), { once: true }));
    },
  };
  const { log } = await openTemporaryLog({ path: first.path, clock, maintainEveryMs: 1_000 });
  await passed;
  expect(await log.bounds('topic', 0)).toEqual({ start: 1, end: 1 });
  expect(slept).toEqual([1_000, 1_000]);
});
