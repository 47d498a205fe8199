import type { Snapshot } from '@foreshock/model/state';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSnapshotReader, readSnapshots, snapshotKey, snapshotRecord } from './snapshots.ts';

async function logWith(...records: Parameters<ReturnType<typeof createMemoryLog>['append']>[1][number][]) {
  const log = createMemoryLog({ clock: { now: () => 0 } });
  await log.createTopics([{ name: 'snapshots', partitions: 1, compacted: true, retentionMs: null }]);
  if (records.length > 0) await log.append('snapshots', records);
  return log;
}
const snapshotOf = (over: Partial<Snapshot>): Snapshot => ({
  v: 1,
  stage: 'detect',
  partition: 0,
  watch: 'orion',
  position: 1,
  revision: 1,
  stateVersion: 1,
  state: null,
  ...over,
});

describe('the snapshots of a stage', () => {
  test('are none in an empty log', async () => {
    expect(await readSnapshots(await logWith(), 'detect')).toEqual(new Map());
  });

  test('come by partition, one a watch, and none of other stages', async () => {
    const log = await logWith(
      ...[
        snapshotOf({ watch: 'orion' }),
        snapshotOf({ watch: 'lyra' }),
        snapshotOf({ watch: 'vega', partition: 1 }),
        snapshotOf({ stage: 'match', watch: undefined }),
        snapshotOf({ stage: 'detector', watch: 'orion' }),
      ].map(snapshotRecord),
    );
    const snapshots = await readSnapshots(log, 'detect');
    expect([...snapshots].map(([partition, own]) => [partition, own.map(({ watch }) => watch)])).toEqual([
      [0, ['orion', 'lyra']],
      [1, ['vega']],
    ]);
  });

  test('are those of the highest position, in whatever order they were written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 10 }),
        async (positions) => {
          const log = await logWith(...positions.map((position) => snapshotRecord(snapshotOf({ position }))));
          const snapshots = await readSnapshots(log, 'detect');
          expect(snapshots.get(0)?.map(({ position }) => position)).toEqual([Math.max(...positions)]);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('of one position are the last written: a restart may have folded the same otherwise', async () => {
    const log = await logWith(
      ...['first', 'second'].map((state) => snapshotRecord(snapshotOf({ position: 5, state }))),
    );
    expect((await readSnapshots(log, 'detect')).get(0)).toMatchObject([{ state: 'second' }]);
  });

  test('that were deleted are gone', async () => {
    const gone = snapshotOf({});
    const log = await logWith(snapshotRecord(gone), { key: snapshotKey(gone), value: null });
    expect((await readSnapshots(log, 'detect')).get(0)).toBeUndefined();
  });

  test.each([
    ['no JSON', '{'],
    ['of a newer version', JSON.stringify({ ...snapshotOf({}), v: 2 })],
    ['without a position', JSON.stringify({ ...snapshotOf({}), position: undefined })],
  ])('that are %s stop the start', async (_what, text) => {
    const log = await logWith({ key: 'detect/0/orion', value: Buffer.from(text) });
    await expect(readSnapshots(log, 'detect')).rejects.toThrow();
  });

  test('that a newer one replaced are not even parsed', async () => {
    const { key, value } = snapshotRecord(snapshotOf({ position: 1, state: 'spoiled' }));
    const spoiled = Buffer.from(value!).subarray(0, -3);
    const log = await logWith({ key, value: spoiled }, snapshotRecord(snapshotOf({ position: 2 })));
    expect((await readSnapshots(log, 'detect')).get(0)).toMatchObject([{ position: 2 }]);
  });

  test('have a key that names stage, partition and watch', () => {
    expect(snapshotKey(snapshotOf({ partition: 3 }))).toBe('detect/3/orion');
    expect(snapshotKey(snapshotOf({ stage: 'match', watch: undefined }))).toBe('match/0/');
  });
});

describe('a reader for several stages', () => {
  const match = snapshotOf({ stage: 'match', watch: undefined });
  async function setUp() {
    const log = await logWith(...[match, snapshotOf({})].map(snapshotRecord));
    const offsetsRead: number[] = [];
    const reader = createSnapshotReader(
      {
        bounds: log.bounds,
        async *scan(topic, partition, range) {
          for await (const batch of log.scan(topic, partition, range)) {
            offsetsRead.push(...batch.records.map(({ offset }) => offset));
            yield batch;
          }
        },
      },
      ['match', 'detect'],
    );
    return { log, reader, offsetsRead };
  }

  test('reads the log once, whichever asks first and even at the same time', async () => {
    const { reader, offsetsRead } = await setUp();
    const [detect, matched] = await Promise.all([reader.read('detect'), reader.read('match')]);
    expect(detect.get(0)).toMatchObject([{ watch: 'orion' }]);
    expect(matched.get(0)).toMatchObject([{ stage: 'match' }]);
    expect(offsetsRead).toEqual([0, 1]);
  });

  test('gives the later one what was written meanwhile', async () => {
    const { log, reader, offsetsRead } = await setUp();
    await reader.read('match');
    await log.append('snapshots', [snapshotRecord(snapshotOf({ position: 9 }))]);
    expect((await reader.read('detect')).get(0)).toMatchObject([{ position: 9 }]);
    expect(offsetsRead).toEqual([0, 1, 2]);
  });

  test('reads again for whoever asks again', async () => {
    const { log, reader } = await setUp();
    await reader.read('detect');
    await log.append('snapshots', [snapshotRecord(snapshotOf({ watch: 'lyra', position: 3 }))]);
    expect((await reader.read('detect')).get(0)).toHaveLength(2);
    expect((await reader.read('match')).get(0)).toHaveLength(1);
    expect((await reader.read('other')).size).toBe(0);
  });

  test('fails for the stage whose snapshot cannot be read, and for no other', async () => {
    const { log, reader } = await setUp();
    const { key, value } = snapshotRecord(snapshotOf({ position: 9, state: 'spoiled' }));
    await log.append('snapshots', [{ key, value: Buffer.from(value!).subarray(0, -3) }]);
    await expect(reader.read('detect')).rejects.toThrow();
    expect((await reader.read('match')).get(0)).toHaveLength(1);
  });
});
