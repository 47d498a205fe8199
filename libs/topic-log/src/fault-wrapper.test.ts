import { expect, test } from 'vitest';
import { type LogBatch, TruncatedError, UnavailableError } from './contract.ts';
import { withFaults } from './fault-wrapper.ts';
import { createMemoryLog } from './memory.ts';
import { manualClock, readRecords, text, valueText } from './testing/temporary-store.ts';

const TOPIC = { name: 'topic', partitions: 2, compacted: false, retentionMs: null };
/** Half-way in all that is random. */
const half = () => 0.5;

async function faulty(faults: Omit<Parameters<typeof withFaults>[1], 'random'>) {
  const inner = createMemoryLog({ clock: manualClock() });
  const log = withFaults(inner, { random: half, ...faults });
  await log.createTopics([TOPIC]);
  return { inner, log };
}

test('an append may leave a first part behind and then everything', async () => {
  const { log } = await faulty({ repeat: 1 });
  const placed = await log.append('topic', [text('a', '1'), text('b', '2')]);
  expect((await readRecords(log, 'topic')).map(valueText)).toEqual(['1', '1', '2']);
  expect(placed.map(({ offset }) => offset)).toEqual([1, 2]);
});

test('an append may leave a first part behind and be refused', async () => {
  const { log } = await faulty({ tear: 1 });
  await expect(log.append('topic', [text('a', '1'), text('b', '2')])).rejects.toThrow(UnavailableError);
  expect((await readRecords(log, 'topic')).map(valueText)).toEqual(['1']);
});

test('a batch may come in several, which together are the same', async () => {
  const { log, inner } = await faulty({ split: 1 });
  await inner.append(
    'topic',
    Array.from({ length: 8 }, (_, index) => text('k', `${index}`)),
  );
  const batches: LogBatch[] = [];
  for await (const batch of log.scan('topic', 0, { from: 0 })) batches.push(batch);
  expect(batches.length).toBeGreaterThan(2);
  expect(batches.flatMap(({ records }) => records.map(valueText))).toEqual([
    '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
  ]);
  for (const [index, { records, nextOffset }] of batches.entries()) {
    expect(nextOffset).toBe(batches[index + 1]?.records[0]?.offset ?? records.at(-1)!.offset + 1);
  }
});

test('what is truncated is gone for scans, bounds and members', async () => {
  const { log } = await faulty({});
  await log.append('topic', [text('a', '1'), text('b', '2')]);
  log.truncate('topic', 0, 1);
  expect(await log.bounds('topic', 0)).toEqual({ start: 1, end: 2 });
  await expect(log.scan('topic', 0, { from: 0 })[Symbol.asyncIterator]().next()).rejects.toThrow(
    TruncatedError,
  );
  const member = await log.join({
    group: 'g',
    topic: 'topic',
    onAssigned: async () =>
      new Map([
        [0, 0],
        [1, 0],
      ]),
    onBatch: async () => undefined,
    onRevoked: async () => undefined,
  });
  await expect(member.stopped).rejects.toThrow(TruncatedError);
});

test('a stale owner works on its last batch again while another one has the partition', async () => {
  const { log } = await faulty({ stale: 1 });
  const story: string[] = [];
  const done = new Map<string, () => void>();
  const happened = (what: string) => {
    story.push(what);
    done.get(what)?.();
  };
  const until = (what: string) =>
    new Promise<void>((resolve) => {
      if (story.includes(what)) resolve();
      else done.set(what, resolve);
    });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  let batches = 0;
  const first = await log.join({
    group: 'g',
    topic: 'topic',
    onAssigned: async (partitions) => new Map(partitions.map((partition) => [partition, 0])),
    async onBatch({ partition }) {
      if (partition === 0) return;
      batches++;
      happened(`first works on 1, time ${batches}`);
      if (batches === 2) await held;
    },
    onRevoked: async (partitions) => happened(`first loses ${partitions}`),
  });
  await log.append('topic', [text('a', 'one', 1)]);
  await until('first works on 1, time 1');
  const second = await log.join({
    group: 'g',
    topic: 'topic',
    onAssigned: async (partitions) => new Map(partitions.map((partition) => [partition, 0])),
    onBatch: async ({ partition }) => happened(`second works on ${partition}`),
    onRevoked: async () => undefined,
  });
  await until('second works on 1');
  expect(story).not.toContain('first loses 1');
  release();
  await until('first loses 1');
  expect(story.filter((what) => what.startsWith('first works'))).toHaveLength(2);
  await Promise.all([first.stop(), second.stop()]);
});

test('the same seed meets the same faults', async () => {
  const lived = async () => {
    let state = 1;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const log = withFaults(createMemoryLog({ clock: manualClock() }), { random, repeat: 0.3, tear: 0.3 });
    await log.createTopics([TOPIC]);
    for (let index = 0; index < 50; index++) {
      await log.append('topic', [text('a', `${index}a`), text('b', `${index}b`)]).catch(() => undefined);
    }
    return (await readRecords(log, 'topic')).map(valueText);
  };
  const values = await lived();
  expect(values).toEqual(await lived());
  expect(values.length).not.toBe(100);
});
