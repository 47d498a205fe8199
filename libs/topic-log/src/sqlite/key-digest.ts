import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Offsets per run: a run’s hashes then fill one page. */
export const RUN_OFFSETS = 4_000;
/** Stands for an offset without a record. */
const NO_KEY = 0;
/** Runs of one partition are consecutive ids: room for 10^14 offsets in each of 10^5 partitions. */
const RUNS_PER_PARTITION = 2 ** 35;

/**
 * 32 bits of every key of a compacted partition, in order of offset: what finds the records of a key without an index.
 * An index by key would touch a random page for nearly every record appended (measured: a third of the rate after
 * 200,000 records, and falling); this costs 4 bytes a record, written in order, and finding keys reads all of it: 4 MB
 * for a million records. A hash only nominates; the key itself is compared before anything is removed.
 */
export interface KeyDigest {
  /** Notes the key of a record just inserted in the open transaction. */
  note(offset: number, key: string): void;
  /** The transaction was undone: `next` is the next offset again. */
  undo(next: number): void;
  /** Hashes of the run that `offset` lies in; index 0 is the run’s first offset. */
  run(offset: number, next: number): Uint32Array;
  /** Forgets the runs that lie wholly below `start`. */
  dropBelow(start: number): void;
}

export function createKeyDigest(options: {
  readonly database: DatabaseSync;
  readonly partitionId: number;
  readonly next: number;
}): KeyDigest {
  const { database, partitionId } = options;
  const table = `records_${partitionId}`;
  const statements = lazy(() => ({
    keys: database.prepare(`SELECT position, key FROM ${table} WHERE position >= ? AND position < ?`),
    load: database.prepare('SELECT hashes FROM key_digests WHERE id = ?'),
    store: database.prepare('INSERT OR REPLACE INTO key_digests (id, hashes) VALUES (?, ?)'),
    drop: database.prepare('DELETE FROM key_digests WHERE id >= ? AND id < ?'),
  }));
  const idOf = (first: number) => partitionId * RUNS_PER_PARTITION + first / RUN_OFFSETS;

  /** The run being filled; it holds what was noted since `noted`, the rest is read back when it is needed. */
  const current = new Uint32Array(RUN_OFFSETS);
  let noted = options.next;

  const readBack = (into: Uint32Array, first: number, to: number) => {
    into.fill(NO_KEY, 0, to - first);
    for (const row of statements().keys.iterate(first, to)) {
      into[Number(row['position']) - first] = row['key'] === null ? NO_KEY : hashOf(String(row['key']));
    }
  };

  return {
    note(offset, key) {
      const index = offset % RUN_OFFSETS;
      if (index === 0) noted = offset;
      current[index] = hashOf(key);
      if (index < RUN_OFFSETS - 1) return;
      const first = offset - index;
      if (noted > first) readBack(current, first, noted);
      statements().store.run(idOf(first), asBytes(current));
    },
    undo(next) {
      noted = next;
    },
    run(offset, next) {
      const first = offset - (offset % RUN_OFFSETS);
      const stored = statements().load.get(idOf(first))?.['hashes'];
      if (stored instanceof Uint8Array) return asHashes(stored);
      const hashes = new Uint32Array(RUN_OFFSETS);
      readBack(hashes, first, Math.min(first + RUN_OFFSETS, next));
      return hashes;
    },
    dropBelow(start) {
      statements().drop.run(idOf(0), idOf(start - (start % RUN_OFFSETS)));
    },
  };
}

/** FNV-1a over UTF-16 units. Stored: it must never change without a new store format. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0 || 1;
}

function asBytes(hashes: Uint32Array): Uint8Array {
  return new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength);
}

function asHashes(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** Statements are prepared when first used: most partitions never need most of them. */
export function lazy<T extends Record<string, StatementSync>>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
