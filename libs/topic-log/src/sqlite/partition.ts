import type { DatabaseSync } from 'node:sqlite';
import { Arrivals } from '../arrivals.ts';
import type { LogBatch, LogRecord, NewRecord, TopicSpec } from '../contract.ts';
import { checkPosition } from '../topic-checks.ts';
import { createKeyDigest, type KeyDigest, lazy } from './key-digest.ts';
import { readTail, type Tail } from './tail-cache.ts';

/** A batch read from the file ends when its values pass this, so that large records do not fill the memory. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

/** One partition: its bounds, its table, its newest records. */
export interface Partition {
  readonly id: number;
  readonly topic: string;
  readonly number: number;
  /** First offset that retention has left readable. */
  start: number;
  /** The offset that the next record gets. */
  next: number;
  /** Below it every key has one record at most. */
  cleaned: number;
  /** Records in the table. */
  rows: number;
  /** Whether its topic is compacted: its keys are then kept in the digest. */
  compacted: boolean;
  readonly digest: KeyDigest;
  readonly tail: Tail;
  readonly arrivals: Arrivals;
  insert(offset: number, appendedAt: number, record: NewRecord): void;
  /** Stores its bounds in the open transaction. Needed when records leave: the newest may be among them. */
  storeBounds(): void;
  read(range: { readonly from: number; readonly to: number; readonly recordsMax: number }): LogBatch;
}

export interface Topic {
  spec: TopicSpec;
  readonly partitions: readonly Partition[];
}

export function createPartitionTable(database: DatabaseSync, id: number): void {
  database.exec(
    `CREATE TABLE records_${id} (position INTEGER PRIMARY KEY, appended_at INTEGER NOT NULL, key TEXT, value BLOB)`,
  );
}

export function openPartition(
  database: DatabaseSync,
  row: {
    readonly id: number;
    readonly topic: string;
    readonly number: number;
    readonly start: number;
    readonly nextAtLeast: number;
    readonly cleaned: number;
    readonly compacted: boolean;
    readonly rowsThen: number;
  },
): Partition {
  const { id, topic, number } = row;
  const newest = database.prepare(`SELECT max(position) AS newest FROM records_${id}`).get()?.['newest'];
  const statements = lazy(() => {
    const select = database.prepare(
      `SELECT position, appended_at, key, value FROM records_${id} WHERE position >= ? AND position < ? ORDER BY position LIMIT ?`,
    );
    select.setReturnArrays(true);
    return {
      select,
      insert: database.prepare(`INSERT INTO records_${id} VALUES (?, ?, ?, ?)`),
      tombstone: database.prepare('INSERT INTO tombstones (partition_id, position) VALUES (?, ?)'),
      bounds: database.prepare(
        'UPDATE partitions SET start = ?, next_at_least = ?, cleaned = ?, rows_then = ? WHERE id = ?',
      ),
    };
  });
  const next = Math.max(row.nextAtLeast, typeof newest === 'number' ? newest + 1 : 0);

  const partition: Partition = {
    id,
    topic,
    number,
    start: row.start,
    next,
    cleaned: row.cleaned,
    // Nothing was removed since the bounds were stored, and offsets are dense when they are given.
    rows: row.rowsThen + next - row.nextAtLeast,
    compacted: row.compacted,
    digest: createKeyDigest({ database, partitionId: id, next }),
    tail: { chunks: [] },
    arrivals: new Arrivals(),
    insert(offset, appendedAt, record) {
      statements().insert.run(offset, appendedAt, record.key, record.value);
      if (!partition.compacted) return;
      if (record.key !== null) partition.digest.note(offset, record.key);
      if (record.value === null) statements().tombstone.run(id, offset);
    },
    storeBounds() {
      statements().bounds.run(partition.start, partition.next, partition.cleaned, partition.rows, id);
    },
    read({ from, to, recordsMax }) {
      checkPosition(
        { topic, partition: number, asked: from },
        { start: partition.start, end: partition.next },
      );
      const end = Math.min(to, partition.next);
      const batch = (records: readonly LogRecord[], nextOffset: number): LogBatch => ({
        topic,
        partition: number,
        records,
        nextOffset,
        endOffset: partition.next,
      });
      if (from >= end) return batch([], from);
      const held = end === partition.next ? readTail(partition.tail, from, recordsMax) : undefined;
      if (held) return batch(held, held[held.length - 1]!.offset + 1);
      const records: LogRecord[] = [];
      let bytes = 0;
      for (const row of statements().select.iterate(from, end, recordsMax)) {
        // Columns come as an array; the type of `iterate` does not say so.
        const [offset, appendedAt, key, value] = row as unknown as [
          number,
          number,
          string | null,
          Uint8Array | null,
        ];
        records.push({ offset, key, value, appendedAt });
        bytes += value?.byteLength ?? 0;
        if (bytes >= BATCH_BYTES_MAX) break;
      }
      const whole = records.length < recordsMax && bytes < BATCH_BYTES_MAX;
      return batch(records, whole ? end : records[records.length - 1]!.offset + 1);
    },
  };
  return partition;
}
