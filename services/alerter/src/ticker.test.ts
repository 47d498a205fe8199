import { readJson } from '@foreshock/model/canonical-json';
import type { Tick } from '@foreshock/model/signal';
import { VirtualClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import { ClosedError, type TopicLog, UnavailableError } from '@foreshock/topic-log/contract';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import { beforeEach, describe, expect, test } from 'vitest';
import { runTicker } from './ticker.ts';

const START = 1_000_000;
let clock: VirtualClock;
let log: TopicLog;
let stop: AbortController;
beforeEach(async () => {
  clock = new VirtualClock(START);
  log = createMemoryLog({ clock });
  stop = new AbortController();
  await log.createTopics([{ name: 'signals', partitions: 1, compacted: false, retentionMs: null }]);
});

async function ticks(): Promise<number[]> {
  const times: number[] = [];
  for await (const batch of log.scan('signals', 0, { from: 0 }))
    for (const record of batch.records) times.push((readJson(record.value!) as Tick).at - START);
  return times;
}
const start = (through: TopicLog = log, logger = silentLogger) =>
  runTicker({ log: through, clock, logger, signal: stop.signal });

describe('ticks', () => {
  test('come at the start and every ten seconds, with the time of the wall', async () => {
    const running = start();
    await clock.advance(29_999);
    expect(await ticks()).toEqual([0, 10_000, 20_000]);
    await clock.advance(1);
    expect(await ticks()).toEqual([0, 10_000, 20_000, 30_000]);
    stop.abort();
    await running;
  });

  test('come from the process that has the task alone, and soon after it takes it over', async () => {
    let mine = false;
    const running = runTicker({ log, clock, logger: silentLogger, signal: stop.signal, wanted: () => mine });
    await clock.advance(25_000);
    expect(await ticks()).toEqual([]);
    mine = true;
    await clock.advance(10_500);
    expect(await ticks()).toEqual([25_500, 35_500]);
    mine = false;
    await clock.advance(30_000);
    expect(await ticks()).toHaveLength(2);
    stop.abort();
    await running;
  });

  test('end at once when they are stopped', async () => {
    const running = start();
    await clock.advance(5_000);
    stop.abort();
    await running;
    await clock.advance(60_000);
    expect(await ticks()).toEqual([0]);
    expect(clock.waiting).toBe(0);
  });

  test('do not begin where they were stopped before', async () => {
    stop.abort();
    await start();
    expect(await ticks()).toEqual([]);
  });

  test('go on after an outage of the log: the next one carries the time', async () => {
    let taking = true;
    const warnings: object[] = [];
    const running = start(
      {
        ...log,
        append: async (topic, records, options) => {
          if (!taking) throw new UnavailableError('the disk is full');
          return log.append(topic, records, options);
        },
      },
      { ...silentLogger, warn: (fields) => void warnings.push(fields) },
    );
    await clock.advance(5_000);
    taking = false;
    await clock.advance(30_000);
    taking = true;
    await clock.advance(10_000);
    expect(await ticks()).toEqual([0, 40_000]);
    expect(warnings).toHaveLength(3);
    stop.abort();
    await running;
  });

  test('end without a word where the log is closed because all is', async () => {
    const warnings: object[] = [];
    const running = start(
      {
        ...log,
        append: async () => {
          stop.abort();
          throw new ClosedError('the log is closed');
        },
      },
      { ...silentLogger, warn: (fields) => void warnings.push(fields) },
    );
    await running;
    expect(warnings).toEqual([]);
  });
});
