import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord, NewRecord } from '../contract.ts';
import type { Io } from './io.ts';
import type { Partition } from './partition.ts';

/** One transaction takes appends until it holds this much; the rest waits for the next one. */
const TRANSACTION_BYTES_MAX = 8 * 1024 * 1024;
/** The write-ahead log is moved into the store when about this much was written: 4 times less often than SQLite would, for a better p99. */
const CHECKPOINT_BYTES = 64 * 1024 * 1024;
const PAGE_BYTES = 16_384;

export interface Placed {
  readonly partition: Partition;
  readonly record: NewRecord;
}

interface Waiting {
  readonly placed: readonly Placed[];
  readonly bytes: number;
  readonly derived: boolean;
  readonly resolve: (offsets: number[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A transaction being written. What it changed in memory is undone when it fails. */
export interface Transaction {
  /** Adds a record and returns its offset. */
  insert(placed: Placed): number;
  /** Counts towards the next checkpoint, beside the records inserted. */
  noteWritten(bytes: number): void;
  /** Runs when the transaction was undone. */
  onUndo(undo: () => void): void;
}

export interface Writer {
  /**
   * Resolves with the offsets once they are on the disk; `derived` ones, when they are committed. All that is asked for
   * in one turn shares one commit.
   */
  append(placed: readonly Placed[], derived: boolean): Promise<number[]>;
  /**
   * Runs `work` in a transaction of its own, after all that was asked for before. Throws what explains a failure.
   * `name` is its boundary’s.
   */
  transact<T>(name: string, work: (transaction: Transaction) => T): T;
  /** Moves the write-ahead log into the store and empties its file. */
  truncateWal(): void;
  /** Commits what waits. */
  flush(): void;
  rejectWaiting(error: unknown): void;
}

/**
 * The only writer of the store. What waits is bounded by what one turn of the event loop can ask for: the commit
 * itself is synchronous, so nothing more is accepted while it lasts.
 */
export function createWriter(options: {
  readonly database: DatabaseSync;
  readonly io: Io;
  readonly now: () => number;
  /** What else goes into every transaction. */
  readonly withEach: (transaction: Transaction) => void;
  /** Records of one partition were committed, in order. */
  readonly onCommitted: (partition: Partition, records: readonly LogRecord[]) => void;
  readonly onCheckpointFailed: (error: unknown) => void;
  /** Makes an error of SQLite one of the contract’s. */
  readonly explain: (error: unknown) => unknown;
}): Writer {
  const { database, io } = options;
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((sql) =>
    database.prepare(sql),
  );
  let waiting: Waiting[] = [];
  let scheduled = false;
  let walBytes = 0;
  let synced = true;

  /**
   * With NORMAL a commit is in the file but not flushed. Write-ahead frames are flushed in order, so the next FULL
   * commit makes all before it durable too.
   */
  function syncCommits(wanted: boolean): void {
    if (synced === wanted || database.isTransaction) return;
    database.exec(`PRAGMA synchronous = ${wanted ? 'FULL' : 'NORMAL'}`);
    synced = wanted;
  }

  function transact<T>(work: (transaction: Transaction) => T): T {
    const inserted = new Map<Partition, LogRecord[]>();
    const undos: (() => void)[] = [];
    const appendedAt = options.now();
    let bytes = PAGE_BYTES;
    const transaction: Transaction = {
      insert({ partition, record }) {
        let records = inserted.get(partition);
        if (!records) {
          records = [];
          inserted.set(partition, records);
          const { next } = partition;
          undos.push(() => {
            partition.next = next;
            partition.digest.undo(next);
          });
          bytes += PAGE_BYTES;
        }
        const offset = partition.next;
        partition.insert(offset, appendedAt, record);
        partition.next++;
        records.push({ offset, key: record.key, value: record.value, appendedAt });
        bytes += record.value?.byteLength ?? 0;
        return offset;
      },
      noteWritten(more) {
        bytes += more;
      },
      onUndo: (undo) => undos.push(undo),
    };
    let result: T;
    try {
      io.at('begin', () => begin!.run());
      options.withEach(transaction);
      result = work(transaction);
      io.at('commit', () => commit!.run());
    } catch (error) {
      if (!io.death) {
        for (const undo of undos.reverse()) undo();
        if (database.isTransaction) rollback!.run();
        // On a full disk the write-ahead log itself may hold the space that is missing.
        setImmediate(checkpoint);
      }
      throw options.explain(error);
    }
    walBytes += bytes;
    if (walBytes >= CHECKPOINT_BYTES) {
      walBytes = 0;
      // In a turn of its own, so that what was just committed is not told later for it.
      setImmediate(checkpoint);
    }
    for (const [partition, records] of inserted) options.onCommitted(partition, records);
    return result;
  }

  function commitSome(): void {
    let bytes = 0;
    const taken: Waiting[] = [];
    for (const append of waiting) {
      if (taken.length > 0 && bytes + append.bytes > TRANSACTION_BYTES_MAX) break;
      taken.push(append);
      bytes += append.bytes;
    }
    waiting = waiting.slice(taken.length);
    try {
      syncCommits(!taken.every(({ derived }) => derived));
      const offsets = transact((transaction) =>
        taken.map(({ placed }) => io.at('insert', () => placed.map((each) => transaction.insert(each)))),
      );
      for (const [index, append] of taken.entries()) append.resolve(offsets[index]!);
    } catch (error) {
      for (const append of taken) append.reject(error);
    }
  }

  function checkpoint(): void {
    if (io.death || !database.isOpen) return;
    try {
      io.at('checkpoint', () => database.exec('PRAGMA wal_checkpoint(PASSIVE)'));
    } catch (error) {
      // The store stays whole without it, only longer; it is tried again after as much again.
      options.onCheckpointFailed(options.explain(error));
    }
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(turn);
  }

  function turn(): void {
    scheduled = false;
    commitSome();
    if (waiting.length > 0) schedule();
  }

  function flush(): void {
    while (waiting.length > 0) commitSome();
  }

  return {
    append(placed, derived) {
      const { promise, resolve, reject } = Promise.withResolvers<number[]>();
      let bytes = 0;
      for (const { record } of placed) bytes += record.value?.byteLength ?? 0;
      waiting.push({ placed, bytes, derived, resolve, reject });
      schedule();
      return promise;
    },
    transact(name, work) {
      flush();
      syncCommits(true);
      return transact((transaction) => io.at(name, () => work(transaction)));
    },
    truncateWal() {
      try {
        const result = io.at('truncate', () => database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get());
        if (result?.['busy'] !== 0)
          throw new Error('the write-ahead log is being read and could not be emptied');
        walBytes = 0;
      } catch (error) {
        throw options.explain(error);
      }
    },
    flush,
    rejectWaiting(error) {
      const rejected = waiting;
      waiting = [];
      for (const append of rejected) append.reject(error);
    },
  };
}
