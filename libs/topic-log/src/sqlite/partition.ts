import type { DatabaseSync } from 'node:sqlite';
import { Arrivals } from '../arrivals.ts';
import type { LogBatch, LogRecord, NewRecord, TopicSpec } from '../contract.ts';
import { checkPosition } from '../topic-checks.ts';
import { createKeyDigest, type KeyDigest } from './key-digest.ts';
import { lazy } from './lazy.ts';
import type { Segment } from './segment.ts';
import { openSegments, type Segments } from './segments.ts';
import { readTail, type Tail } from './tail-cache.ts';

/** A batch read from the file ends soon after its values pass this, so that large records do not fill the memory. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

/** One partition: its bounds, its segments, its newest records. */
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
  /** Whether its topic is compacted: its keys are then kept in the digest. */
  compacted: boolean;
  readonly segments: Segments;
  readonly digest: KeyDigest;
  readonly tail: Tail;
  readonly arrivals: Arrivals;
  insert(offset: number, appendedAt: number, record: NewRecord): void;
  keyAt(offset: number): string | undefined;
  /** Stores its bounds in the open transaction. */
  storeBounds(): void;
  read(range: { readonly from: number; readonly to: number; readonly recordsMax: number }): LogBatch;
}

export interface Topic {
  spec: TopicSpec;
  readonly partitions: readonly Partition[];
}

export interface PartitionRow {
  readonly id: number;
  readonly topic: string;
  readonly number: number;
  readonly start: number;
  readonly cleaned: number;
  readonly compacted: boolean;
}

export function openPartition(database: DatabaseSync, row: PartitionRow): Partition {
  const { id, topic, number } = row;
  const segments = openSegments(database, id);
  const next = (segments.active.lastOffset() ?? segments.active.base - 1) + 1;
  const tombstone = lazy(() => database.prepare('INSERT INTO tombstones VALUES (?, ?, ?)'));
  const bounds = lazy(() => database.prepare('UPDATE partitions SET start = ?, cleaned = ? WHERE id = ?'));

  const partition: Partition = {
    ...row,
    next,
    segments,
    digest: createKeyDigest({ database, partitionId: id, next, keys: segments.keys }),
    tail: { chunks: [] },
    arrivals: new Arrivals(),
    insert(offset, appendedAt, { key, value }) {
      segments.active.insert([offset, appendedAt, key, value]);
      if (!partition.compacted) return;
      if (key !== null) partition.digest.note(offset, key);
      if (value === null) tombstone().run(id, offset, appendedAt);
    },
    keyAt: (offset) => segments.at(offset).keyAt(offset),
    storeBounds() {
      bounds().run(partition.start, partition.cleaned, id);
    },
    read({ from, to, recordsMax }) {
      checkPosition(
        { topic, partition: number, asked: from },
        { start: partition.start, end: partition.next },
      );
      const end = Math.min(to, partition.next);
      const held = end === partition.next ? readTail(partition.tail, from, recordsMax) : undefined;
      const { records, nextOffset } = held?.length
        ? { records: held, nextOffset: held[held.length - 1]!.offset + 1 }
        : readSegments(segments.from(from), { from, end, recordsMax });
      return { topic, partition: number, records, nextOffset, endOffset: partition.next };
    },
  };
  return partition;
}

/** Read at first and at most at a time: many at once are cheaper than one by one, unless they are large. */
const ROWS_FIRST = 10;
const ROWS_MAX = 250;

function readSegments(
  segments: readonly Segment[],
  range: { readonly from: number; readonly end: number; readonly recordsMax: number },
): { records: LogRecord[]; nextOffset: number } {
  const records: LogRecord[] = [];
  let bytes = 0;
  let from = range.from;
  /** As many as fit into what is left of the batch if they are as large as those before. */
  const affordable = () =>
    bytes === 0 ? ROWS_FIRST : Math.ceil(((BATCH_BYTES_MAX - bytes) * records.length) / bytes);
  for (const segment of segments) {
    if (segment.base >= range.end) break;
    for (let more = true; more; ) {
      const wanted = Math.min(range.recordsMax - records.length, affordable(), ROWS_MAX);
      const rows = segment.rows(from, range.end, wanted);
      for (const [offset, appendedAt, key, value] of rows) {
        records.push({ offset, key, value, appendedAt });
        bytes += value?.byteLength ?? 0;
        from = offset + 1;
      }
      if (records.length >= range.recordsMax || bytes >= BATCH_BYTES_MAX)
        return { records, nextOffset: from };
      more = rows.length === wanted;
    }
  }
  return { records, nextOffset: Math.max(range.from, range.end) };
}
