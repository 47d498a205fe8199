import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TOPICS } from '@foreshock/model/topics';
import { VirtualClock } from '@foreshock/runtime/clock';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import { openSqliteLog } from '@foreshock/topic-log/sqlite/log';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CopyFault, copyLog } from '../../services/cli/src/pipeline/copy-log.ts';
import { repartitionLog } from '../../services/cli/src/pipeline/repartition-log.ts';
import { temporaryStores } from '../crash/crash-runs.ts';
import { draftNight, HISTORY_START, type NightStep, TROUBLE_START } from '../crash/night-steps.ts';
import { type Inbox, live } from '../crash/one-life.ts';
import { judgeStore, type Outcome } from '../crash/verdict.ts';

const SEED = 5;
const folder = temporaryStores();
const learned = join(folder, 'learned.db');
const acknowledged = new Set<string>();
let undisturbed: Outcome;
let runs = 0;

const open = (path: string): Promise<TopicLog> =>
  openSqliteLog({ path, clock: new VirtualClock(TROUBLE_START), maintainEveryMs: null });

async function createTopics(log: TopicLog, partitions: number): Promise<void> {
  await log.createTopics(
    Object.values(TOPICS).map((topic) => ({
      name: topic.name,
      partitions: topic.partitions === 'many' ? partitions : 1,
      compacted: topic.compacted,
      retentionMs: null,
    })),
  );
}

async function play(
  path: string,
  part: { partitions: number; steps: readonly NightStep[]; inbox: Inbox; startAt?: number },
): Promise<void> {
  await live({
    path,
    ...part,
    snapshotEveryMs: 3_600_000,
    snapshotPartsMax: 8,
    progress: { next: 0, acknowledged },
    publicUrl: 'https://life.example',
    staleRecords: 0,
  });
}

/** The evening, cut at `at`: before it over the learned store, after it over what `move` made of that. */
async function evening(
  at: number,
  move: (from: TopicLog, to: TopicLog) => Promise<unknown>,
  partitions: { before: number; after: number },
): Promise<Outcome> {
  const first = join(folder, `first-${runs}.db`);
  const second = join(folder, `second-${runs++}.db`);
  copyFileSync(learned, first);
  const inbox: Inbox = new Map();
  const before = draftNight(SEED, partitions.before).trouble.slice(0, at);
  const after = draftNight(SEED, partitions.after).trouble.slice(at);
  if (before.length > 0) await play(first, { partitions: partitions.before, steps: before, inbox });
  const [from, to] = [await open(first), await open(second)];
  await createTopics(to, partitions.after);
  await move(from, to);
  await Promise.all([from.close(), to.close()]);
  await play(second, { partitions: partitions.after, steps: after, inbox });
  const night = draftNight(SEED, partitions.after);
  return judgeStore({ path: second, night, acknowledged, inbox });
}

const TOPIC_NAMES = Object.keys(TOPICS);
const copy = (from: TopicLog, to: TopicLog) => copyLog({ from, to, topics: TOPIC_NAMES });
const repartition = (from: TopicLog, to: TopicLog) => repartitionLog({ from, to });

beforeAll(async () => {
  const night = draftNight(SEED, 2);
  await play(learned, {
    partitions: 2,
    steps: night.history,
    inbox: new Map(),
    startAt: HISTORY_START,
  });
  const path = join(folder, 'undisturbed.db');
  copyFileSync(learned, path);
  const inbox: Inbox = new Map();
  await play(path, { partitions: 2, steps: night.trouble, inbox });
  undisturbed = await judgeStore({ path, night, acknowledged, inbox });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a log that was moved in the middle of an evening', () => {
  test('the undisturbed evening has something to compare', () => {
    expect(undisturbed.incidents.length).toBeGreaterThan(0);
    expect(undisturbed.faults).toEqual([]);
  });

  test.each([0, 4, 7, 9])('goes on after step %i with the same incidents, told once', async (at) => {
    const moved = await evening(at, copy, { before: 2, after: 2 });
    expect(moved).toEqual(undisturbed);
  });

  test.each([
    [0, 3],
    [4, 3],
    [7, 1],
    [9, 5],
  ])('goes on after step %i with %i partitions and the same incidents', async (at, after) => {
    const moved = await evening(at, repartition, { before: 2, after });
    expect(moved.canonical).toEqual(undisturbed.canonical);
    expect(moved.transitions).toEqual(undisturbed.transitions);
  });

  test('control: offsets that begin anew are taken for repeats, and the trouble goes unnoticed', async () => {
    const careless = async (from: TopicLog, to: TopicLog): Promise<void> => {
      await repartition(from, {
        ...to,
        append: (topic, records, how) =>
          topic === 'snapshots' ? to.append(topic, records, how) : dropFillers(to)(topic, records, how),
      });
    };
    const moved = await evening(4, careless, { before: 2, after: 3 });
    expect(moved.transitions.length).toBeLessThan(undisturbed.transitions.length);
  });
});

const dropFillers =
  (to: TopicLog): TopicLog['append'] =>
  (topic, records, how) =>
    to.append(
      topic,
      records.filter(({ key }) => key !== '@gap'),
      how,
    );

describe('copying a log', () => {
  const memory = () => createMemoryLog({ clock: { now: () => 0 } });
  const spec = { name: 'mentions', partitions: 2, compacted: true, retentionMs: null };
  const text = (key: string, value: string, partition: number) => ({
    key,
    value: Buffer.from(value),
    partition,
  });

  async function gappy() {
    const log = memory();
    await log.createTopics([spec]);
    for (let n = 0; n < 40; n++) await log.append('mentions', [text(`k${n % 7}`, `v${n}`, n % 2)]);
    await log.maintain();
    return log;
  }
  const read = async (log: TopicLog, partition: number) => {
    const records: string[] = [];
    for await (const batch of log.scan('mentions', partition, { from: 0 }))
      for (const { offset, key, value } of batch.records)
        if (value !== null) records.push(`${offset} ${key} ${Buffer.from(value)}`);
    return records;
  };

  test('keeps every offset, over gaps too', async () => {
    const [from, to] = [await gappy(), memory()];
    await to.createTopics([spec]);
    const counts = await copyLog({ from, to, topics: ['mentions'] });
    expect(counts.gaps).toBeGreaterThan(0);
    for (const partition of [0, 1]) {
      expect(await read(to, partition)).toEqual(await read(from, partition));
      expect((await to.bounds('mentions', partition)).end).toBe(
        (await from.bounds('mentions', partition)).end,
      );
    }
  });

  test('goes on where it was cut off', async () => {
    const [from, to] = [await gappy(), memory()];
    await to.createTopics([spec]);
    let appends = 0;
    const failing: TopicLog = {
      ...to,
      append: (...call) => {
        if (++appends > 3) throw new Error('cut off');
        return to.append(...call);
      },
    };
    await expect(copyLog({ from, to: failing, topics: ['mentions'] })).rejects.toThrow('cut off');
    await copyLog({ from, to, topics: ['mentions'] });
    for (const partition of [0, 1]) expect(await read(to, partition)).toEqual(await read(from, partition));
  });

  test('refuses a log that has gone on by itself, and one that somebody else writes to', async () => {
    const [from, to] = [await gappy(), memory()];
    await to.createTopics([spec]);
    for (let n = 0; n < 60; n++) await to.append('mentions', [text('other', 'x', 0)]);
    await expect(copyLog({ from, to, topics: ['mentions'] })).rejects.toThrow(CopyFault);

    const shared = memory();
    await shared.createTopics([spec]);
    const disturbed: TopicLog = {
      ...shared,
      async append(...call) {
        await shared.append('mentions', [text('intruder', 'x', call[1][0]!.partition!)]);
        return shared.append(...call);
      },
    };
    await expect(copyLog({ from, to: disturbed, topics: ['mentions'] })).rejects.toThrow(/somebody else/);
  });
});
