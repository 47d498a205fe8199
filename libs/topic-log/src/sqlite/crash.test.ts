import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { TopicLog } from '../contract.ts';
import {
  fingerprint,
  manualClock,
  occurrences,
  openTemporaryLog,
  readRecords,
  spawnScript,
  temporaryFolder,
  text,
  valueText,
} from '../testing/temporary-store.ts';
import { openSqliteLog } from './log.ts';

/** What the log has said it holds, and what it may hold beside: appends that were never answered. */
interface Told {
  readonly acknowledged: Map<number, string>;
  readonly unanswered: string[][];
  /** Values, of erases that were answered. */
  readonly erased: Set<string>;
}

const SPEC = { name: 'topic', partitions: 1, compacted: true, retentionMs: null };

/** Every point is a life of its own and every killed process a start of Node. */
const TIMEOUT_MS = 240_000;

/** So small that segments are closed, rewritten and dropped within a short life. */
const segmentLimits = { recordsMax: 40, bytesMax: 1e6 };

/** A life of a store in which every kind of write happens. */
async function live(log: TopicLog & { maintain(): Promise<boolean> }, told: Told): Promise<void> {
  await log.createTopics([SPEC]);
  const put = async (values: readonly string[]) => {
    const waiting = [...values];
    told.unanswered.push(waiting);
    const placed = await log.append(
      'topic',
      values.map((value) => text(value.split('#')[0]!, value)),
    );
    told.unanswered.splice(told.unanswered.indexOf(waiting), 1);
    for (const [index, value] of values.entries()) told.acknowledged.set(placed[index]!.offset, value);
  };
  await put(['a#1', 'b#1']);
  await Promise.all([put(['c#1']), put(['d#1', 'e#1', 'f#1'])]);
  for (let round = 0; round < 12; round++)
    await put(Array.from({ length: 10 }, (_, key) => `k${key}#${round}`));
  const erase = async (keys: readonly string[]) => {
    const doomed = [...told.acknowledged.values()].filter((value) => keys.includes(value.split('#')[0]!));
    await log.erase('topic', keys);
    for (const value of doomed) told.erased.add(value);
  };
  await erase(['a', 'k3']);
  while (await log.maintain());
  await put(['g#1']);
  for (let round = 20; round < 26; round++)
    await put(Array.from({ length: 20 }, (_, key) => `k${key}#${round}`));
  while (await log.maintain());
  await erase(['k4']);
  while (await log.maintain());
  await log.close();
}

async function run(
  path: string,
  crashAt: number,
): Promise<{ told: Told; points: string[]; crashed: boolean }> {
  const told: Told = { acknowledged: new Map(), unanswered: [], erased: new Set() };
  const points: string[] = [];
  const onIo = (point: string) => {
    points.push(point);
    if (points.length === crashAt) throw new Error(`crashed at ${point}`);
  };
  let log: Awaited<ReturnType<typeof openSqliteLog>> | undefined;
  try {
    log = await openSqliteLog({ path, clock: manualClock(), maintainEveryMs: null, onIo, segmentLimits });
    await live(log, told);
    return { told, points, crashed: false };
  } catch (error) {
    expect(String(error)).toContain('crashed at');
    const asItDied = fingerprint(path);
    await log?.append('topic', [text('x', 'after death')]).catch(() => undefined);
    await log?.close().catch(() => undefined);
    await turn();
    expect(fingerprint(path)).toBe(asItDied);
    return { told, points, crashed: true };
  }
}

async function check(path: string, told: Told): Promise<void> {
  const { log } = await openTemporaryLog({ path, segmentLimits });
  await log.createTopics([SPEC]);
  const records = await readRecords(log, 'topic');
  const values = records.map(valueText);
  const newest = new Map<string, string>();
  for (const [, value] of [...told.acknowledged].sort(([a], [b]) => a - b))
    newest.set(value.split('#')[0]!, value);
  for (const [key, value] of newest) {
    if (told.erased.has(value)) expect(values).not.toContain(value);
    else if (!values.includes(value)) {
      // Only what was being erased when the process died, or newer versions of the key, may stand in its place.
      expect(records.some((record) => record.key === key)).toBe(true);
    }
  }
  for (const [offset, value] of told.acknowledged) {
    const record = records.find((each) => each.offset === offset);
    if (record) expect(valueText(record)).toBe(value);
  }
  // One append is one transaction: it is there as a whole or not at all, answered or not.
  for (const unanswered of told.unanswered) {
    expect([0, unanswered.length]).toContain(unanswered.filter((value) => values.includes(value)).length);
  }
  expect(values).not.toContain('after death');
  // What was half-done goes on, and takes away nothing that counts.
  const newestOf = (read: typeof records) =>
    [...new Map(read.map((record) => [record.key, valueText(record)]))].sort();
  while (await log.maintain());
  expect(newestOf(await readRecords(log, 'topic'))).toEqual(newestOf(records));
  const [placed] = await log.append('topic', [text('z', 'goes on')]);
  expect(placed!.offset).toBeGreaterThan(Math.max(-1, ...told.acknowledged.keys()));
}

describe('a process that dies at any boundary of input and output', () => {
  test(
    'loses nothing it acknowledged, keeps nothing by halves and writes nothing after',
    async () => {
      const whole = await run(join(temporaryFolder(), 'store.db'), 0);
      expect(whole.crashed).toBe(false);
      const reached = new Set(whole.points);
      for (const name of [
        'open',
        'create',
        'recover',
        'begin',
        'insert',
        'commit',
        'erase',
        'truncate',
        'compact',
        'roll',
        'reclaim',
        'close',
      ]) {
        expect(reached).toContain(`${name}:before`);
        expect(reached).toContain(`${name}:after`);
      }
      for (let crashAt = 1; crashAt <= whole.points.length; crashAt++) {
        const path = join(temporaryFolder(), 'store.db');
        const { told, crashed } = await run(path, crashAt);
        expect(crashed).toBe(true);
        await check(path, told);
      }
    },
    TIMEOUT_MS,
  );

  test('the check can fail: it misses a record that was acknowledged, and one that was to be erased', async () => {
    const path = join(temporaryFolder(), 'store.db');
    const { told, points } = await run(path, 0);
    expect(points.length).toBeGreaterThan(200);
    const lost = { ...told, acknowledged: new Map([...told.acknowledged, [1e6, 'never#1']]) };
    await expect(check(path, lost)).rejects.toThrow();
    const kept = { ...told, erased: new Set([...told.erased, 'g#1']) };
    await expect(check(path, kept)).rejects.toThrow();
  });

  test('after an erase was committed, opening again removes what the write-ahead log still held', async () => {
    const path = join(temporaryFolder(), 'store.db');
    const log = await openSqliteLog({
      path,
      clock: manualClock(),
      maintainEveryMs: null,
      onIo: (point) => {
        if (point === 'truncate:before') throw new Error('crashed');
      },
    });
    await log.createTopics([SPEC]);
    await log.append('topic', [text('post', 'the text to forget')]);
    await expect(log.erase('topic', ['post'])).rejects.toThrow('crashed');
    expect(occurrences(path, 'the text to forget')).toBeGreaterThan(0);
    const again = await openTemporaryLog({ path });
    expect(occurrences(path, 'the text to forget')).toBe(0);
    expect((await readRecords(again.log, 'topic')).map(valueText)).toEqual([null]);
  });

  test('members stop with the crash, and nothing is handed to them any more', async () => {
    let armed = false;
    const { log } = await openTemporaryLog({
      onIo: (point) => {
        if (armed && point === 'commit:after') throw new Error('crashed');
      },
    });
    await log.createTopics([SPEC]);
    const { promise: assigned, resolve } = Promise.withResolvers<void>();
    let batches = 0;
    const member = await log.join({
      group: 'g',
      topic: 'topic',
      onAssigned: async () => {
        resolve();
        return new Map([[0, 0]]);
      },
      onBatch: async () => {
        batches++;
      },
      onRevoked: async () => undefined,
    });
    await assigned;
    armed = true;
    await expect(log.append('topic', [text('a', '1')])).rejects.toThrow('crashed');
    await expect(member.stopped).rejects.toThrow('crashed');
    expect(batches).toBe(0);
  });
});

test(
  '20 processes killed while they append: what they acknowledged is there, what they erased is not',
  async () => {
    const path = join(temporaryFolder(), 'store.db');
    const put = new Map<number, string>();
    const erased = new Set<string>();
    for (let round = 0; round < 20; round++) {
      const writer = spawnScript('append-until-killed.ts', [path, `${round}`]);
      for (let lines = 0; lines < 20 + round * 13; lines++) {
        const [verb, ...rest] = (await writer.said())!.split(' ');
        if (verb === 'put') put.set(Number(rest[0]), rest[1]!);
        else erased.add(rest[0]!);
      }
      await writer.kill();
      // What it said between the last line read and its end.
      for (let line = await writer.said(); line !== undefined; line = await writer.said()) {
        const [verb, ...rest] = line.split(' ');
        // The very last line may be cut short: only what is whole counts.
        if (verb === 'put' && rest[1]) put.set(Number(rest[0]), rest[1]);
        else if (rest[0] && [...put.values()].includes(rest[0])) erased.add(rest[0]);
      }
      const { log } = await openTemporaryLog({ path });
      const read = new Map((await readRecords(log, 'topic')).map((record) => [record.offset, record]));
      await log.close();
      const tombstones = new Set(
        [...read.values()].filter(({ value }) => value === null).map(({ key }) => key),
      );
      const gone = [...put].filter(([offset, name]) => !erased.has(name) && read.get(offset)?.key !== name);
      // Each of the three writers may have died in an erase that was made but not told.
      for (const [, name] of gone) expect(tombstones).toContain(name);
      expect(gone.length).toBeLessThanOrEqual(3);
      for (const [, name] of gone) erased.add(name);
      for (const record of read.values()) {
        if (erased.has(record.key!)) expect(record.value).toBeNull();
        else expect(valueText(record)).toContain(`<${record.key}>`);
      }
    }
    expect(put.size).toBeGreaterThan(1_000);
    expect(erased.size).toBeGreaterThan(100);
  },
  TIMEOUT_MS,
);
