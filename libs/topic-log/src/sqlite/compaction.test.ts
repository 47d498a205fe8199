import { expect, test } from 'vitest';
import { seededRandom } from '../testing/seeded-random.ts';
import { openTemporaryLog, readRecords, text, valueText } from '../testing/temporary-store.ts';
import { hashOf, RUN_OFFSETS } from './key-digest.ts';

const STATE = { name: 'state', partitions: 1, compacted: true, retentionMs: null };
const DAY_MS = 86_400_000;

async function openState(options: Parameters<typeof openTemporaryLog>[0] = {}) {
  const opened = await openTemporaryLog(options);
  await opened.log.createTopics([STATE]);
  const settle = async (log = opened.log) => {
    while (await log.maintain());
  };
  return { ...opened, settle };
}

test('after a pass every key has its newest record only', async () => {
  const { log, settle } = await openState();
  for (let round = 0; round < 30; round++) {
    await log.append(
      'state',
      Array.from({ length: 10 }, (_, key) => text(`k${key}`, `${round}`)),
    );
  }
  await settle();
  const records = await readRecords(log, 'state');
  // Fewer than 100 new records are not worth a pass, so some may be there twice.
  expect(records.length).toBeLessThan(110);
  expect(new Map(records.map((record) => [record.key, valueText(record)]))).toEqual(
    new Map(Array.from({ length: 10 }, (_, key) => [`k${key}`, '29'])),
  );
  expect(await log.bounds('state', 0)).toEqual({ start: 0, end: 300 });
});

test('a few new records are looked at within the hour', async () => {
  const { log, clock, settle } = await openState();
  await log.append('state', [text('k', 'old'), text('k', 'new')]);
  await settle();
  expect((await readRecords(log, 'state')).map(valueText)).toEqual(['old', 'new']);
  clock.nowMs += 3_600_000;
  await settle();
  expect((await readRecords(log, 'state')).map(valueText)).toEqual(['new']);
});

test('keys are found over many runs of the digest, and over a restart in the middle of one', async () => {
  const first = await openState();
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => text(`k${from + index}`, 'old'));
  await first.log.append('state', many(0, RUN_OFFSETS + 1_000));
  await first.log.close();
  const { log, clock, settle } = await openState({ path: first.path });
  await log.append('state', many(RUN_OFFSETS + 1_000, RUN_OFFSETS));
  const changed = [
    0,
    7,
    RUN_OFFSETS - 1,
    RUN_OFFSETS,
    RUN_OFFSETS + 999,
    RUN_OFFSETS + 1_000,
    2 * RUN_OFFSETS,
  ];
  await log.append(
    'state',
    changed.map((key) => text(`k${key}`, 'new')),
  );
  clock.nowMs += 3_600_000;
  await settle();
  const records = await readRecords(log, 'state');
  expect(records).toHaveLength(2 * RUN_OFFSETS + 1_000);
  const isNew = records.filter((record) => valueText(record) === 'new').map((record) => record.key);
  expect(isNew).toEqual(changed.map((key) => `k${key}`));
});

test('keys that share a hash are told apart', async () => {
  const [one, other] = ['sp4q8ghcg', 'vtqasv1l9b'];
  expect(hashOf(one)).toBe(hashOf(other));
  const { log, clock, settle } = await openState();
  await log.append('state', [text(one, 'a1'), text(other, 'b1'), text(one, 'a2')]);
  clock.nowMs += 3_600_000;
  await settle();
  expect((await readRecords(log, 'state')).map(valueText)).toEqual(['b1', 'a2']);
  await log.append('state', [text(other, 'b2'), text(one, 'a3'), text(other, 'b3')]);
  clock.nowMs += 3_600_000;
  await settle();
  expect((await readRecords(log, 'state')).map(valueText)).toEqual(['a3', 'b3']);
  await log.erase('state', [one]);
  expect((await readRecords(log, 'state')).map(valueText)).toEqual(['b3', null]);
});

test('a tombstone takes its key’s records with it and goes itself a day later', async () => {
  const { log, clock, settle } = await openState();
  await log.append('state', [text('gone', 'x'), text('kept', 'y'), text('gone', null)]);
  clock.nowMs += 3_600_000;
  await settle();
  expect((await readRecords(log, 'state')).map(valueText)).toEqual(['y', null]);
  clock.nowMs += DAY_MS;
  await settle();
  expect((await readRecords(log, 'state')).map(valueText)).toEqual(['y']);
});

test('offsets go on after the newest records were removed and the store was opened again', async () => {
  const first = await openState({ tombstonesKeptMs: 0 });
  await first.log.append('state', [text('a', '1'), text('a', null)]);
  first.clock.nowMs += DAY_MS;
  await first.settle();
  expect(await readRecords(first.log, 'state')).toEqual([]);
  await first.log.close();
  const { log } = await openState({ path: first.path });
  expect(await log.append('state', [text('a', '2')])).toEqual([{ partition: 0, offset: 2 }]);
});

test('space is won back: a store of few keys stays small however often they change', async () => {
  const { log, settle } = await openState({ segmentLimits: { recordsMax: 1_000, bytesMax: 1e9 } });
  const value = 'v'.repeat(1_000);
  const round = async () => {
    for (let batch = 0; batch < 20; batch++) {
      await log.append(
        'state',
        Array.from({ length: 100 }, (_, key) => text(`k${key}`, value)),
      );
    }
    await settle();
  };
  await round();
  await round();
  const before = log.sizeBytes();
  for (let index = 0; index < 10; index++) await round();
  expect(log.sizeBytes()).toBeLessThan(before * 1.5);
  expect(await readRecords(log, 'state')).toHaveLength(100);
});

test('whatever is written, compacted and reopened, the newest of each key is there and old ones vanish', async () => {
  const random = seededRandom(3);
  let opened = await openState({ segmentLimits: { recordsMax: 500, bytesMax: 1e9 } });
  const newest = new Map<string, string>();
  for (let round = 0; round < 40; round++) {
    const records = Array.from({ length: Math.floor(random() * 200) }, (_, index) =>
      text(`k${Math.floor(random() ** 2 * 300)}`, `${round}/${index}`),
    );
    for (const record of records) newest.set(record.key!, Buffer.from(record.value!).toString());
    await opened.log.append('state', records);
    if (random() < 0.4) await opened.log.maintain();
    if (random() < 0.2) {
      await opened.log.close();
      opened = await openState({ path: opened.path, segmentLimits: { recordsMax: 500, bytesMax: 1e9 } });
    }
  }
  opened.clock.nowMs += DAY_MS;
  await opened.settle();
  const records = await readRecords(opened.log, 'state');
  expect(records.map((record) => record.key!).sort()).toEqual([...newest.keys()].sort());
  for (const record of records) expect(valueText(record)).toBe(newest.get(record.key!));
});
