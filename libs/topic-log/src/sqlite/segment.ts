import type { DatabaseSync } from 'node:sqlite';
import { lazy } from './lazy.ts';

/**
 * A table of consecutive records of one partition. Records are added at its end and wiped in place, never deleted one
 * by one: SQLite moves the neighbours of a deleted row about and may leave copies of them in the unused part of a page,
 * where `secure_delete` does not reach. (Measured: of 1,000 records erased by DELETE, 3 could still be found.) Its
 * space is won back by emptying it whole, after what still counts was copied.
 */
export interface Segment {
  readonly id: number;
  /** Offsets in it are at or beyond this, and below the base of the next one. */
  readonly base: number;
  /** Rows in the table once it was closed; undefined while it takes records. */
  total: number | undefined;
  /** Rows wiped. */
  dead: number;
  /** Bytes of values it took since the store was opened. */
  bytes: number;
  insert(row: SegmentRow): void;
  rows(from: number, to: number, limit: number): readonly SegmentRow[];
  /** The same without what they hold. */
  outlines(from: number, to: number, limit: number): readonly RowOutline[];
  /** Adds what another segment holds from one offset to before another, and returns how many rows that was. */
  copyFrom(source: Segment, from: number, to: number): number;
  keys(from: number, to: number): Iterable<readonly [offset: number, key: string]>;
  keyAt(offset: number): string | undefined;
  /** When its first and last record was appended, wiped or not. */
  firstAppendedAt(): number | undefined;
  lastAppendedAt(): number | undefined;
  lastOffset(): number | undefined;
  /** Overwrites a record with zeros of the same length. Returns false where there is none. */
  wipe(offset: number): boolean;
  /** Deletes up to `rowsMax` rows, which only a segment that is given up may do. Returns whether rows are left. */
  empty(rowsMax: number): boolean;
}

export type SegmentRow = [offset: number, appendedAt: number, key: string | null, value: Uint8Array | null];

export type RowOutline = [offset: number, appendedAt: number, bytes: number];

export function createSegmentTable(database: DatabaseSync, id: number): void {
  // A wiped row has −1 − appended_at here: as long as before, and never a time.
  database.exec(
    `CREATE TABLE records_${id} (position INTEGER PRIMARY KEY, appended_at INTEGER NOT NULL, key TEXT, value BLOB)`,
  );
}

export function dropSegmentTable(database: DatabaseSync, id: number): void {
  database.exec(`DROP TABLE records_${id}`);
}

export function openSegment(
  database: DatabaseSync,
  row: {
    readonly id: number;
    readonly base: number;
    readonly total: number | undefined;
    readonly dead: number;
  },
): Segment {
  const table = `records_${row.id}`;
  const range = 'position >= ? AND position < ? AND appended_at >= 0';
  const insert = lazy(() => database.prepare(`INSERT INTO ${table} VALUES (?, ?, ?, ?)`));
  const select = lazy(() => {
    const sql = `SELECT position, appended_at, key, value FROM ${table} WHERE ${range} ORDER BY position LIMIT ?`;
    return database.prepare(sql, { returnArrays: true });
  });
  const outlines = lazy(() => {
    const columns = 'position, appended_at, coalesce(octet_length(value), 0)';
    const sql = `SELECT ${columns} FROM ${table} WHERE ${range} ORDER BY position LIMIT ?`;
    return database.prepare(sql, { returnArrays: true });
  });
  const keys = lazy(() =>
    database.prepare(`SELECT position, key FROM ${table} WHERE ${range} AND key IS NOT NULL`, {
      returnArrays: true,
    }),
  );
  const keyAt = lazy(() =>
    database.prepare(`SELECT key FROM ${table} WHERE position = ? AND appended_at >= 0`),
  );
  const wipe = lazy(() =>
    database.prepare(
      `UPDATE ${table} SET appended_at = -1 - appended_at,
         key = CAST(zeroblob(octet_length(key)) AS TEXT), value = zeroblob(octet_length(value))
       WHERE position = ? AND appended_at >= 0`,
    ),
  );
  const edge = (order: 'ASC' | 'DESC') =>
    database.prepare(`SELECT position, appended_at FROM ${table} ORDER BY position ${order} LIMIT 1`).get();
  const appendedAt = (order: 'ASC' | 'DESC') => {
    const stored = edge(order)?.['appended_at'];
    if (typeof stored !== 'number') return undefined;
    return stored < 0 ? -1 - stored : stored;
  };
  /** The first record never changes once it is there. */
  let firstAt: number | undefined;

  // With `returnArrays` rows come as arrays; the types of node:sqlite do not say so.
  const segment: Segment = {
    ...row,
    bytes: 0,
    insert: ([offset, appendedAt, key, value]) => {
      insert().run(offset, appendedAt, key, value);
      segment.bytes += value?.byteLength ?? 0;
    },
    rows: (from, to, limit) => select().all(from, to, limit) as unknown as SegmentRow[],
    outlines: (from, to, limit) => outlines().all(from, to, limit) as unknown as RowOutline[],
    copyFrom(source, from, to) {
      const sql = `INSERT INTO ${table} SELECT * FROM records_${source.id} WHERE ${range} ORDER BY position`;
      return Number(database.prepare(sql).run(from, to).changes);
    },
    keys: (from, to) => keys().iterate(from, to) as Iterable<unknown> as Iterable<[number, string]>,
    keyAt(offset) {
      const key = keyAt().get(offset)?.['key'];
      return typeof key === 'string' ? key : undefined;
    },
    firstAppendedAt() {
      firstAt ??= appendedAt('ASC');
      return firstAt;
    },
    lastAppendedAt: () => appendedAt('DESC'),
    lastOffset() {
      const stored = edge('DESC')?.['position'];
      return typeof stored === 'number' ? stored : undefined;
    },
    wipe: (offset) => wipe().run(offset).changes === 1,
    empty(rowsMax) {
      const { changes } = database
        .prepare(
          `DELETE FROM ${table} WHERE position IN (SELECT position FROM ${table} ORDER BY position LIMIT ?)`,
        )
        .run(rowsMax);
      return changes === rowsMax;
    },
  };
  return segment;
}

/** Rows in a segment, wiped ones included; `end` is where the next one begins. */
export function sizeOf(segment: Segment, end: number): number {
  // Until it is closed nothing was taken out of it, and offsets are dense when they are given.
  return segment.total ?? end - segment.base;
}
