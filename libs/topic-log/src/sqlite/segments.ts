import type { DatabaseSync } from 'node:sqlite';
import { lazy } from './lazy.ts';
import { createSegmentTable, dropSegmentTable, openSegment, type Segment } from './segment.ts';

/**
 * The segments of one partition, by base. The last one takes new records. What changes them runs in an open
 * transaction and returns what undoes the change in memory.
 */
export interface Segments {
  readonly active: Segment;
  readonly all: readonly Segment[];
  /** Segments given up: no longer read, to be emptied and dropped. */
  readonly leaving: readonly Segment[];
  /** The segment that this offset is or would be in. */
  at(offset: number): Segment;
  /** That segment and those after it. */
  from(offset: number): readonly Segment[];
  keys(from: number, to: number): Iterable<readonly [offset: number, key: string]>;
  /** Closes the active segment; records from `next` on go to a new one. */
  roll(next: number): () => void;
  /** Stores how many rows of a segment are wiped. */
  storeDead(segment: Segment): void;
  /** Makes an empty segment that is not read yet: what is wiped elsewhere is wiped in it as well. */
  prepare(base: number): Segment;
  readonly prepared: Segment | undefined;
  forgetPrepared(): void;
  /** Puts the prepared segment in the place of `replaced`, which leave. */
  replace(replaced: readonly Segment[], prepared: Segment): () => void;
  /** Gives segments up. */
  leave(segments: readonly Segment[]): () => void;
  /** Drops an emptied segment. */
  drop(segment: Segment): () => void;
}

const LIVE = 'live';
const LEAVING = 'leaving';

/** Makes the first segment of a new partition, in an open transaction. */
export function createFirstSegment(database: DatabaseSync, partitionId: number): void {
  createSegmentTable(database, insertSegment(database, partitionId, { base: 0, state: LIVE }));
}

export function openSegments(database: DatabaseSync, partitionId: number): Segments {
  let all: readonly Segment[] = [];
  let leaving: readonly Segment[] = [];
  let prepared: Segment | undefined;
  const stored = database
    .prepare('SELECT id, base, total, dead, state FROM segments WHERE partition_id = ? ORDER BY base, id')
    .all(partitionId);
  for (const row of stored) {
    const segment = openSegment(database, {
      id: Number(row['id']),
      base: Number(row['base']),
      total: row['total'] === null ? undefined : Number(row['total']),
      dead: Number(row['dead']),
    });
    // One that was prepared when the process ended was never read: it goes like those that were given up.
    if (row['state'] === LIVE) all = [...all, segment];
    else leaving = [...leaving, segment];
  }
  const statements = lazy(() => ({
    state: database.prepare('UPDATE segments SET state = ?, total = ? WHERE id = ?'),
    dead: database.prepare('UPDATE segments SET dead = ? WHERE id = ?'),
    remove: database.prepare('DELETE FROM segments WHERE id = ?'),
  }));

  /** Changes the lists and returns what changes them back. */
  const become = (next: { readonly all: readonly Segment[]; readonly leaving: readonly Segment[] }) => {
    const before = { all, leaving };
    ({ all, leaving } = next);
    return () => {
      ({ all, leaving } = before);
    };
  };
  const without = (list: readonly Segment[], gone: readonly Segment[]) =>
    list.filter((segment) => !gone.includes(segment));
  const indexAt = (offset: number) => {
    let low = 0;
    let high = all.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (all[middle]!.base <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  return {
    get active() {
      return all[all.length - 1]!;
    },
    get all() {
      return all;
    },
    get leaving() {
      return leaving;
    },
    at: (offset) => all[indexAt(offset)]!,
    from: (offset) => all.slice(indexAt(offset)),
    *keys(from, to) {
      for (const segment of all.slice(indexAt(from))) {
        if (segment.base >= to) return;
        yield* segment.keys(from, to);
      }
    },
    roll(next) {
      const closed = all[all.length - 1]!;
      const total = next - closed.base;
      statements().state.run(LIVE, total, closed.id);
      const id = insertSegment(database, partitionId, { base: next, state: LIVE });
      createSegmentTable(database, id);
      const back = become({
        leaving,
        all: [...all, openSegment(database, { id, base: next, total: undefined, dead: 0 })],
      });
      closed.total = total;
      return () => {
        closed.total = undefined;
        back();
      };
    },
    storeDead(segment) {
      statements().dead.run(segment.dead, segment.id);
    },
    prepare(base) {
      const id = insertSegment(database, partitionId, { base, state: LEAVING });
      createSegmentTable(database, id);
      prepared = openSegment(database, { id, base, total: 0, dead: 0 });
      return prepared;
    },
    get prepared() {
      return prepared;
    },
    forgetPrepared() {
      prepared = undefined;
    },
    replace(replaced, target) {
      for (const { id, total } of replaced) statements().state.run(LEAVING, total ?? null, id);
      statements().state.run(LIVE, target.total ?? null, target.id);
      statements().dead.run(target.dead, target.id);
      prepared = undefined;
      const back = become({
        all: [...without(all, replaced), target].sort((a, b) => a.base - b.base),
        leaving: [...leaving, ...replaced],
      });
      return () => {
        back();
        prepared = target;
      };
    },
    leave(segments) {
      for (const { id, total } of segments) statements().state.run(LEAVING, total ?? null, id);
      return become({ all: without(all, segments), leaving: [...without(leaving, segments), ...segments] });
    },
    drop(segment) {
      dropSegmentTable(database, segment.id);
      statements().remove.run(segment.id);
      return become({ all, leaving: without(leaving, [segment]) });
    },
  };
}

function insertSegment(
  database: DatabaseSync,
  partitionId: number,
  row: { readonly base: number; readonly state: string },
): number {
  const inserted = database
    .prepare('INSERT INTO segments (partition_id, base, state) VALUES (?, ?, ?) RETURNING id')
    .get(partitionId, row.base, row.state);
  return Number(inserted?.['id']);
}
