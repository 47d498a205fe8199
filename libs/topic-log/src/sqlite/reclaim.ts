import type { TopicSpec } from '../contract.ts';
import type { Partition } from './partition.ts';
import { ROWS_PER_TRANSACTION } from './removal.ts';
import { type Segment, sizeOf } from './segment.ts';
import type { Writer } from './writer.ts';

export interface SegmentLimits {
  /** A segment takes about this many records, */
  readonly recordsMax: number;
  /** and about this many bytes. */
  readonly bytesMax: number;
}

/** Copied in one transaction. */
const COPY_BYTES_MAX = 4 * 1024 * 1024;
/** What has expired stays in the file until its segment has, so a segment spans this part of the retention at most. */
const SEGMENTS_PER_RETENTION = 16;

/** Closes segments and wins back the space of wiped and expired records of one partition, in short steps. */
export interface Reclaim {
  /** Returns whether there is more to do. */
  step(nowMs: number, spec: TopicSpec): boolean;
}

/** Live rows of neighbouring segments on their way into one new segment. */
interface Rewrite {
  readonly sources: readonly Segment[];
  readonly target: Segment;
  readonly end: number;
  at: number;
}

export function createReclaim(writer: Writer, partition: Partition, limits: SegmentLimits): Reclaim {
  const { segments } = partition;
  let rewrite: Rewrite | undefined;

  const rollIsDue = (nowMs: number, spec: TopicSpec): boolean => {
    const { active } = segments;
    if (partition.next === active.base) return false;
    if (partition.start === partition.next) return true;
    if (partition.next - active.base >= limits.recordsMax || active.bytes >= limits.bytesMax) return true;
    if (spec.retentionMs === null) return false;
    const openedAt = active.firstAppendedAt() ?? nowMs;
    return nowMs - openedAt >= spec.retentionMs / SEGMENTS_PER_RETENTION;
  };

  /** Segments below the start: nobody can read them any more. */
  const expired = (): readonly Segment[] => {
    const { all } = segments;
    return all.filter((_, index) => index + 1 < all.length && all[index + 1]!.base <= partition.start);
  };

  function begin(sources: readonly Segment[]): void {
    const last = segments.all.indexOf(sources.at(-1)!);
    const end = segments.all[last + 1]!.base;
    const { base } = sources[0]!;
    writer.transact('reclaim', (transaction) => {
      if (sources.every((source) => sizeOf(source, end) === source.dead)) {
        transaction.onUndo(segments.leave(sources));
        return;
      }
      const target = segments.prepare(base);
      rewrite = { sources, target, end, at: Math.max(base, partition.start) };
      transaction.onUndo(() => {
        rewrite = undefined;
        segments.forgetPrepared();
      });
    });
  }

  function copySome(current: Rewrite): void {
    const source = segments.at(current.at);
    const end = Math.min(current.end, segments.from(current.at)[1]!.base);
    writer.transact('reclaim', (transaction) => {
      const { at } = current;
      const { total } = current.target;
      transaction.onUndo(() => {
        current.at = at;
        current.target.total = total;
      });
      const outlines = source.outlines(at, end, ROWS_PER_TRANSACTION);
      let bytes = 0;
      let taken = 0;
      while (taken < outlines.length && bytes < COPY_BYTES_MAX) bytes += outlines[taken++]![2];
      const isRest = taken === outlines.length && outlines.length < ROWS_PER_TRANSACTION;
      current.at = isRest ? end : outlines[taken - 1]![0] + 1;
      current.target.total = (total ?? 0) + current.target.copyFrom(source, at, current.at);
      transaction.noteWritten(bytes);
      if (current.at < current.end) return;
      transaction.onUndo(segments.replace(current.sources, current.target));
    });
    if (current.at >= current.end) rewrite = undefined;
  }

  return {
    step(nowMs, spec) {
      // What needs no room comes first: the disk may be full.
      const [leaving] = segments.leaving;
      if (leaving) {
        emptySome(writer, partition, leaving);
        return true;
      }
      const gone = expired().filter((segment) => !rewrite?.sources.includes(segment));
      if (gone.length > 0) {
        writer.transact('reclaim', (transaction) => transaction.onUndo(segments.leave(gone)));
        return true;
      }
      if (rollIsDue(nowMs, spec)) {
        writer.transact('roll', (transaction) => transaction.onUndo(segments.roll(partition.next)));
        return true;
      }
      if (rewrite) {
        copySome(rewrite);
        return true;
      }
      const sparse = worthRewriting(segments.all, limits.recordsMax);
      if (sparse) begin(sparse);
      return sparse !== undefined;
    },
  };
}

/** Deletes some rows of a segment that was given up, and the segment with the last of them. */
export function emptySome(writer: Writer, partition: Partition, segment: Segment): void {
  writer.transact('reclaim', (transaction) => {
    if (!segment.empty(ROWS_PER_TRANSACTION)) transaction.onUndo(partition.segments.drop(segment));
    transaction.noteWritten(COPY_BYTES_MAX);
  });
}

/**
 * Closed neighbours whose space is at least half wiped, or of which two together are small: so a store holds at most
 * twice what counts, and the number of its tables follows what it holds, not what ever went through.
 */
export function worthRewriting(all: readonly Segment[], recordsMax: number): readonly Segment[] | undefined {
  const closed = all.slice(0, -1);
  const live = (segment: Segment) => (segment.total ?? 0) - segment.dead;
  const sparse = (segment: Segment) =>
    segment.dead * 2 >= (segment.total ?? 0) || live(segment) * 8 <= recordsMax;
  for (let first = 0; first < closed.length; first++) {
    if (!sparse(closed[first]!)) continue;
    let after = first + 1;
    let sum = live(closed[first]!);
    while (
      after < closed.length &&
      sparse(closed[after]!) &&
      (sum + live(closed[after]!)) * 2 <= recordsMax
    ) {
      sum += live(closed[after]!);
      after++;
    }
    const found = closed.slice(first, after);
    if (found.length > 1 || closed[first]!.dead * 2 >= (closed[first]!.total ?? 0)) return found;
  }
  return undefined;
}
