import type { DatabaseSync } from 'node:sqlite';
import { lazy } from './key-digest.ts';
import type { Partition } from './partition.ts';
import { createRemoval, ROWS_PER_TRANSACTION } from './removal.ts';
import type { Writer } from './writer.ts';

/** Removes the oldest records of one partition when their time is over. */
export interface Retention {
  /** Removes at most 1,000 records appended at or before `limitMs`. Returns whether there may be more. */
  expire(limitMs: number): boolean;
}

export function createRetention(database: DatabaseSync, writer: Writer, partition: Partition): Retention {
  const removal = createRemoval(database, partition);
  const statements = lazy(() => ({
    oldest: database.prepare(
      `SELECT position, appended_at FROM records_${partition.id} WHERE position >= ? ORDER BY position LIMIT ?`,
    ),
  }));
  /** When the oldest record was appended, so that a quiet partition costs no query. */
  let oldestAt = Number.NEGATIVE_INFINITY;

  return {
    expire(limitMs) {
      if (partition.rows === 0 || oldestAt > limitMs) return false;
      let last: number | undefined;
      let young = false;
      for (const row of statements().oldest.iterate(partition.start, ROWS_PER_TRANSACTION)) {
        oldestAt = Number(row['appended_at']);
        young = oldestAt > limitMs;
        if (young) break;
        last = Number(row['position']);
      }
      if (last === undefined) return false;
      const end = last;
      writer.transact('expire', (transaction) => removal.upTo(transaction, end));
      return !young;
    },
  };
}
