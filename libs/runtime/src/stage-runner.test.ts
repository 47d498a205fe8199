import type { Snapshot } from '@foreshock/model/state';
import type { MemberOptions, TopicLog } from '@foreshock/topic-log/contract';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import { expect, test } from 'vitest';
import { VirtualClock } from './clock.ts';
import { silentLogger } from './log.ts';
import { createMetrics } from './metrics.ts';
import { readSnapshots } from './snapshots.ts';
import { runStage, type Stage } from './stage-runner.ts';

const clock = new VirtualClock(0);

async function newLog(partitions = 1) {
  const log = createMemoryLog({ clock });
  await log.createTopics(
    ['input', 'output', 'snapshots'].map((name) => ({
      name,
      partitions: name === 'input' ? partitions : 1,
      compacted: name === 'snapshots',
      retentionMs: null,
    })),
  );
  return log;
}

/** Counts what it folded; what `names` lists has a snapshot of its own. */
function counting(names: () => readonly string[] = () => ['sum']) {
  let folded = 0;
  const stage: Stage = {
    name: 'count',
    input: 'input',
    async assign(_partition, snapshots) {
      folded = Number(snapshots[0]?.state ?? 0);
      return snapshots.length > 0 ? Math.min(...snapshots.map(({ position }) => position)) : undefined;
    },
    fold(_partition, record, outputs) {
      folded++;
      outputs.add('output', { key: null, value: record.value });
    },
    parts: names,
    snapshot: (partition, position, parts): Snapshot[] =>
      names()
        .filter((watch) => parts?.has(watch) ?? true)
        .map((watch) => ({
          v: 1,
          stage: 'count',
          partition,
          watch,
          position,
          revision: 0,
          stateVersion: 1,
          state: folded,
        })),
    revoke: () => undefined,
  };
  return { stage, folded: () => folded };
}

const run = (
  log: TopicLog,
  stage: Stage,
  options: { snapshotEveryMs?: number; snapshotPartsMax?: number } = {},
) => runStage({ log, stage, clock, metrics: createMetrics(), logger: silentLogger, ...options });
const text = (value: string) => ({ key: null, value: Buffer.from(value) });

test('drained is resolved when what stood in the input was folded and its output is durable', async () => {
  const log = await newLog();
  const { stage, folded } = counting();
  const running = await run(log, stage);
  await running.caughtUp;
  await log.append('input', ['a', 'b', 'c'].map(text));
  await running.drained();
  expect(folded()).toBe(3);
  expect((await log.bounds('output', 0)).end).toBe(3);
  await running.stop();
  await running.drained();
});

test('a batch whose output was not taken is not in the snapshot of the stop', async () => {
  const log = await newLog();
  let broken = false;
  const breaking: TopicLog = {
    ...log,
    append: (topic, records) =>
      broken && topic === 'output'
        ? Promise.reject(new Error('the disk is gone'))
        : log.append(topic, records),
  };
  const { stage, folded } = counting();
  const running = await run(breaking, stage);
  await log.append('input', [text('a')]);
  await running.drained();
  broken = true;
  await log.append('input', [text('b')]);
  await expect(running.stopped).rejects.toThrow('the disk is gone');
  expect(folded()).toBe(2);
  expect((await readSnapshots(log, 'count')).get(0)).toBeUndefined();

  const again = await run(log, stage);
  await again.drained();
  await again.stop();
  expect((await log.bounds('output', 0)).end).toBe(3);
  expect((await readSnapshots(log, 'count')).get(0)).toMatchObject([{ position: 2, state: 2 }]);
});

test('the snapshot of something that is gone does not hold the stage back', async () => {
  const log = await newLog();
  let names = ['kept', 'removed'];
  const first = await run(log, counting(() => names).stage);
  await log.append('input', [text('a')]);
  await first.drained();
  await first.stop();
  expect((await readSnapshots(log, 'count')).get(0)).toHaveLength(2);

  const second = await run(log, counting(() => names).stage);
  names = ['kept'];
  await log.append('input', [text('b')]);
  await second.drained();
  await second.stop();
  expect((await readSnapshots(log, 'count')).get(0)).toMatchObject([{ watch: 'kept', position: 2 }]);
});

test('of many parts a few are written after each batch, but all at once that have no snapshot yet', async () => {
  const log = await newLog();
  let names = ['a', 'b', 'c'];
  const running = await run(log, counting(() => names).stage, { snapshotEveryMs: 0, snapshotPartsMax: 2 });
  const positions = async () =>
    Object.fromEntries(
      ((await readSnapshots(log, 'count')).get(0) ?? []).map(({ watch, position }) => [watch, position]),
    );
  const batch = async () => {
    await log.append('input', [text('x')]);
    await running.drained();
    await clock.advance(1);
  };
  await batch();
  expect(await positions()).toEqual({ a: 1, b: 1, c: 1 });
  await batch();
  expect(await positions()).toEqual({ a: 2, b: 2, c: 1 });
  names = ['a', 'b', 'c', 'd'];
  await batch();
  // Were `d` to wait, a restart could find nothing older than its birth, and never hear of it.
  expect(await positions()).toEqual({ a: 2, b: 2, c: 1, d: 3 });
  await batch();
  expect(await positions()).toEqual({ a: 2, b: 2, c: 4, d: 3 });
  names = ['d'];
  for (let n = 0; n < 3; n++) await batch();
  expect(await positions()).toEqual({ d: 7 });
  await running.stop();
});

test('a stage that loses the partition it still had to catch up with has caught up', async () => {
  const log = await newLog(2);
  await log.append('input', [
    { ...text('a'), partition: 0 },
    { ...text('b'), partition: 1 },
  ]);
  let member!: MemberOptions;
  const held: TopicLog = {
    ...log,
    async join(options) {
      member = options;
      const { promise } = Promise.withResolvers<void>();
      return {
        joined: promise,
        stopped: promise,
        owns: async () => true,
        commit: async () => undefined,
        stop: async () => undefined,
      };
    },
  };
  const running = await run(held, counting().stage);
  let caughtUp = false;
  void running.caughtUp.then(() => {
    caughtUp = true;
  });
  await member.onAssigned([0, 1]);
  for await (const batch of log.scan('input', 0, { from: 0 })) await member.onBatch(batch);
  await clock.advance(0);
  expect(caughtUp).toBe(false);
  await member.onRevoked([1]);
  await running.caughtUp;
});
