import type { DatabaseSync } from 'node:sqlite';
import type { Partition } from './partition.ts';
import { createRemoval, ROWS_PER_TRANSACTION } from './removal.ts';
import type { Writer } from './writer.ts';

/** Takes the oldest records of one partition away when their time is over. */
export interface Retention {
  /** Goes through at most 1,000 records, or one segment whose time is over as a whole. Returns whether there is more. */
  expire(limitMs: number): boolean;
}

export function createRetention(database: DatabaseSync, writer: Writer, partition: Partition): Retention {
  const removal = createRemoval(database, partition);
  /** When the oldest record was appended, so that a quiet partition costs no query. */
  let oldestAt = Number.NEGATIVE_INFINITY;

  /** First offset that stays, as far as this step sees. */
  const expiredTo = (limitMs: number): { readonly start: number; readonly more: boolean } => {
    const segment = partition.segments.at(partition.start);
    const end = partition.segments.from(partition.start)[1]?.base ?? partition.next;
    const lastAt = segment.lastAppendedAt();
    if (lastAt === undefined || lastAt <= limitMs) return { start: end, more: end < partition.next };
    let seen = 0;
    for (const [offset, appendedAt] of segment.outlines(partition.start, end, ROWS_PER_TRANSACTION)) {
      oldestAt = appendedAt;
      if (appendedAt > limitMs) return { start: seen === 0 ? partition.start : offset, more: false };
      seen = offset + 1;
    }
    // A thousand that are expired and more to see, or what is left of the segment was wiped long ago.
    return { start: seen === 0 ? end : seen, more: true };
  };

  return {
    expire(limitMs) {
      if (partition.start === partition.next || oldestAt > limitMs) return false;
      const { start, more } = expiredTo(limitMs);
      if (start === partition.start) return false;
      writer.transact('expire', (transaction) => removal.raiseStart(transaction, start));
      return more;
    },
  };
}
