import type { Snapshot } from '@foreshock/model/state';
import type { LogBatch, LogRecord, Member, NewRecord, TopicLog } from '@foreshock/topic-log/contract';
import { UnavailableError } from '@foreshock/topic-log/contract';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createSnapshotWriter, type SnapshotSource } from './snapshot-writer.ts';
import { createSnapshotReader, type SnapshotReader } from './snapshots.ts';

/** What one batch gave, by topic, in the order it was folded. */
export class Outputs {
  readonly byTopic = new Map<string, NewRecord[]>();

  add(topic: string, record: NewRecord): void {
    const records = this.byTopic.get(topic);
    if (records) records.push(record);
    else this.byTopic.set(topic, [record]);
  }
}

/**
 * A fold over one topic, as the runner drives it. The runner owns reading, appending, retrying, snapshots and
 * positions; the stage owns state and meaning.
 */
export interface Stage extends SnapshotSource {
  readonly input: string;
  /** Takes a partition with its snapshots; gives the offset to read from (`undefined`: the start of the log). */
  assign(partition: number, snapshots: readonly Snapshot[]): Promise<number | undefined>;
  /** May load what the batch needs (a config revision) before it is folded. */
  prepare?(batch: LogBatch): Promise<void>;
  fold(partition: number, record: LogRecord, outputs: Outputs): void;
  /** May add to the outputs of a batch what only the log can tell, before they are appended. */
  complete?(outputs: Outputs): Promise<void>;
  /** After the outputs of a batch are durable: for views and metrics. */
  acknowledged?(partition: number): Promise<void> | void;
  revoke(partition: number): void;
}

export interface StageRunnerOptions {
  readonly log: TopicLog;
  readonly stage: Stage;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** What the stages of a process restore from; absent: one of its own. */
  readonly snapshots?: SnapshotReader;
  /** Snapshots are written at most this often, and on stop. */
  readonly snapshotEveryMs?: number;
  /** Parts of a snapshot that are written after one batch. */
  readonly snapshotPartsMax?: number;
}

export interface RunningStage {
  /** Resolves once everything that stood in the log at the start was folded. */
  readonly caughtUp: Promise<void>;
  /** Resolves once everything that stands in its input now was folded, and what came of it is durable. */
  drained(): Promise<void>;
  /** Whether any of the input is this process’s task at present; if not, it stands by. */
  readonly works: () => boolean;
  /** Rejects if the stage had to stop. */
  readonly stopped: Promise<void>;
  /** Finishes the batch in hand, writes snapshots, leaves. Idempotent. */
  stop(): Promise<void>;
}

/** Several stages stop one after the other, and all of it within 10 s. */
const DRAIN_MS_MAX = 1_000;

/** Lets a stage finish what stands in its input, then stops it. What is not drained in time the next start folds. */
export async function drainAndStop(stage: RunningStage, clock: Clock): Promise<void> {
  const over = new AbortController();
  // A stage that failed has nothing to drain; `stopped` tells why.
  await Promise.race([stage.drained().catch(() => undefined), clock.sleep(DRAIN_MS_MAX, over.signal)]);
  over.abort();
  await stage.stop();
}

const SNAPSHOT_EVERY_MS = 30_000;
/** Whatever a stage gives is given again when its input is folded again. */
const DERIVED = { derived: true };
const RETRY_MS = 250;
const COMMIT_EVERY_MS = 5_000;

/**
 * Runs a stage: fold a batch, append what it gave, and only then move on. A crash at any point repeats records; the
 * folds’ origins and ids make the repeats harmless.
 */
export async function runStage(options: StageRunnerOptions): Promise<RunningStage> {
  const { log, stage, clock, metrics, logger } = options;
  const stored = options.snapshots ?? createSnapshotReader(log, [stage.name]);
  const stopping = new AbortController();
  const positions = new Map<number, number>();
  const goals = new Map<number, number>();
  const draining = new Set<() => void>();
  const committedAt = new Map<number, number>();
  const lags = new Map<number, number>();
  const tellLag = (): void =>
    metrics.lag.set(
      { stage: stage.name },
      [...lags.values()].reduce((sum, lag) => sum + lag, 0),
    );
  let broken = false;
  /** Partitions whose state holds a batch that is not acknowledged: no snapshot may be taken of it. */
  const ahead = new Set<number>();
  const writer = createSnapshotWriter({
    log,
    source: stage,
    clock,
    metrics,
    everyMs: options.snapshotEveryMs ?? SNAPSHOT_EVERY_MS,
    ...(options.snapshotPartsMax === undefined ? {} : { partsMax: options.snapshotPartsMax }),
  });
  let announceCaughtUp!: () => void;
  const caughtUp = new Promise<void>((resolve) => {
    announceCaughtUp = resolve;
  });

  /** False where the partition is another’s by now: what its new owner folds again it also appends. */
  const appendAll = async (partition: number, outputs: Outputs): Promise<boolean> => {
    const pending = new Map(outputs.byTopic);
    while (pending.size > 0) {
      if (!(await member.owns(partition))) return false;
      const results = await Promise.allSettled(
        [...pending].map(([topic, records]) => log.append(topic, records, DERIVED)),
      );
      let failure: unknown;
      for (const [index, topic] of [...pending.keys()].entries()) {
        const result = results[index]!;
        if (result.status === 'fulfilled') pending.delete(topic);
        else failure = result.reason;
      }
      if (pending.size === 0) break;
      if (!(failure instanceof UnavailableError) || stopping.signal.aborted) throw failure;
      logger.warn(
        { stage: stage.name, reason: failure.message },
        'The log cannot take records; trying again.',
      );
      await clock.sleep(RETRY_MS, stopping.signal);
    }
    return true;
  };

  /** What the log cannot take now is tried again with the next batch; no output depends on it. */
  const unlessUnavailable = async (work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      logger.warn(
        { stage: stage.name, reason: error.message },
        'The log cannot take a snapshot; it must wait.',
      );
    }
  };

  const noteProgress = (batch: LogBatch): void => {
    positions.set(batch.partition, batch.nextOffset);
    lags.set(batch.partition, Math.max(0, batch.endOffset - batch.nextOffset));
    tellLag();
    const goal = goals.get(batch.partition);
    if (goal !== undefined && batch.nextOffset >= goal) goals.delete(batch.partition);
    if (goals.size === 0) announceCaughtUp();
    for (const look of draining) look();
    commitIfDue(batch.partition, batch.nextOffset);
  };

  /** For people and their tools, which look at the group’s offsets; nothing restores from them. */
  const commitIfDue = (partition: number, position: number): void => {
    const now = clock.now();
    if (now - (committedAt.get(partition) ?? Number.NEGATIVE_INFINITY) < COMMIT_EVERY_MS) return;
    committedAt.set(partition, now);
    member.commit(new Map([[partition, position]])).catch((error: unknown) => {
      logger.debug({ stage: stage.name, partition, reason: String(error) }, 'A position could not be noted.');
    });
  };

  const drained = async (): Promise<void> => {
    // Before its partitions are assigned a stage does not know where it stands.
    await Promise.race([caughtUp, member.stopped]);
    const ends = new Map<number, number>();
    for (const partition of positions.keys())
      ends.set(partition, (await log.bounds(stage.input, partition)).end);
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      // A partition that was taken away meanwhile is another owner’s to drain.
      if ([...ends].every(([partition, end]) => (positions.get(partition) ?? end) >= end)) resolve();
    };
    draining.add(look);
    look();
    try {
      await Promise.race([promise, member.stopped]);
    } finally {
      draining.delete(look);
    }
  };

  const work = async (batch: LogBatch): Promise<void> => {
    const end = metrics.stageDuration.startTimer({ stage: stage.name });
    await stage.prepare?.(batch);
    const outputs = new Outputs();
    ahead.add(batch.partition);
    for (const record of batch.records) stage.fold(batch.partition, record, outputs);
    await stage.complete?.(outputs);
    // `ahead` stays: the state holds what was not appended, and must be restored before it is used again.
    if (!(await appendAll(batch.partition, outputs))) return;
    ahead.delete(batch.partition);
    noteProgress(batch);
    await unlessUnavailable(() => stage.acknowledged?.(batch.partition));
    end();
    await unlessUnavailable(() => writer.ifDue(batch.partition, batch.nextOffset));
  };

  const member: Member = await log.join({
    group: stage.name,
    topic: stage.input,
    async onAssigned(partitions) {
      const snapshots = await stored.read(stage.name);
      const starts = new Map<number, number>();
      for (const partition of partitions) {
        const bounds = await log.bounds(stage.input, partition);
        const own = snapshots.get(partition) ?? [];
        const position = (await stage.assign(partition, own)) ?? bounds.start;
        ahead.delete(partition);
        writer.assigned(partition, own);
        starts.set(partition, position);
        positions.set(partition, position);
        lags.set(partition, Math.max(0, bounds.end - position));
        if (position < bounds.end) goals.set(partition, bounds.end);
      }
      tellLag();
      if (goals.size === 0) announceCaughtUp();
      return starts;
    },
    async onBatch(batch) {
      try {
        await work(batch);
      } catch (error) {
        broken = true;
        throw error;
      }
    },
    async onRevoked(partitions) {
      for (const partition of partitions) {
        const position = positions.get(partition);
        if (position !== undefined && !ahead.has(partition))
          await unlessUnavailable(() => writer.all(partition, position));
        stage.revoke(partition);
        positions.delete(partition);
        goals.delete(partition);
        committedAt.delete(partition);
        lags.delete(partition);
      }
      tellLag();
      // What was left to fold may have been in these alone; whoever lost all before it was restored stands by.
      if (!broken && goals.size === 0) announceCaughtUp();
    },
  });
  // Whoever was given nothing stands by, and is ready.
  void member.joined.then(() => {
    if (positions.size === 0) announceCaughtUp();
  });
  return {
    caughtUp,
    drained,
    works: () => positions.size > 0,
    stopped: member.stopped,
    async stop() {
      stopping.abort();
      await member.stop();
    },
  };
}
