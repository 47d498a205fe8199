import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { hashOf } from './key-digest.ts';
import type { Partition, Topic } from './partition.ts';
import { emptySome } from './reclaim.ts';
import { createRemoval, ROWS_PER_TRANSACTION } from './removal.ts';
import type { Writer } from './writer.ts';

/** Runs of the digest searched between two turns of the event loop: about 2 ms. */
const RUNS_PER_TURN = 64;

interface Found {
  readonly offset: number;
  readonly key: string;
}

export interface Erasure {
  readonly database: DatabaseSync;
  readonly writer: Writer;
  readonly topic: Topic;
  readonly keys: ReadonlySet<string>;
  /** Number of the partition that gets the tombstone of a key found nowhere. */
  readonly homeOf: (key: string) => number;
  readonly forget: (partition: Partition) => void;
}

/**
 * Appends a tombstone for each key wherever it is found, and wipes what stood under it in the file; then the
 * write-ahead log, which still holds the old content of the pages, is emptied. When it
 * fails half-way, calling it again does the rest.
 */
export async function eraseKeys(erasure: Erasure): Promise<void> {
  const { writer, topic } = erasure;
  const unseen = new Set(erasure.keys);
  for (const partition of erasure.keys.size > 0 ? topic.partitions : []) {
    for (const key of await eraseFrom(partition, erasure)) unseen.delete(key);
  }
  if (unseen.size > 0) {
    writer.transact('erase', (transaction) => {
      for (const key of unseen) {
        const partition = topic.partitions[erasure.homeOf(key)]!;
        transaction.insert({ partition, record: { key, value: null } });
      }
    });
  }
  writer.truncateWal();
}

async function eraseFrom(partition: Partition, erasure: Erasure): Promise<ReadonlySet<string>> {
  const { database, writer, keys } = erasure;
  const removal = createRemoval(database, partition);
  const { found, searchedTo } = await search(partition, keys);
  const seen = new Set<string>();
  writer.transact('erase', (transaction) => {
    // What came while the search let others run, and what waited to be committed.
    for (const [offset, key] of partition.segments.keys(searchedTo, partition.next)) {
      if (keys.has(key)) found.push({ offset, key });
    }
    for (const { key } of found) seen.add(key);
    for (const key of seen) transaction.insert({ partition, record: { key, value: null } });
    removal.wipe(transaction, offsets(found.slice(0, ROWS_PER_TRANSACTION)));
  });
  // Before anybody else has a turn: readers at the end are served from there.
  if (seen.size > 0) erasure.forget(partition);
  for (let from = ROWS_PER_TRANSACTION; from < found.length; from += ROWS_PER_TRANSACTION) {
    await turn();
    const some = offsets(found.slice(from, from + ROWS_PER_TRANSACTION));
    writer.transact('erase', (transaction) => removal.wipe(transaction, some));
  }
  // Segments on their way out hold copies of what was just wiped.
  for (let [leaving] = partition.segments.leaving; leaving; [leaving] = partition.segments.leaving) {
    emptySome(writer, partition, leaving);
    await turn();
  }
  return seen;
}

async function search(
  partition: Partition,
  keys: ReadonlySet<string>,
): Promise<{ found: Found[]; searchedTo: number }> {
  const hashes = new Set([...keys].map(hashOf));
  const found: Found[] = [];
  // From the first row that is still in the file, be it expired.
  let searchedTo = partition.segments.all[0]!.base;
  for (let searched = 1; ; searched++) {
    const run = partition.digest.runFrom(searchedTo, partition.next);
    if (!run) return { found, searchedTo };
    for (const [index, hash] of run.hashes.entries()) {
      if (!hashes.has(hash)) continue;
      const key = partition.keyAt(run.first + index);
      if (key !== undefined && keys.has(key)) found.push({ offset: run.first + index, key });
    }
    searchedTo = run.first + run.hashes.length;
    if (searched % RUNS_PER_TURN === 0) await turn();
  }
}

function offsets(found: readonly Found[]): number[] {
  return found.map(({ offset }) => offset);
}
