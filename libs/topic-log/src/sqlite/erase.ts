import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { hashOf, RUN_OFFSETS } from './key-digest.ts';
import type { Partition, Topic } from './partition.ts';
import type { Writer } from './writer.ts';

/** Rows removed in one transaction, so that appends never wait long for it. */
const ROWS_PER_TRANSACTION = 1_000;
/** Runs of the digest searched between two turns of the event loop: about 2 ms. */
const RUNS_PER_TURN = 64;

/**
 * Appends a tombstone for each key wherever it is found, and removes what stood under it from the file: pages are
 * overwritten (`secure_delete`), and the write-ahead log, which still holds their old content, is emptied.
 */
export async function eraseKeys(options: {
  readonly database: DatabaseSync;
  readonly writer: Writer;
  readonly topic: Topic;
  readonly keys: readonly string[];
  /** Where the tombstone of a key goes that is found nowhere. */
  readonly homeOf: (key: string) => number;
  readonly forget: (partition: Partition) => void;
}): Promise<void> {
  const { database, writer, topic } = options;
  const unseen = new Set(options.keys);
  for (const partition of topic.partitions) {
    const found = await findKeys(database, partition, new Set(options.keys));
    const keys = new Set(found.map(({ key }) => key));
    if (keys.size === 0) continue;
    for (const key of keys) unseen.delete(key);
    let first = true;
    for (let from = 0; from < found.length; from += ROWS_PER_TRANSACTION) {
      const rows = found.slice(from, from + ROWS_PER_TRANSACTION);
      writer.transact('erase', (transaction) => {
        if (first) for (const key of keys) transaction.insert({ partition, record: { key, value: null } });
        first = false;
        removeRows(database, partition, rows);
        partition.storeBounds();
      });
      await turn();
    }
    options.forget(partition);
  }
  if (unseen.size > 0) {
    writer.transact('erase', (transaction) => {
      for (const key of unseen) {
        transaction.insert({
          partition: topic.partitions[options.homeOf(key)]!,
          record: { key, value: null },
        });
      }
    });
  }
  writer.truncateWal();
}

interface Found {
  readonly offset: number;
  readonly key: string;
}

/** Every record of these keys that was there when this began to look, and those that came while it looked. */
async function findKeys(
  database: DatabaseSync,
  partition: Partition,
  keys: ReadonlySet<string>,
): Promise<Found[]> {
  const hashes = new Set([...keys].map(hashOf));
  const keyAt = database.prepare(`SELECT key FROM records_${partition.id} WHERE position = ?`);
  const found: Found[] = [];
  let searched = 0;
  for (
    let first = partition.start - (partition.start % RUN_OFFSETS);
    first < partition.next;
    first += RUN_OFFSETS
  ) {
    const run = partition.digest.run(first, partition.next);
    for (let index = 0; index < run.length; index++) {
      if (!hashes.has(run[index]!)) continue;
      const key = keyAt.get(first + index)?.['key'];
      if (typeof key === 'string' && keys.has(key)) found.push({ offset: first + index, key });
    }
    if (++searched % RUNS_PER_TURN === 0) await turn();
  }
  return found;
}

/** Removes rows in the open transaction, and what else knows of them. */
export function removeRows(
  database: DatabaseSync,
  partition: Partition,
  rows: readonly { readonly offset: number }[],
): void {
  const record = database.prepare(`DELETE FROM records_${partition.id} WHERE position = ?`);
  const tombstone = database.prepare('DELETE FROM tombstones WHERE partition_id = ? AND position = ?');
  for (const { offset } of rows) {
    record.run(offset);
    tombstone.run(partition.id, offset);
  }
}
