import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import { type LogRecord, type Member, type TopicLog, TruncatedError } from '@foreshock/topic-log/contract';

/** How much of a topic is read at the start: what is younger than `lookbackMs`, and at most so many records. */
export interface Lookback {
  readonly lookbackMs: number | null;
  readonly recordsMax: number;
  /** What is older than this, or further back, is read last, after `caughtUp`. Absent: all of it is read before. */
  readonly first?: { readonly lookbackMs: number; readonly recordsMax: number };
}

export interface FollowOptions {
  readonly log: TopicLog;
  readonly topic: string;
  readonly lookback: Lookback;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with consecutive records of a partition, the retained ones first. Must not throw. */
  readonly onRecords: (records: readonly LogRecord[]) => void;
  /** Called with what is read last, between calls of `onRecords` with newer records. Must not throw. */
  readonly onOlder?: (records: readonly LogRecord[]) => void;
  /** What is read last waits for this too. */
  readonly quiet?: Promise<unknown>;
  readonly signal: AbortSignal;
}

export interface Follower {
  /** Resolves once everything retained at the start was read, but for what is read last. */
  readonly caughtUp: Promise<void>;
  /** Resolves when following has ended after `signal`. Never rejects. */
  readonly stopped: Promise<void>;
}

const RETRY_MS = 1_000;

/** First offset appended at or after `time`: append times do not decrease, so halving finds it in some 30 reads. */
async function offsetAt(
  log: TopicLog,
  place: { topic: string; partition: number; start: number; end: number },
  time: number,
): Promise<number> {
  let low = place.start;
  let high = place.end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    let first: LogRecord | undefined;
    for await (const batch of log.scan(place.topic, place.partition, { from: middle, batchRecordsMax: 1 })) {
      first = batch.records[0];
      if (first) break;
    }
    if (!first || first.appendedAt >= time) high = middle;
    else low = first.offset + 1;
  }
  return low;
}

interface Gap {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Where reading begins, and what stands before that and is read last. */
async function firstOffset(options: FollowOptions, partition: number): Promise<{ from: number; gap?: Gap }> {
  const { log, topic, lookback, clock } = options;
  const { lookbackMs, first } = lookback;
  const { start, end } = await log.bounds(topic, partition);
  const most = Math.max(start, end - lookback.recordsMax);
  if (most >= end) return { from: most };
  const since = (ms: number, low: number) =>
    offsetAt(log, { topic, partition, start: low, end }, clock.now() - ms);
  const oldest = lookbackMs === null ? most : await since(lookbackMs, most);
  if (!first) return { from: oldest };
  const from = await since(first.lookbackMs, Math.max(oldest, end - first.recordsMax));
  return from > oldest ? { from, gap: { partition, from: oldest, to: from } } : { from };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * Reads what a topic retains, then follows it for good. What fails is tried again; where records went away
 * meanwhile, reading goes on at the first that is left and says so, because a view may miss the past but not
 * the present.
 */
export function followTopic(options: FollowOptions): Follower {
  const { log, topic, signal, clock, logger } = options;
  const positions = new Map<number, number>();
  const gaps: Gap[] = [];
  let resolveCaughtUp: () => void = () => undefined;
  const caughtUp = new Promise<void>((resolve) => {
    resolveCaughtUp = resolve;
  });

  async function readRetained(): Promise<void> {
    const partitions = await log.partitions(topic);
    for (let partition = 0; partition < partitions; partition++) {
      if (!positions.has(partition)) {
        const { from, gap } = await firstOffset(options, partition);
        positions.set(partition, from);
        if (gap) gaps.push(gap);
      }
      const from = positions.get(partition)!;
      for await (const batch of log.scan(topic, partition, { from, signal })) {
        options.onRecords(batch.records);
        positions.set(partition, batch.nextOffset);
      }
    }
  }

  /** The past is nice to have: what cannot be read of it is left out. */
  async function fillGaps(): Promise<void> {
    await Promise.race([options.quiet, aborted(signal)]);
    try {
      for (const { partition, from, to } of gaps.splice(0))
        for await (const { records } of log.scan(topic, partition, { from, to, signal }))
          (options.onOlder ?? options.onRecords)(records);
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn({ topic, reason }, 'The view could not read all of the past.');
    }
  }

  async function follow(): Promise<void> {
    let member: Member | undefined;
    const leave = () => void member?.stop().catch(() => undefined);
    try {
      member = await log.join({
        topic,
        onAssigned: async (partitions) => {
          const from = new Map<number, number>();
          for (const partition of partitions)
            from.set(partition, positions.get(partition) ?? (await log.bounds(topic, partition)).start);
          return from;
        },
        onBatch: async (batch) => {
          const position = positions.get(batch.partition) ?? 0;
          options.onRecords(batch.records.filter((record) => record.offset >= position));
          positions.set(batch.partition, Math.max(position, batch.nextOffset));
        },
        onRevoked: async () => undefined,
      });
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
      await member.stopped;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  async function skipTruncated(error: TruncatedError): Promise<void> {
    positions.set(error.partition, error.start);
    logger.warn(
      { topic, partition: error.partition, asked: error.asked, start: error.start },
      'The view skips records that retention removed.',
    );
  }

  async function run(): Promise<void> {
    let caught = false;
    let filling: Promise<void> | undefined;
    while (!signal.aborted) {
      try {
        if (!caught) {
          await readRetained();
          caught = !signal.aborted;
          if (caught) resolveCaughtUp();
        }
        filling ??= fillGaps();
        if (!signal.aborted) await follow();
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof TruncatedError) await skipTruncated(error);
        else
          logger.warn(
            { topic, reason: error instanceof Error ? error.message : String(error) },
            'The view lost its topic and tries again.',
          );
      }
      if (!signal.aborted) await clock.sleep(RETRY_MS, signal);
    }
    await filling;
  }

  return { caughtUp, stopped: run() };
}
