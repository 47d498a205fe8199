import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../clock.ts';
import { AheadError, TruncatedError } from '../contract.ts';
import { startPump } from '../membership/pump.ts';
import { createFakeBrokers, type FakeBrokers } from '../testing/fake-brokers.ts';
import { RefusedError } from './faults.ts';
import { createPartitionFeed, type PartitionFeed } from './partition-feed.ts';

const MEGABYTE = 1_048_576;
const logger = { debug() {}, info() {}, warn() {} };
/** Time passes as soon as somebody waits for it. */
const hurried: Clock = { now: () => 0, sleep: () => new Promise((resolve) => setImmediate(resolve)) };

const feedOver = (reader: FakeBrokers, clock = hurried): PartitionFeed =>
  createPartitionFeed({ reader, topic: 'case', clusterTopic: 'prefix.case', clock, logger });

const value = (text: string | number): Uint8Array => Buffer.from(String(text));
const turns = async (count = 20): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const lost = Object.assign(new Error('Closed connection'), { name: 'KafkaJSConnectionClosedError' });

/** Reads a partition as a member does, until `count` values came or reading failed. */
function follow(
  feed: PartitionFeed,
  partition: number,
  options: { from?: number; recordsMax?: number } = {},
) {
  const values: string[] = [];
  const failed = Promise.withResolvers<unknown>();
  const { from = 0, recordsMax = 500 } = options;
  const arrivals = new Set<() => void>();
  const pump = startPump({
    source: feed.open(partition, from),
    from,
    recordsMax,
    onBatch: async ({ records }) => {
      for (const record of records) values.push(Buffer.from(record.value!).toString());
      for (const look of arrivals) look();
    },
    onFailure: failed.resolve,
  });
  return {
    values,
    failure: failed.promise,
    pump,
    upTo: (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => void (values.length >= count && resolve());
        arrivals.add(look);
        look();
      }),
  };
}

test('what is appended comes in order, across fetches and over offsets that compaction emptied', async () => {
  const brokers = createFakeBrokers({ partitions: 1 });
  const feed = feedOver(brokers);
  brokers.append(0, value('a'), value('b'));
  const reader = follow(feed, 0);
  await reader.upTo(2);
  brokers.empty(0, 7);
  brokers.append(0, value('c'));
  await reader.upTo(3);
  expect(reader.values).toEqual(['a', 'b', 'c']);
  await reader.pump.stop();
  await feed.stop();
  expect(brokers.disconnected).toBe(true);
});

test('nothing is fetched ahead of a slow reader beyond the bound, and the others do not wait for it', async () => {
  const brokers = createFakeBrokers({ partitions: 2 });
  const feed = feedOver(brokers);
  brokers.append(0, ...Array.from({ length: 8 }, () => new Uint8Array(MEGABYTE / 2)));
  feed.open(0, 0);
  await turns();
  expect(brokers.handed(0)).toBeGreaterThanOrEqual(2 * MEGABYTE);
  expect(brokers.handed(0)).toBeLessThanOrEqual(3.1 * MEGABYTE);
  const before = brokers.handed(0);
  const quick = follow(feed, 1);
  brokers.append(1, value('x'));
  await quick.upTo(1);
  // The one that is full is left out, so the wait for the other is kept short.
  expect(brokers.fetches.at(-1)!.wanted.map(({ partition }) => partition)).toEqual([1]);
  expect(brokers.fetches.at(-1)!.waitMs).toBeLessThan(100);
  expect(brokers.handed(0)).toBe(before);
  await quick.pump.stop();
  await feed.stop();
});

test('a reader that catches up is fetched for again', async () => {
  const brokers = createFakeBrokers({ partitions: 1 });
  const feed = feedOver(brokers);
  brokers.append(0, ...Array.from({ length: 12 }, () => new Uint8Array(MEGABYTE / 2)));
  const source = feed.open(0, 0);
  await turns();
  let [position, read] = [0, 0];
  while (read < 12) {
    const batch = source.read(position, 1);
    position = batch.nextOffset;
    read += batch.records.length;
    if (batch.records.length === 0) await turns(2);
  }
  expect(read).toBe(12);
  await feed.stop();
});

test('a leader that moved is looked up again, and reading goes on', async () => {
  const brokers = createFakeBrokers({ partitions: 1 });
  const feed = feedOver(brokers);
  const reader = follow(feed, 0);
  brokers.append(0, value('a'));
  await reader.upTo(1);
  brokers.move(0, 2);
  brokers.append(0, value('b'));
  await reader.upTo(2);
  expect(brokers.fetches.at(-1)!.leader).toBe(2);
  expect(brokers.forgotten).toBeGreaterThan(0);
  await reader.pump.stop();
  await feed.stop();
});

test('while nobody leads, the reader waits, however long that takes', async () => {
  const brokers = createFakeBrokers({ partitions: 1 });
  brokers.move(0, -1);
  const feed = feedOver(brokers);
  const reader = follow(feed, 0);
  await turns(100);
  brokers.append(0, value('a'));
  brokers.move(0, 3);
  await reader.upTo(1);
  await reader.pump.stop();
  await feed.stop();
});

test('an offset below the log or beyond it stops its reader, and no other', async () => {
  const brokers = createFakeBrokers({ partitions: 3 });
  const feed = feedOver(brokers);
  brokers.append(0, value('a'), value('b'), value('c'));
  brokers.expire(0, 2);
  const [below, beyond, other] = [follow(feed, 0), follow(feed, 1, { from: 5 }), follow(feed, 2)];
  expect(await below.failure).toBeInstanceOf(TruncatedError);
  expect(await below.failure).toMatchObject({ topic: 'case', partition: 0, asked: 0, start: 2 });
  expect(await beyond.failure).toBeInstanceOf(AheadError);
  brokers.append(2, value('x'));
  await other.upTo(1);
  await other.pump.stop();
  await feed.stop();
});

test('a log that loses its tail under a reader stops it', async () => {
  const brokers = createFakeBrokers({ partitions: 1 });
  const feed = feedOver(brokers);
  brokers.append(0, value('a'), value('b'));
  const reader = follow(feed, 0);
  await reader.upTo(2);
  brokers.cutTo(0, 1);
  expect(await reader.failure).toBeInstanceOf(AheadError);
  await feed.stop();
});

test('a refusal stops the reader with its sentence; a lost connection does not', async () => {
  const brokers = createFakeBrokers({ partitions: 1 });
  const feed = feedOver(brokers);
  const reader = follow(feed, 0);
  await turns();
  brokers.failNext(lost);
  brokers.append(0, value('a'));
  await reader.upTo(1);
  brokers.failNext(new RefusedError('the user may not read it'));
  brokers.append(0, value('b'));
  expect(await reader.failure).toMatchObject({ name: 'RefusedError', message: 'the user may not read it' });
  await feed.stop();
});

test('what a fetch brings for a partition that was closed meanwhile goes nowhere', async () => {
  const held = Promise.withResolvers<void>();
  let holding = false;
  const brokers = createFakeBrokers({
    partitions: 1,
    answering: () => (holding ? held.promise : Promise.resolve()),
  });
  const feed = feedOver(brokers);
  brokers.append(0, value('a'), value('b'), value('c'));
  const old = feed.open(0, 0);
  await turns(2);
  holding = true;
  brokers.append(0, value('d'));
  await turns(2);
  feed.close(0);
  // Another life of the same partition begins further on; the old answer must not be taken for one to it.
  const reader = follow(feed, 0, { from: 2 });
  held.resolve();
  await reader.upTo(2);
  expect(reader.values).toEqual(['c', 'd']);
  expect(old.read(0, 1).records.length).toBeLessThanOrEqual(1);
  await reader.pump.stop();
  await feed.stop();
});

test('stopping ends what waits, and nothing is fetched any more', async () => {
  const brokers = createFakeBrokers({ partitions: 2 });
  const feed = feedOver(brokers);
  brokers.append(0, ...Array.from({ length: 8 }, () => new Uint8Array(MEGABYTE)));
  feed.open(0, 0);
  feed.open(1, 0);
  await turns();
  await feed.stop();
  await turns();
  const { length } = brokers.fetches;
  brokers.append(1, value('x'));
  await turns();
  expect(brokers.fetches).toHaveLength(length);
});

type Step =
  | { readonly do: 'append'; readonly partition: number; readonly count: number }
  | { readonly do: 'move'; readonly partition: number; readonly leader: number }
  | { readonly do: 'lose' }
  | { readonly do: 'reopen'; readonly partition: number };

const PARTITIONS = 3;
const partition = fc.nat({ max: PARTITIONS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      partition,
      count: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      partition,
      leader: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const), partition }) },
);

test('in any order of answers, leaders, losses and revocations each reader gets everything once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(step, { maxLength: 30 }),
      fc.integer({ min: 1, max: 5 }),
      async (scheduler, steps, recordsMax) => {
        const brokers = createFakeBrokers({
          partitions: PARTITIONS,
          answering: () => scheduler.schedule(Promise.resolve(), 'answer'),
          // A pump lets others run between two batches; they must be able to.
          idle: async () => {
            await scheduler.schedule(Promise.resolve(), 'idle');
            await turns(1);
          },
        });
        const feed = feedOver(brokers, {
          now: () => 0,
          sleep: () => scheduler.schedule(Promise.resolve(), 'pause'),
        });
        const appended = Array.from({ length: PARTITIONS }, () => 0);
        const readers = appended.map((_, index) => follow(feed, index, { recordsMax }));
        const earlier = appended.map((): string[] => []);
        const carryOut = async (one: Step): Promise<void> => {
          switch (one.do) {
            case 'append':
              for (let n = 0; n < one.count; n++)
                brokers.append(one.partition, value(appended[one.partition]!++));
              break;
            case 'move':
              brokers.move(one.partition, one.leader);
              break;
            case 'lose':
              brokers.failNext(lost);
              break;
            case 'reopen': {
              const old = readers[one.partition]!;
              await old.pump.stop();
              feed.close(one.partition);
              earlier[one.partition]!.push(...old.values);
              const from = earlier[one.partition]!.length;
              readers[one.partition] = follow(feed, one.partition, { from, recordsMax });
            }
          }
        };
        const done = (async () => {
          for (const one of steps) {
            await scheduler.schedule(Promise.resolve(), one.do);
            await carryOut(one);
          }
          await Promise.all(
            readers.map((reader, index) => reader.upTo(appended[index]! - earlier[index]!.length)),
          );
        })();
        await scheduler.waitFor(done);
        for (const [index, reader] of readers.entries())
          expect([...earlier[index]!, ...reader.values]).toEqual(
            Array.from({ length: appended[index]! }, (_, n) => String(n)),
          );
        const stopped = Promise.all(readers.map(({ pump }) => pump.stop())).then(() => feed.stop());
        await scheduler.waitFor(stopped);
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);
