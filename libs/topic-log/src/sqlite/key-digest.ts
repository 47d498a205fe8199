import type { DatabaseSync } from 'node:sqlite';
import { lazy } from './lazy.ts';

/** Offsets per run: a run’s hashes then fill one page. */
export const RUN_OFFSETS = 4_000;
/** Stands for an offset without a record. */
const NO_KEY = 0;
/** Runs of one partition are consecutive ids: room for 10^14 offsets in each of 10^5 partitions. */
const RUNS_PER_PARTITION = 2 ** 35;

/** The hashes of the keys at `first`, `first + 1`, …; 0 where there is no record. */
export interface Run {
  readonly first: number;
  readonly hashes: Uint32Array;
}

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
  /** The first run with records at or beyond `from`, of those below `next`. Runs without records do not exist. */
  runFrom(from: number, next: number): Run | undefined;
  /** Forgets single offsets, in the open transaction. */
  clear(offsets: readonly number[]): void;
  /** Forgets the runs that lie wholly below `start`, in the open transaction. */
  dropBelow(start: number): void;
}

export function createKeyDigest(options: {
  readonly database: DatabaseSync;
  readonly partitionId: number;
  readonly next: number;
  /** The keys of the records from one offset to before another, as the table has them. */
  readonly keys: (from: number, to: number) => Iterable<readonly [offset: number, key: string]>;
}): KeyDigest {
  const { database, partitionId } = options;
  const statements = lazy(() => ({
    load: database.prepare('SELECT hashes FROM key_digests WHERE id = ?'),
    loadFrom: database.prepare(
      'SELECT id, hashes FROM key_digests WHERE id >= ? AND id < ? ORDER BY id LIMIT 1',
    ),
    store: database.prepare('INSERT OR REPLACE INTO key_digests (id, hashes) VALUES (?, ?)'),
    drop: database.prepare('DELETE FROM key_digests WHERE id >= ? AND id < ?'),
  }));
  const idOf = (first: number) => partitionId * RUNS_PER_PARTITION + first / RUN_OFFSETS;

  /** The run being filled; it holds what was noted since `notedFrom`, the rest is read back when it is needed. */
  const current = new Uint32Array(RUN_OFFSETS);
  let notedFrom = options.next;

  const readBack = (into: Uint32Array, first: number, to: number) => {
    into.fill(NO_KEY, 0, to - first);
    for (const [offset, key] of options.keys(first, to)) into[offset - first] = hashOf(key);
  };

  return {
    note(offset, key) {
      const index = offset % RUN_OFFSETS;
      if (index === 0) notedFrom = offset;
      current[index] = hashOf(key);
      if (index < RUN_OFFSETS - 1) return;
      const first = offset - index;
      if (notedFrom > first) readBack(current, first, notedFrom);
      statements().store.run(idOf(first), asBytes(current));
    },
    undo(next) {
      notedFrom = next;
    },
    runFrom(from, next) {
      const filling = runStart(next);
      const stored = statements().loadFrom.get(idOf(runStart(from)), idOf(filling));
      if (stored) {
        const first = (Number(stored['id']) - partitionId * RUNS_PER_PARTITION) * RUN_OFFSETS;
        return { first, hashes: asHashes(stored['hashes'] as Uint8Array) };
      }
      if (from >= next || filling === next) return undefined;
      const hashes = new Uint32Array(next - filling);
      readBack(hashes, filling, next);
      return { first: filling, hashes };
    },
    clear(offsets) {
      const byRun = Map.groupBy(offsets, runStart);
      for (const [first, cleared] of byRun) {
        const stored = statements().load.get(idOf(first))?.['hashes'];
        if (!(stored instanceof Uint8Array)) {
          // The run being filled: what was noted of it up to here no longer holds.
          notedFrom = Math.max(notedFrom, ...cleared.map((offset) => offset + 1));
          continue;
        }
        const hashes = asHashes(stored);
        for (const offset of cleared) hashes[offset - first] = NO_KEY;
        if (hashes.every((hash) => hash === NO_KEY)) statements().drop.run(idOf(first), idOf(first) + 1);
        else statements().store.run(idOf(first), asBytes(hashes));
      }
    },
    dropBelow(start) {
      statements().drop.run(idOf(0), idOf(runStart(start)));
    },
  };
}

export function runStart(offset: number): number {
  return offset - (offset % RUN_OFFSETS);
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
