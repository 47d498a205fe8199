import type { Snapshot } from '@foreshock/model/state';
import {
  AheadError,
  type NewRecord,
  type TopicLog,
  TruncatedError,
  UnavailableError,
} from '@foreshock/topic-log/contract';
import { withFaults } from '@foreshock/topic-log/fault-wrapper';
import { createMemoryLog, type MemoryLog } from '@foreshock/topic-log/memory';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualClock } from './clock.ts';
import { silentLogger } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { readSnapshots, snapshotRecord } from './snapshots.ts';
import { drainAndStop, type RunningStage, runStage, type Stage } from './stage-runner.ts';

const HOUR = 3_600_000;
let clock: VirtualClock;
let log: MemoryLog;
let metrics: Metrics;

beforeEach(async () => {
  clock = new VirtualClock(HOUR);
  log = createMemoryLog({ clock });
  metrics = createMetrics();
  await log.createTopics(
    ['input', 'output', 'beside', 'snapshots'].map((name) => ({
      name,
      partitions: name === 'input' ? 2 : 1,
      compacted: name === 'snapshots',
      retentionMs: name === 'input' ? HOUR : null,
    })),
  );
});

const record = (text: string, partition = 0): NewRecord => ({
  key: null,
  partition,
  value: Buffer.from(text),
});
const put = (texts: string, partition = 0) =>
  log.append(
    'input',
    texts.split('').map((text) => record(text, partition)),
  );

async function valuesIn(topic: string, from: TopicLog = log): Promise<string> {
  const { start } = await from.bounds(topic, 0);
  let text = '';
  for await (const batch of from.scan(topic, 0, { from: start }))
    for (const { value } of batch.records) text += Buffer.from(value ?? []).toString();
  return text;
}

interface Spelling {
  readonly stage: Stage;
  /** All that was folded, by partition, since the state it was restored with. */
  readonly folded: Map<number, string>;
  /** How often it was told that its outputs are durable. */
  acknowledged: number;
}

/** Folds letters: state is the word so far, outputs are the letters. */
function spelling(): Spelling {
  const folded = new Map<number, string>();
  const spelled: Spelling = {
    folded,
    acknowledged: 0,
    stage: {
      name: 'spell',
      input: 'input',
      async assign(partition, snapshots) {
        folded.set(partition, String(snapshots[0]?.state ?? ''));
        return snapshots[0]?.position;
      },
      fold(partition, { value }, outputs) {
        const text = Buffer.from(value ?? []).toString();
        folded.set(partition, folded.get(partition)! + text);
        outputs.add('output', record(text));
        outputs.add('beside', record(text.toUpperCase()));
      },
      acknowledged() {
        spelled.acknowledged++;
      },
      snapshot: (partition, position): Snapshot[] => [
        {
          v: 1,
          stage: 'spell',
          partition,
          position,
          revision: 0,
          stateVersion: 1,
          state: folded.get(partition),
        },
      ],
      revoke: (partition) => void folded.delete(partition),
    },
  };
  return spelled;
}

const run = (stage: Stage, through: TopicLog = log, snapshotEveryMs?: number): Promise<RunningStage> =>
  runStage({ log: through, stage, clock, metrics, logger: silentLogger, snapshotEveryMs });

/** A log whose appends to a topic are refused while `refuses` says so; what was appended, call by call. */
function watched(refuses: (topic: string) => Error | undefined = () => undefined) {
  const calls: string[] = [];
  const through: TopicLog = {
    ...log,
    async append(topic, records, options) {
      const error = refuses(topic);
      if (error) throw error;
      calls.push(topic);
      return log.append(topic, records, options);
    },
  };
  return { through, calls };
}

const full = () => new UnavailableError('the disk is full');
/** Lets what is under way go on, without time passing. */
const settle = () => clock.advance(0);
const snapshotIn = async (partition = 0) => (await readSnapshots(log, 'spell')).get(partition)?.[0];

describe('a stage', () => {
  test('appends what a batch gave before the snapshot that covers it', async () => {
    const { through, calls } = watched();
    const running = await run(spelling().stage, through, 0);
    await put('ab');
    await running.drained();
    await settle();
    expect(calls.slice(0, 3).sort()).toEqual(['beside', 'output', 'snapshots']);
    expect(calls[2]).toBe('snapshots');
    await running.stop();
  });

  test('writes snapshots no more often than it was told to', async () => {
    const { through, calls } = watched();
    const running = await run(spelling().stage, through, 30_000);
    for (let second = 0; second < 90; second++) {
      await put('a');
      await clock.advance(1_000);
    }
    expect(calls.filter((topic) => topic === 'snapshots')).toHaveLength(2);
    await running.stop();
    expect(calls.filter((topic) => topic === 'snapshots').length).toBeGreaterThanOrEqual(3);
  });

  test('writes a snapshot of every partition when it stops', async () => {
    const running = await run(spelling().stage);
    await put('ab');
    await put('x', 1);
    await running.drained();
    await running.stop();
    expect(await snapshotIn(0)).toMatchObject({ position: 2, state: 'ab' });
    expect(await snapshotIn(1)).toMatchObject({ position: 1, state: 'x' });
    await running.stop();
  });

  test('goes on after a restart where its snapshot stands', async () => {
    const first = await run(spelling().stage);
    await put('ab');
    await drainAndStop(first, clock);
    await put('cd');
    const again = spelling();
    const second = await run(again.stage);
    await second.drained();
    expect(again.folded.get(0)).toBe('abcd');
    expect(await valuesIn('output')).toBe('abcd');
    await second.stop();
  });

  test('without a snapshot starts where the log does', async () => {
    await put('ab');
    await clock.advance(2 * HOUR);
    await put('cd');
    await log.maintain();
    const { stage, folded } = spelling();
    const running = await run(stage);
    await running.drained();
    expect(folded.get(0)).toBe('cd');
    await running.stop();
  });

  test('stops loudly where its snapshot stands before what the log still has', async () => {
    const first = await run(spelling().stage);
    await put('ab');
    await drainAndStop(first, clock);
    await put('cd');
    await clock.advance(2 * HOUR);
    await put('e');
    await log.maintain();
    const running = await run(spelling().stage);
    await expect(running.stopped).rejects.toThrow(TruncatedError);
  });

  test('stops loudly where its snapshot stands beyond what the log has', async () => {
    await log.append('snapshots', [
      snapshotRecord({
        v: 1,
        stage: 'spell',
        partition: 0,
        position: 9,
        revision: 0,
        stateVersion: 1,
        state: 'x',
      }),
    ]);
    const running = await run(spelling().stage);
    await expect(running.stopped).rejects.toThrow(AheadError);
  });

  test('takes the newest snapshot, though a stale owner wrote an older one after it', async () => {
    await put('abcd');
    const snapshot = { v: 1, stage: 'spell', partition: 0, revision: 0, stateVersion: 1 } as const;
    await log.append('snapshots', [
      snapshotRecord({ ...snapshot, position: 3, state: 'abc' }),
      snapshotRecord({ ...snapshot, position: 1, state: 'a' }),
    ]);
    const { stage, folded } = spelling();
    const running = await run(stage);
    await running.drained();
    expect(folded.get(0)).toBe('abcd');
    expect(await valuesIn('output')).toBe('d');
    await running.stop();
  });

  test('does not start from a snapshot that it cannot read', async () => {
    await log.append('snapshots', [{ key: 'spell/0/', value: Buffer.from('{"v":9}') }]);
    const running = await run(spelling().stage);
    await expect(running.stopped).rejects.toThrow('snapshot spell/0/ cannot be read');
  });

  test('leaves the snapshots of others alone, whatever their names begin with', async () => {
    await log.append('snapshots', [{ key: 'speller/0/', value: Buffer.from('{"v":9}') }]);
    const running = await run(spelling().stage);
    await running.caughtUp;
    await running.stop();
  });

  test('hands a partition over with its state', async () => {
    const first = spelling();
    const one = await run(first.stage);
    await put('ab');
    await put('xy', 1);
    await one.drained();
    const second = spelling();
    const two = await run(second.stage);
    await two.caughtUp;
    const words = () => [...first.folded, ...second.folded].sort(([a], [b]) => a - b);
    expect(words()).toEqual([
      [0, 'ab'],
      [1, 'xy'],
    ]);
    expect([first.folded.size, second.folded.size]).toEqual([1, 1]);
    await one.stop();
    await put('c');
    await put('z', 1);
    await two.drained();
    await settle();
    expect([...second.folded].sort(([a], [b]) => a - b)).toEqual([
      [0, 'abc'],
      [1, 'xyz'],
    ]);
    await two.stop();
  });

  test('shows how far it is behind', async () => {
    const { through } = watched();
    await put('abc');
    const running = await run(spelling().stage, through);
    await running.drained();
    const { values } = await metrics.lag.get();
    expect(values).toMatchObject([{ value: 0, labels: { stage: 'spell' } }]);
    await running.stop();
  });
});

describe('having caught up', () => {
  test('is so at once where there is nothing', async () => {
    const running = await run(spelling().stage);
    await running.caughtUp;
    await running.stop();
  });

  test('is so when what stood there at the start is durable, and not before', async () => {
    await put('ab');
    let refusing = true;
    const { through } = watched((topic) => (refusing && topic === 'output' ? full() : undefined));
    const running = await run(spelling().stage, through);
    let caughtUp = false;
    void running.caughtUp.then(() => {
      caughtUp = true;
    });
    await clock.advance(5_000);
    expect(caughtUp).toBe(false);
    refusing = false;
    await clock.advance(1_000);
    expect(caughtUp).toBe(true);
    await running.stop();
  });
});

describe('while the log takes no records', () => {
  test('nothing is lost, repeated or reordered, and nothing further is folded', async () => {
    let refusals = 3;
    const { through } = watched((topic) => (topic === 'output' && refusals-- > 0 ? full() : undefined));
    const { stage, folded } = spelling();
    const running = await run(stage, through);
    await put('ab');
    await settle();
    await put('cd');
    await settle();
    expect(folded.get(0)).toBe('ab');
    expect(await valuesIn('output')).toBe('');
    await clock.advance(1_000);
    await running.drained();
    expect(await valuesIn('output')).toBe('abcd');
    expect(await valuesIn('beside')).toBe('ABCD');
    await running.stop();
  });

  test('what another topic took already is not given to it again', async () => {
    let refusing = true;
    const { through, calls } = watched((topic) => (refusing && topic === 'output' ? full() : undefined));
    const running = await run(spelling().stage, through);
    await put('ab');
    await clock.advance(2_000);
    refusing = false;
    await clock.advance(1_000);
    await running.drained();
    expect(calls.filter((topic) => topic === 'beside')).toHaveLength(1);
    await running.stop();
  });

  test('the stage is told that nothing is durable yet', async () => {
    let refusing = true;
    const { through } = watched((topic) => (refusing && topic === 'output' ? full() : undefined));
    const spelled = spelling();
    const running = await run(spelled.stage, through);
    await put('ab');
    await clock.advance(2_000);
    expect(spelled.acknowledged).toBe(0);
    refusing = false;
    await clock.advance(1_000);
    expect(spelled.acknowledged).toBe(1);
    await running.stop();
  });

  test('it can be stopped, and the next start gives what was not taken', async () => {
    let refusing = true;
    const { through } = watched((topic) => (refusing && topic === 'output' ? full() : undefined));
    const running = await run(spelling().stage, through);
    await put('ab');
    await clock.advance(1_000);
    await running.stop();
    expect(await snapshotIn()).toBeUndefined();
    refusing = false;
    const again = spelling();
    const next = await run(again.stage, through);
    await next.drained();
    expect(again.folded.get(0)).toBe('ab');
    expect(await valuesIn('output')).toBe('ab');
    await next.stop();
  });

  test('a snapshot that is due is no reason to stop: it is written later', async () => {
    let refusing = true;
    const { through } = watched((topic) => (refusing && topic === 'snapshots' ? full() : undefined));
    const { stage, folded } = spelling();
    const running = await run(stage, through, 0);
    let failure: unknown;
    running.stopped.catch((error: unknown) => {
      failure = error;
    });
    await put('ab');
    await clock.advance(1_000);
    expect(failure).toBeUndefined();
    refusing = false;
    await put('c');
    await clock.advance(1_000);
    await running.drained();
    await settle();
    expect(folded.get(0)).toBe('abc');
    expect(await snapshotIn()).toMatchObject({ position: 3, state: 'abc' });
    await running.stop();
  });

  test('it can be stopped without the snapshot: the next start folds from the one before', async () => {
    let refusing = false;
    const { through } = watched((topic) => (refusing && topic === 'snapshots' ? full() : undefined));
    const running = await run(spelling().stage, through);
    await put('ab');
    await running.drained();
    refusing = true;
    await running.stop();
    await expect(running.stopped).resolves.toBeUndefined();
    expect(await snapshotIn()).toBeUndefined();
  });

  test('what a stage does once its outputs are durable may wait as well', async () => {
    const spelled = spelling();
    let refusals = 1;
    const running = await run({
      ...spelled.stage,
      async acknowledged() {
        if (refusals-- > 0) throw full();
        spelled.acknowledged++;
      },
    });
    await put('ab');
    await settle();
    await put('c');
    await running.drained();
    await settle();
    expect(spelled.acknowledged).toBe(1);
    expect(await valuesIn('output')).toBe('abc');
    await running.stop();
  });

  test('any other fault of a snapshot stops it too', async () => {
    const { through } = watched((topic) => (topic === 'snapshots' ? new Error('broken') : undefined));
    const running = await run(spelling().stage, through, 0);
    await put('ab');
    await expect(running.stopped).rejects.toThrow('broken');
  });

  test('any other fault stops it, and says why', async () => {
    const { through } = watched((topic) => (topic === 'output' ? new Error('broken') : undefined));
    const running = await run(spelling().stage, through);
    await put('ab');
    await expect(running.stopped).rejects.toThrow('broken');
    await expect(running.drained()).rejects.toThrow('broken');
    await running.stop();
  });

  test('appends torn and repeated at random leave every record, each first in its order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 - 1 }), async (seed) => {
        let state = seed;
        const random = () => {
          state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647;
          return state / 2_147_483_647;
        };
        const faulty = withFaults(log, { random, tear: 0.4, repeat: 0.3, split: 0.5 });
        const before = (await log.bounds('output', 0)).end;
        const { stage } = spelling();
        const running = await runStage({
          log: faulty,
          stage: { ...stage, assign: async () => (await log.bounds('input', 0)).end, snapshot: () => [] },
          clock,
          metrics,
          logger: silentLogger,
        });
        await running.caughtUp;
        await put('abcdefghij');
        await clock.advance(60_000);
        await running.drained();
        await running.stop();
        const seen = (await valuesIn('output')).slice(before);
        expect([...new Set(seen)].join('')).toBe('abcdefghij');
      }),
      { numRuns: 15 },
    );
  });
});
