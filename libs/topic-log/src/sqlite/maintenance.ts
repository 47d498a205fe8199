import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { Catalog } from './catalog.ts';
import { type Compaction, createCompaction } from './compaction.ts';
import type { Partition, Topic } from './partition.ts';
import { createReclaim, type Reclaim, type SegmentLimits } from './reclaim.ts';
import { createRetention, type Retention } from './retention.ts';
import type { Writer } from './writer.ts';

/** Steps of one pass, each of about 2 ms: a pass every second takes a tenth of a core at most for compaction, */
const COMPACTION_STEPS = 50;
/** expires 20,000 records of each partition, */
const EXPIRY_STEPS = 20;
/** and moves or deletes 50,000 rows of each partition to win back their space. */
const RECLAIM_STEPS = 50;

export interface Maintenance {
  /**
   * Removes some of what is expired or replaced, letting others run in between. Returns whether there is more: then a
   * next pass goes on where this one stopped.
   */
  pass(nowMs: number): Promise<boolean>;
}

export function createMaintenance(options: {
  readonly database: DatabaseSync;
  readonly catalog: Catalog;
  readonly writer: Writer;
  readonly tombstonesKeptMs: number;
  readonly segmentLimits: SegmentLimits;
  readonly openedAtMs: number;
  readonly mayContinue: () => boolean;
}): Maintenance {
  const { database, catalog, writer } = options;
  const workers = new Map<
    Partition,
    { readonly retention: Retention; readonly compaction: Compaction; readonly reclaim: Reclaim }
  >();
  let running: Promise<boolean> | undefined;
  let unfinished: Partition | undefined;

  const workerOf = (partition: Partition) => {
    const worker = workers.get(partition) ?? {
      retention: createRetention(database, writer, partition),
      reclaim: createReclaim(writer, partition, options.segmentLimits),
      compaction: createCompaction({ database, writer, partition, openedAtMs: options.openedAtMs }),
    };
    workers.set(partition, worker);
    return worker;
  };

  /** Repeats a step until it says there is no more. Returns whether there is. */
  async function repeat(step: () => boolean, stepsMax: number): Promise<boolean> {
    for (let steps = 0; steps < stepsMax; steps++) {
      if (!options.mayContinue() || !step()) return false;
      await turn();
    }
    return true;
  }

  async function expire(topics: readonly Topic[], nowMs: number): Promise<boolean> {
    let more = false;
    for (const { spec, partitions } of topics) {
      const { retentionMs } = spec;
      if (retentionMs === null) continue;
      for (const partition of partitions) {
        const { retention } = workerOf(partition);
        more = (await repeat(() => retention.expire(nowMs - retentionMs), EXPIRY_STEPS)) || more;
      }
    }
    return more;
  }

  /** Goes on with the partition it stopped at, so that one compaction at a time holds its keys in memory. */
  async function compact(topics: readonly Topic[], nowMs: number): Promise<boolean> {
    const partitions = topics.filter(({ spec }) => spec.compacted).flatMap((topic) => topic.partitions);
    const first = unfinished ? Math.max(0, partitions.indexOf(unfinished)) : 0;
    let steps = COMPACTION_STEPS;
    const counted = (step: () => boolean) => () => {
      steps--;
      return step();
    };
    for (const partition of [...partitions.slice(first), ...partitions.slice(0, first)]) {
      const { compaction } = workerOf(partition);
      unfinished = partition;
      const limitMs = nowMs - options.tombstonesKeptMs;
      if (
        await repeat(
          counted(() => compaction.step(nowMs)),
          Math.max(1, steps),
        )
      )
        return true;
      if (
        await repeat(
          counted(() => compaction.dropTombstones(limitMs)),
          Math.max(1, steps),
        )
      )
        return true;
    }
    unfinished = undefined;
    return false;
  }

  async function reclaim(topics: readonly Topic[], nowMs: number): Promise<boolean> {
    let more = false;
    const failures: unknown[] = [];
    for (const { spec, partitions } of topics) {
      for (const partition of partitions) {
        const { reclaim } = workerOf(partition);
        try {
          more = (await repeat(() => reclaim.step(nowMs, spec), RECLAIM_STEPS)) || more;
        } catch (error) {
          // On a full disk one partition may need the room that another is about to give back.
          failures.push(error);
        }
      }
    }
    if (failures.length > 0) throw failures[0];
    return more;
  }

  async function work(nowMs: number): Promise<boolean> {
    const topics = [...catalog.all()];
    const expiring = await expire(topics, nowMs);
    const compacting = await compact(topics, nowMs);
    const reclaiming = await reclaim(topics, nowMs);
    return expiring || compacting || reclaiming;
  }

  return {
    pass(nowMs) {
      running ??= work(nowMs).finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}
