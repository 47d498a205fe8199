import type { Snapshot } from '@foreshock/model/state';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSnapshots, snapshotKey, snapshotRecord } from './snapshots.ts';

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

  test('have a key that names stage, partition and watch', () => {
    expect(snapshotKey(snapshotOf({ partition: 3 }))).toBe('detect/3/orion');
    expect(snapshotKey(snapshotOf({ stage: 'match', watch: undefined }))).toBe('match/0/');
  });
});
