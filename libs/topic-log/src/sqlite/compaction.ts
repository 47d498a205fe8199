import type { DatabaseSync } from 'node:sqlite';
import type { Run } from './key-digest.ts';
import { lazy } from './lazy.ts';
import { createNewestByHash, type NewestByHash } from './newest-by-hash.ts';
import type { Partition } from './partition.ts';
import { createRemoval, ROWS_PER_TRANSACTION } from './removal.ts';
import { sizeOf } from './segment.ts';
import type { Writer } from './writer.ts';

/** New records compared with all older ones in one pass: their hashes and offsets take 4 MB. */
const CHUNK_OFFSETS = 262_144;
/** A pass is worth its cost when this many records, or half of those that are there, are new. */
const NEW_RECORDS_MIN = 100;
/** Otherwise what is new is looked at this often, so that a tombstone does its work in the end. */
const PASS_EVERY_MS = 3_600_000;

/** Removes the older records of each key from one partition of a compacted topic. */
export interface Compaction {
  /** Does about 2 ms of work. Returns whether there is more to do. */
  step(nowMs: number): boolean;
  /** Removes tombstones appended at or before `limitMs` whose older records are gone, at most 1,000. */
  dropTombstones(limitMs: number): boolean;
}

/**
 * One pass takes the keys of the new records `[cleaned, target)` and goes through the digest of everything older: where
 * a key comes again, the older record goes. It is a sequence of short steps; a crash between them repeats the pass.
 */
interface Pass {
  readonly target: number;
  readonly newest: NewestByHash;
  /** New records are taken in first, then older ones are gone through. */
  phase: 'take' | 'remove';
  at: number;
  doomed: number[];
}

/** Keys compared in one step: each is a row read from the file. */
const COMPARED_PER_STEP = 500;
const RUNS_PER_STEP = 32;

export function createCompaction(options: {
  readonly database: DatabaseSync;
  readonly writer: Writer;
  readonly partition: Partition;
  readonly openedAtMs: number;
}): Compaction {
  const { database, writer, partition } = options;
  const removal = createRemoval(database, partition);
  const statements = lazy(() => ({
    tombstones: database.prepare(
      'SELECT position, appended_at FROM tombstones WHERE partition_id = ? AND position < ? ORDER BY position LIMIT ?',
    ),
  }));
  let pass: Pass | undefined;
  let passedAtMs = options.openedAtMs;

  const due = (nowMs: number) => {
    const fresh = partition.next - partition.cleaned;
    if (fresh === 0) return false;
    return fresh >= Math.max(NEW_RECORDS_MIN, liveRows(partition) / 2) || nowMs - passedAtMs >= PASS_EVERY_MS;
  };

  return {
    step(nowMs) {
      if (!pass) {
        if (!due(nowMs)) return false;
        const target = Math.min(partition.next, partition.cleaned + CHUNK_OFFSETS);
        const newest = createNewestByHash(target - partition.cleaned);
        pass = {
          target,
          newest,
          phase: 'take',
          at: Math.max(partition.cleaned, partition.start),
          doomed: [],
        };
      }
      if (pass.phase === 'take') take(pass);
      else if (remove(pass)) {
        finish(pass);
        pass = undefined;
        passedAtMs = nowMs;
        return due(nowMs);
      }
      return true;
    },
    dropTombstones(limitMs) {
      const old: number[] = [];
      for (const row of statements().tombstones.iterate(
        partition.id,
        partition.cleaned,
        ROWS_PER_TRANSACTION,
      )) {
        if (Number(row['appended_at']) > limitMs) break;
        old.push(Number(row['position']));
      }
      if (old.length > 0) writer.transact('compact', (transaction) => removal.wipe(transaction, old));
      return old.length === ROWS_PER_TRANSACTION;
    },
  };

  /** Goes through the new records upwards; the newest of each key stays, what it replaces is doomed. */
  function take(pass: Pass): void {
    let compared = 0;
    for (let runs = 0; runs < RUNS_PER_STEP; runs++) {
      const run = partition.digest.runFrom(pass.at, partition.next);
      if (!run || run.first >= pass.target) {
        pass.phase = 'remove';
        pass.at = partition.start;
        return;
      }
      for (let offset = Math.max(pass.at, run.first); offset < Math.min(endOf(run), pass.target); offset++) {
        const hash = run.hashes[offset - run.first]!;
        if (hash !== 0) compared += takeOne(pass, hash, offset);
        pass.at = offset + 1;
        if (compared >= COMPARED_PER_STEP) return;
      }
      pass.at = Math.max(pass.at, endOf(run));
    }
  }

  /** Returns how many keys had to be compared. */
  function takeOne(pass: Pass, hash: number, offset: number): number {
    const same = pass.newest.find(hash);
    if (same.length === 0) {
      pass.newest.add(hash, offset);
      return 0;
    }
    const key = partition.keyAt(offset);
    if (key === undefined) return 1;
    const replaced = same.find((other) => partition.keyAt(other) === key);
    if (replaced === undefined) pass.newest.add(hash, offset);
    else {
      pass.newest.replace(hash, replaced, offset);
      pass.doomed.push(replaced);
    }
    return same.length + 1;
  }

  /** Returns true when everything older was gone through and what is doomed is gone. */
  function remove(pass: Pass): boolean {
    let compared = 0;
    for (let runs = 0; runs < RUNS_PER_STEP && compared < COMPARED_PER_STEP; runs++) {
      const run = partition.digest.runFrom(pass.at, partition.next);
      if (!run || run.first >= partition.cleaned) {
        removeSome(pass);
        return pass.doomed.length === 0;
      }
      const end = Math.min(endOf(run), partition.cleaned);
      for (pass.at = Math.max(pass.at, run.first); pass.at < end && compared < COMPARED_PER_STEP; pass.at++) {
        const hash = run.hashes[pass.at - run.first]!;
        if (hash !== 0 && pass.newest.mayHave(hash)) compared += removeOne(pass, hash, pass.at);
      }
      if (pass.at >= end) pass.at = endOf(run);
    }
    removeSome(pass);
    return false;
  }

  /** Returns how many keys had to be compared. */
  function removeOne(pass: Pass, hash: number, offset: number): number {
    const newer = pass.newest.find(hash);
    const key = partition.keyAt(offset);
    if (key !== undefined && newer.some((other) => partition.keyAt(other) === key)) pass.doomed.push(offset);
    return newer.length + 1;
  }

  function removeSome(pass: Pass): void {
    const some = pass.doomed.splice(0, ROWS_PER_TRANSACTION);
    if (some.length > 0) writer.transact('compact', (transaction) => removal.wipe(transaction, some));
  }

  function finish(pass: Pass): void {
    writer.transact('compact', (transaction) => {
      const { cleaned } = partition;
      transaction.onUndo(() => {
        partition.cleaned = cleaned;
      });
      partition.cleaned = pass.target;
      partition.storeBounds();
    });
  }
}

function endOf(run: Run): number {
  return run.first + run.hashes.length;
}

function liveRows({ segments, next }: Partition): number {
  return segments.all.reduce((sum, segment) => sum + sizeOf(segment, next) - segment.dead, 0);
}
