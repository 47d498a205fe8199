import type { DatabaseSync } from 'node:sqlite';
import { lazy } from './lazy.ts';
import type { Partition } from './partition.ts';
import type { Segment } from './segment.ts';
import type { Transaction } from './writer.ts';

/** Rows changed in one transaction, so that appends never wait long for it. */
export const ROWS_PER_TRANSACTION = 1_000;
const PAGE_BYTES = 16_384;

/** Removes records of one partition, and what else knows of them, in an open transaction. */
export interface Removal {
  /** Wipes single records. */
  wipe(transaction: Transaction, offsets: readonly number[]): void;
  /** Makes `start` the first offset that can be read. The rows go when their whole segment is below it. */
  raiseStart(transaction: Transaction, start: number): void;
}

export function createRemoval(database: DatabaseSync, partition: Partition): Removal {
  const { id, segments } = partition;
  const statements = lazy(() => ({
    tombstone: database.prepare('DELETE FROM tombstones WHERE partition_id = ? AND position = ?'),
    tombstonesBelow: database.prepare('DELETE FROM tombstones WHERE partition_id = ? AND position < ?'),
  }));

  return {
    wipe(transaction, offsets) {
      for (const [segment, inSegment] of Map.groupBy(offsets, (offset) => segments.at(offset))) {
        wipeIn(transaction, segment, inSegment);
        segments.storeDead(segment);
      }
      if (segments.prepared) wipeIn(transaction, segments.prepared, offsets);
      for (const offset of offsets) statements().tombstone.run(id, offset);
      partition.digest.clear(offsets);
      transaction.noteWritten(offsets.length * PAGE_BYTES);
    },
    raiseStart(transaction, start) {
      const before = partition.start;
      transaction.onUndo(() => {
        partition.start = before;
      });
      partition.start = start;
      statements().tombstonesBelow.run(id, start);
      // Keys below the start stay known until their rows are gone, so that erasing finds those too.
      partition.digest.dropBelow(Math.min(start, segments.all[0]!.base));
      partition.storeBounds();
    },
  };
}

function wipeIn(transaction: Transaction, segment: Segment, offsets: readonly number[]): void {
  const { dead } = segment;
  transaction.onUndo(() => {
    segment.dead = dead;
  });
  for (const offset of offsets) if (segment.wipe(offset)) segment.dead++;
}
