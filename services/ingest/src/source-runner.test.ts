import type { Mention, SourceStatus } from '@foreshock/model/mention';
import type { Source, SourceBatch, SourceContext, SourceMention } from '@foreshock/model/source';
import type { DeadLetter, SourceCursor } from '@foreshock/model/state';
import { TOPICS } from '@foreshock/model/topics';
import { VirtualClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import { ClosedError, type TopicLog, UnavailableError } from '@foreshock/topic-log/contract';
import { createMemoryLog, type MemoryLog } from '@foreshock/topic-log/memory';
import { afterEach, describe, expect, test } from 'vitest';
import { type RunnerOptions, type RunningSource, startSource } from './source-runner.ts';

const NOW = Date.UTC(2026, 10, 20, 22, 0);
const PARTITIONS = 3;

const mention = (nativeId: string, over: Partial<SourceMention> = {}): SourceMention => ({
  op: 'create',
  type: 'Note',
  source: 'stream',
  id: `stream:${nativeId}`,
  access: 'public',
  nativeId,
  published: new Date(NOW).toISOString(),
  publishedTrust: 'server',
  observed: new Date(NOW).toISOString(),
  content: `post ${nativeId}`,
  ingest: { connector: 'fake', version: '1', replay: false },
  ...over,
});

type Script = (context: SourceContext, run: number) => ReturnType<Source['run']>;

/** A connector that does what the test says, one script for all its runs. */
function scripted(
  script: Script,
  mode: Source['mode'] = 'streaming',
): Source & { readonly cursors: (string | undefined)[] } {
  const cursors: (string | undefined)[] = [];
  return {
    name: 'main-stream',
    kind: 'stream',
    mode,
    cursors,
    run(context) {
      cursors.push(context.cursor);
      return script(context, cursors.length);
    },
  };
}

const aborted = ({ signal }: SourceContext): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });

interface Setup {
  readonly clock: VirtualClock;
  readonly log: MemoryLog;
  readonly metrics: ReturnType<typeof createMetrics>;
  /** Topics whose appends fail, with what. */
  readonly failing: Map<string, Error>;
  /** Topics in the order they were appended to, statuses and failures left out. */
  readonly order: string[];
  start(source: Source, over?: Partial<RunnerOptions>): RunningSource;
}

const running: { source: RunningSource; clock: VirtualClock }[] = [];
afterEach(async () => {
  for (const { source, clock } of running.splice(0)) {
    const stop = source.stop();
    await clock.advance(20_000);
    await stop;
  }
});

async function setup(): Promise<Setup> {
  const clock = new VirtualClock(NOW);
  const log = createMemoryLog({ clock });
  await log.createTopics(
    (['mentions', 'cursors', 'dead-letters'] as const).map((name) => ({
      name,
      partitions: name === 'mentions' ? PARTITIONS : 1,
      compacted: TOPICS[name].compacted,
      retentionMs: TOPICS[name].retentionMs,
    })),
  );
  const failing: Setup['failing'] = new Map();
  const order: string[] = [];
  const faulty: TopicLog = {
    ...log,
    append(topic, records) {
      const failure = failing.get(topic);
      if (failure) return Promise.reject(failure);
      if (!records.every((record) => record.key?.startsWith('@status/'))) order.push(topic);
      return log.append(topic, records);
    },
  };
  const metrics = createMetrics();
  return {
    clock,
    log,
    metrics,
    failing,
    order,
    start(source, over = {}) {
      const started = startSource({
        source,
        log: faulty,
        clock,
        random: () => 0.5,
        logger: silentLogger,
        metrics,
        latenessMs: 1_800_000,
        owner: 'test',
        ...over,
      });
      running.push({ source: started, clock });
      return started;
    },
  };
}

async function records<T>(log: MemoryLog, topic: string, partition?: number): Promise<T[]> {
  const values: T[] = [];
  const all = Array.from({ length: await log.partitions(topic) }, (_, index) => index);
  for (const at of partition === undefined ? all : [partition])
    for await (const batch of log.scan(topic, at, { from: 0 }))
      for (const record of batch.records)
        values.push(JSON.parse(Buffer.from(record.value ?? '').toString()) as T);
  return values;
}
const mentionIds = async (log: MemoryLog): Promise<string[]> =>
  (await records<Mention>(log, 'mentions')).filter((record) => record.op === 'create').map(({ id }) => id);
const statuses = async (log: MemoryLog, partition = 0): Promise<SourceStatus[]> =>
  (await records<SourceStatus>(log, 'mentions', partition)).filter((record) => record.op === 'status');
const cursorIn = async (log: MemoryLog): Promise<string | undefined> =>
  (await records<SourceCursor>(log, 'cursors')).at(-1)?.cursor;

describe('a batch', () => {
  test('is stored canonically, then its cursor, then emit resolves', async () => {
    const { clock, log, order, start } = await setup();
    const seen: string[] = [];
    start(
      scripted(async (context) => {
        await context.emit({ mentions: [mention('1'), mention('2')], cursor: 'c2' });
        seen.push((await cursorIn(log)) ?? 'none');
        return aborted(context);
      }),
    );
    await clock.advance(0);
    expect(seen).toEqual(['c2']);
    expect(order).toEqual(['mentions', 'cursors']);
    expect((await mentionIds(log)).sort()).toEqual(['stream:1', 'stream:2']);
    const [first] = (await records<Mention>(log, 'mentions')).filter(({ op }) => op === 'create');
    expect(Object.keys(first ?? {}).slice(0, 5)).toEqual(['op', 'source', 'eventTime', 'id', 'v']);
  });

  test('that cannot be used in part goes to the dead letters in that part, with its reason', async () => {
    const { clock, log, metrics, start } = await setup();
    start(
      scripted(async (context) => {
        await context.emit({
          mentions: [
            mention('1'),
            mention('2', { content: 'x\ud800' }),
            mention('3', { content: 'x'.repeat(20_001) }),
          ],
          refused: ['no-text'],
          cursor: 'c3',
        });
        return aborted(context);
      }),
    );
    await clock.advance(0);
    expect(await mentionIds(log)).toEqual(['stream:1']);
    expect(await records<DeadLetter>(log, 'dead-letters')).toMatchObject([
      { code: 'lone-surrogate', source: 'main-stream' },
      { code: 'too-long' },
    ]);
    expect(await cursorIn(log)).toBe('c3');
    expect(await metrics.registry.metrics()).toMatch(
      /rejected_total\{source="main-stream",reason="no-text"\} 1/,
    );
  });

  test('erasures reach every partition before the cursor', async () => {
    const { clock, log, order, start } = await setup();
    start(
      scripted(async (context) => {
        await context.emit({ mentions: [], erasures: [{ author: 'stream:ann' }], cursor: 'c1' });
        return aborted(context);
      }),
    );
    await clock.advance(0);
    expect(order).toEqual(['mentions', 'cursors']);
    for (let partition = 0; partition < PARTITIONS; partition++)
      expect(await records<{ op: string }>(log, 'mentions', partition)).toContainEqual(
        expect.objectContaining({ op: 'erase', author: 'stream:ann' }),
      );
  });

  test('of thousands is appended in parts, its cursor after the last', async () => {
    const { clock, log, order, start } = await setup();
    const many = Array.from({ length: 1_234 }, (_, index) => mention(String(index)));
    start(
      scripted(async (context) => {
        await context.emit({ mentions: many, cursor: 'end' });
        return aborted(context);
      }),
    );
    await clock.advance(0);
    expect(order).toEqual(['mentions', 'mentions', 'mentions', 'cursors']);
    expect((await mentionIds(log)).length).toBe(1_234);
  });
});

describe('a log that is unavailable', () => {
  const batches: SourceBatch[] = [
    { mentions: [mention('1')], cursor: 'c1' },
    { mentions: [mention('2')], cursor: 'c2' },
  ];
  const twoBatches: Script = async (context) => {
    for (const batch of batches) await context.emit(batch);
    return aborted(context);
  };

  test('is offered the same batch until it takes it; the cursor does not move before', async () => {
    const { clock, log, failing, start } = await setup();
    failing.set('mentions', new UnavailableError('disk full'));
    start(scripted(twoBatches));
    await clock.advance(3_600_000);
    expect(await cursorIn(log)).toBeUndefined();
    failing.clear();
    await clock.advance(60_000);
    expect((await mentionIds(log)).sort()).toEqual(['stream:1', 'stream:2']);
    expect(await cursorIn(log)).toBe('c2');
  });

  test('stopping meanwhile leaves the cursor where it was', async () => {
    const { clock, log, failing, start } = await setup();
    failing.set('mentions', new UnavailableError('disk full'));
    const source = start(scripted(twoBatches));
    await clock.advance(10_000);
    const stopped = source.stop();
    await clock.advance(10_000);
    await stopped;
    failing.clear();
    expect(await cursorIn(log)).toBeUndefined();
  });

  test('a connector that does not wait for its batches cannot make a cursor pass one', async () => {
    const { clock, log, failing, order, start } = await setup();
    failing.set('mentions', new UnavailableError('disk full'));
    const source = scripted(async ({ emit }, run) => {
      if (run > 1) return { kind: 'stop', reason: 'enough' };
      for (const batch of batches) void emit(batch);
      return { kind: 'retry', reason: 'left early' };
    });
    start(source);
    await clock.advance(100_000);
    failing.clear();
    await clock.advance(100_000);
    expect(source.cursors).toEqual([undefined, undefined]);
    expect(order).toEqual([]);
    expect(await cursorIn(log)).toBeUndefined();
  });

  test('control: with a log that acknowledges without storing, the same check sees the cursor pass the batch', async () => {
    const { clock, log, start } = await setup();
    const lying: TopicLog = {
      ...log,
      append: (topic, some) => (topic === 'mentions' ? Promise.resolve([]) : log.append(topic, some)),
    };
    start(scripted(twoBatches), { log: lying });
    await clock.advance(60_000);
    expect(await mentionIds(log)).toEqual([]);
    expect(await cursorIn(log)).toBe('c2');
  });
});

describe('restarts', () => {
  test('go on from the stored cursor', async () => {
    const { clock, start } = await setup();
    const source = scripted(async (context, run) => {
      if (run === 1) {
        await context.emit({ mentions: [mention('1')], cursor: 'c1' });
        return { kind: 'retry', reason: 'cut off' };
      }
      return aborted(context);
    });
    start(source);
    await clock.advance(1_000);
    expect(source.cursors).toEqual([undefined, 'c1']);
  });

  test('a new process goes on from it too', async () => {
    const { clock, start } = await setup();
    const first = start(
      scripted(async (context) => {
        await context.emit({ mentions: [mention('1')], cursor: 'c1' });
        return aborted(context);
      }),
    );
    await clock.advance(0);
    await first.stop();
    const second = scripted(aborted);
    start(second);
    await clock.advance(0);
    expect(second.cursors).toEqual(['c1']);
  });

  test('wait longer each time, with full jitter, up to a minute; a batch taken starts anew', async () => {
    const { clock, start } = await setup();
    const at: number[] = [];
    start(
      scripted(async (context, run) => {
        at.push((clock.now() - NOW) / 1_000);
        if (run === 9) await context.emit({ mentions: [mention('1')] });
        return run === 11 ? aborted(context) : { kind: 'retry', reason: 'refused' };
      }),
    );
    await clock.advance(300_000);
    const waits = at.slice(1).map((time, index) => time - at[index]!);
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 0.5, 1]);
  });

  test('a wait that was asked for is obeyed to the second', async () => {
    const { clock, metrics, start } = await setup();
    const source = scripted(async (context, run) =>
      run === 1 ? { kind: 'retry', reason: '429', waitMs: 90_000 } : aborted(context),
    );
    start(source);
    await clock.advance(89_999);
    expect(source.cursors).toHaveLength(1);
    await clock.advance(1);
    expect(source.cursors).toHaveLength(2);
    expect(await metrics.registry.metrics()).toMatch(/source_rate_limited_total\{source="main-stream"\} 1/);
  });

  test('a connector that throws is started again, one that says stop is not', async () => {
    const { clock, log, start } = await setup();
    const source = scripted(async (_context, run) => {
      if (run === 1) throw new Error('a bug');
      return { kind: 'stop', reason: '401: token revoked' };
    });
    start(source);
    await clock.advance(600_000);
    expect(source.cursors).toHaveLength(2);
    expect((await statuses(log)).at(-1)).toMatchObject({
      state: 'disconnected',
      reason: '401: token revoked',
    });
  });

  test('a closed log ends the source instead of spinning', async () => {
    const { clock, failing, start } = await setup();
    failing.set('mentions', new ClosedError('closed'));
    const source = scripted(async (context) => {
      await context.emit({ mentions: [mention('1')], cursor: 'c1' });
      return undefined;
    });
    const started = start(source);
    await clock.advance(60_000);
    const stop = started.stop();
    await clock.advance(0);
    await stop;
    expect(source.cursors.length).toBeLessThan(10);
  });
});

describe('status', () => {
  const connect: Script = async (context) => {
    context.status('connected');
    return aborted(context);
  };

  test('of a source that never gets further than starting is told after five seconds', async () => {
    const { clock, log, start } = await setup();
    start(scripted(aborted));
    await clock.advance(4_999);
    expect(await statuses(log, 0)).toEqual([]);
    await clock.advance(1);
    expect(await statuses(log, 0)).toMatchObject([{ state: 'disconnected', reason: 'starting' }]);
  });

  test('stands in every partition at once and every five seconds', async () => {
    const { clock, log, start } = await setup();
    start(scripted(connect));
    await clock.advance(0);
    await clock.advance(10_000);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const told = await statuses(log, partition);
      expect(told.map(({ state, eventTime }) => `${state} ${(eventTime - NOW) / 1_000}`)).toEqual([
        'connected 0',
        'connected 5',
        'connected 10',
      ]);
      expect(told[0]).toMatchObject({
        op: 'status',
        source: 'stream',
        name: 'main-stream',
        mode: 'streaming',
      });
    }
  });

  test('completeness follows the batch and never goes back', async () => {
    const { clock, log, start } = await setup();
    start(
      scripted(async (context) => {
        context.status('connected');
        await context.emit({ mentions: [], completeUpTo: NOW - 1_000 });
        await context.emit({ mentions: [], completeUpTo: NOW - 9_000 });
        return aborted(context);
      }),
    );
    await clock.advance(5_000);
    expect((await statuses(log)).at(-1)?.completeUpTo).toBe(NOW - 1_000);
  });

  test('a batch that is not taken does not count as complete', async () => {
    const { clock, log, failing, start } = await setup();
    failing.set('cursors', new UnavailableError('full'));
    start(
      scripted(async (context) => {
        await context.emit({ mentions: [mention('1')], cursor: 'c1', completeUpTo: NOW });
        await context.emit({ mentions: [mention('2')], cursor: 'c2', completeUpTo: NOW + 1 });
        return aborted(context);
      }),
    );
    await clock.advance(5_000);
    expect((await statuses(log)).at(-1)?.completeUpTo).toBe(NOW);
  });

  test('a gap is told in every partition before its cursor', async () => {
    const { clock, log, metrics, start } = await setup();
    start(
      scripted(async (context) => {
        await context.emit({ mentions: [], gap: { from: NOW - 60_000, to: NOW }, cursor: 'c1' });
        return aborted(context);
      }),
    );
    await clock.advance(0);
    for (let partition = 0; partition < PARTITIONS; partition++)
      expect((await statuses(log, partition)).filter(({ gap }) => gap)).toMatchObject([
        { gap: { from: NOW - 60_000, to: NOW } },
      ]);
    expect(await metrics.registry.metrics()).toMatch(/source_gap_seconds_total\{source="main-stream"\} 60/);
  });

  test('silence counts as disconnected though the connection stands, until something comes', async () => {
    const { clock, log, start } = await setup();
    let speak: () => Promise<void> = async () => undefined;
    start(
      scripted(async (context) => {
        context.status('connected');
        speak = () => context.emit({ mentions: [mention('1')] });
        return aborted(context);
      }),
      { silentAfterMs: 60_000 },
    );
    await clock.advance(60_000);
    expect((await statuses(log)).at(-1)?.state).toBe('connected');
    await clock.advance(5_000);
    expect((await statuses(log)).at(-1)).toMatchObject({
      state: 'disconnected',
      reason: 'nothing came for 65 s',
    });
    await speak();
    await clock.advance(0);
    expect((await statuses(log)).at(-1)).toMatchObject({ state: 'connected' });
  });

  test('a pushed source is complete up to now', async () => {
    const { clock, log, start } = await setup();
    start(scripted(connect, 'pushed'));
    await clock.advance(0);
    await clock.advance(5_000);
    expect((await statuses(log)).at(-1)).toMatchObject({ mode: 'pushed', completeUpTo: NOW + 5_000 });
  });

  test('the last word is stopped', async () => {
    const { clock, log, start } = await setup();
    const source = start(scripted(connect));
    await clock.advance(0);
    await source.stop();
    expect((await statuses(log)).at(-1)).toMatchObject({ state: 'stopped' });
  });

  test('a connector that does not hear the signal is given up after ten seconds', async () => {
    const { clock, start } = await setup();
    const source = start(scripted(() => new Promise(() => undefined)));
    await clock.advance(0);
    let over = false;
    const stop = source.stop().then(() => {
      over = true;
    });
    await clock.advance(9_999);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(over).toBe(true);
    await stop;
  });
});
