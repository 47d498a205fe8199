import type { DatabaseSync } from 'node:sqlite';
import { lazy } from './key-digest.ts';
import type { Partition } from './partition.ts';
import type { Transaction } from './writer.ts';

/** Rows removed in one transaction, so that appends never wait long for it. */
export const ROWS_PER_TRANSACTION = 1_000;
const PAGE_BYTES = 16_384;

/** Removes records of one partition, and what else knows of them, in an open transaction. */
export interface Removal {
  /** Returns how many were there. */
  rows(transaction: Transaction, offsets: readonly number[]): number;
  /** Everything up to and including `last`: what is below is then gone for readers too. */
  upTo(transaction: Transaction, last: number): number;
  keyAt(offset: number): string | undefined;
}

export function createRemoval(database: DatabaseSync, partition: Partition): Removal {
  const { id } = partition;
  const statements = lazy(() => ({
    row: database.prepare(`DELETE FROM records_${id} WHERE position = ?`),
    upTo: database.prepare(`DELETE FROM records_${id} WHERE position <= ?`),
    tombstone: database.prepare('DELETE FROM tombstones WHERE partition_id = ? AND position = ?'),
    tombstonesUpTo: database.prepare('DELETE FROM tombstones WHERE partition_id = ? AND position <= ?'),
    key: database.prepare(`SELECT key FROM records_${id} WHERE position = ?`),
  }));

  const finish = (transaction: Transaction, removed: number) => {
    partition.rows -= removed;
    transaction.onUndo(() => {
      partition.rows += removed;
    });
    transaction.noteWritten(removed * PAGE_BYTES);
    partition.storeBounds();
    return removed;
  };

  return {
    rows(transaction, offsets) {
      let removed = 0;
      for (const offset of offsets) {
        removed += Number(statements().row.run(offset).changes);
        statements().tombstone.run(id, offset);
      }
      partition.digest.clear(offsets);
      return finish(transaction, removed);
    },
    upTo(transaction, last) {
      const { start } = partition;
      transaction.onUndo(() => {
        partition.start = start;
      });
      partition.start = last + 1;
      const removed = Number(statements().upTo.run(last).changes);
      statements().tombstonesUpTo.run(id, last);
      partition.digest.dropBelow(partition.start);
      return finish(transaction, removed);
    },
    keyAt(offset) {
      const key = statements().key.get(offset)?.['key'];
      return typeof key === 'string' ? key : undefined;
    },
  };
}
