import type { Snapshot } from '@foreshock/model/state';
import type { TopicLog } from '@foreshock/topic-log/contract';
import type { Clock } from './clock.ts';
import type { Metrics } from './metrics.ts';
import { snapshotKey, snapshotRecord } from './snapshots.ts';

/** What a stage can tell of its state. */
export interface SnapshotSource {
  readonly name: string;
  /** What has a snapshot of its own, by the watch in its key (empty: none). Absent: the stage has one for all. */
  parts?(partition: number): readonly string[];
  /** What must be done before a snapshot may pass it. */
  beforeSnapshot?(): Promise<void>;
  /** The state now, of these parts or of all. Asked only when everything it covers is acknowledged. */
  snapshot(partition: number, position: number, parts?: ReadonlySet<string>): readonly Snapshot[];
}

export interface SnapshotWriter {
  /** Begins with what the log holds of a partition. */
  assigned(partition: number, snapshots: readonly Snapshot[]): void;
  /** After a batch: goes on with the round of snapshots that is on, or begins one when it is time. */
  ifDue(partition: number, position: number): Promise<void>;
  /** Everything at once: when the partition is given away. */
  all(partition: number, position: number): Promise<void>;
}

/** A snapshot can be made again from the log. */
const DERIVED = { derived: true };

/** One part takes about a millisecond to write; what is folded next waits for so many of them, not for hundreds. */
const PARTS_MAX = 8;

interface Progress {
  /** Keys of the snapshots that the log holds. */
  readonly stored: Set<string>;
  writtenAt: number;
  /** Parts that the round still has to write; undefined between rounds. */
  round: string[] | undefined;
}

export function createSnapshotWriter(options: {
  readonly log: Pick<TopicLog, 'append'>;
  readonly source: SnapshotSource;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly everyMs: number;
  readonly partsMax?: number;
}): SnapshotWriter {
  const { log, source, clock, metrics, everyMs } = options;
  const partsMax = options.partsMax ?? PARTS_MAX;
  const partitions = new Map<number, Progress>();
  const keyOf = (partition: number, watch: string) => snapshotKey({ stage: source.name, partition, watch });

  async function write(
    place: { readonly partition: number; readonly position: number },
    parts?: ReadonlySet<string>,
  ): Promise<void> {
    await source.beforeSnapshot?.();
    const snapshots = source.snapshot(place.partition, place.position, parts);
    if (snapshots.length === 0) return;
    await log.append('snapshots', snapshots.map(snapshotRecord), DERIVED);
    const { stored } = partitions.get(place.partition)!;
    for (const snapshot of snapshots) stored.add(snapshotKey(snapshot));
  }

  async function endRound(partition: number): Promise<void> {
    const progress = partitions.get(partition)!;
    if (source.parts) {
      // What a config removed must not hold the stage back at the place where it was last seen.
      const current = new Set(source.parts(partition).map((part) => keyOf(partition, part)));
      const removed = [...progress.stored].filter((key) => !current.has(key));
      const tombstones = removed.map((key) => ({ key, value: null }));
      if (tombstones.length > 0) await log.append('snapshots', tombstones, DERIVED);
      for (const key of removed) progress.stored.delete(key);
    }
    progress.round = undefined;
    progress.writtenAt = clock.now();
    metrics.snapshotTimestamp.set({ stage: source.name }, clock.now() / 1_000);
  }

  /**
   * A few parts of the round; but all at once that have no snapshot yet, for a stage goes back to the lowest position
   * that it finds, and must not find one beyond the birth of a part that it lacks.
   */
  async function writeSome(
    place: { readonly partition: number; readonly position: number },
    parts: readonly string[],
  ): Promise<void> {
    const progress = partitions.get(place.partition)!;
    progress.round ??= [...parts];
    const fresh = parts.filter((part) => !progress.stored.has(keyOf(place.partition, part)));
    const some = new Set(fresh.length > 0 ? fresh : progress.round.slice(0, partsMax));
    await write(place, some);
    progress.round = progress.round.filter((part) => !some.has(part));
  }

  return {
    assigned(partition, snapshots) {
      partitions.set(partition, {
        stored: new Set(snapshots.map(snapshotKey)),
        writtenAt: clock.now(),
        round: undefined,
      });
    },
    async ifDue(partition, position) {
      const progress = partitions.get(partition)!;
      if (!progress.round && clock.now() - progress.writtenAt < everyMs) return;
      if (source.parts) {
        await writeSome({ partition, position }, source.parts(partition));
        if (progress.round && progress.round.length > 0) return;
      } else await write({ partition, position });
      await endRound(partition);
    },
    async all(partition, position) {
      await write({ partition, position });
      await endRound(partition);
    },
  };
}
