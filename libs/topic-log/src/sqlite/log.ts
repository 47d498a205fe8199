import { statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { ClosedError, type TopicLog } from '../contract.ts';
import { createGroups } from '../membership/groups.ts';
import { checkErasable, placeRecord } from '../topic-checks.ts';
import { backUp } from './backup.ts';
import { openCatalog } from './catalog.ts';
import { abandonDatabase, openDatabase } from './database.ts';
import { eraseKeys } from './erase.ts';
import { explain } from './failure.ts';
import { createIo } from './io.ts';
import { createMaintenance } from './maintenance.ts';
import { openPositions } from './positions.ts';
import type { SegmentLimits } from './reclaim.ts';
import { TailCache } from './tail-cache.ts';
import { createWriter } from './writer.ts';

const BATCH_RECORDS_DEFAULT = 500;
const MIB = 1024 * 1024;
const MAINTAIN_EVERY_MS = 1_000;
const TOMBSTONES_KEPT_MS = 86_400_000;

export interface SqliteLogOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly logger?: { warn(fields: object, message: string): void };
  /** Memory for pages of the file. 16 MB unless told. */
  readonly pageCacheBytes?: number;
  /** Memory for the newest records, from which readers at the end are served. 16 MB unless told. */
  readonly tailCacheBytes?: number;
  /** Time between two passes of `maintain`; 1,000 unless told. Null: only when it is called. */
  readonly maintainEveryMs?: number | null;
  /** How long a tombstone stays, so that readers that are behind still see it. A day unless told. */
  readonly tombstonesKeptMs?: number;
  /** When a segment is full: 64,000 records or 64 MB unless told. */
  readonly segmentLimits?: SegmentLimits;
  /** The file may not grow beyond this many pages of 16 KB; appends are then refused as on a full disk. */
  readonly pagesMax?: number;
  /** For crash tests: called before and after every boundary of input and output; see `Io`. */
  readonly onIo?: (point: string) => void;
}

export interface SqliteLog extends TopicLog {
  /** Bytes of all files of the store. */
  sizeBytes(): number;
  /**
   * Removes some of what is expired or replaced by newer records, letting others run in between. Resolves with whether
   * there is more to remove now.
   */
  maintain(): Promise<boolean>;
  /** Writes a copy of the whole store, as it stands, to a new file, while the log goes on working. */
  backup(path: string): Promise<void>;
}

export async function openSqliteLog(options: SqliteLogOptions): Promise<SqliteLog> {
  const { path, clock } = options;
  let die: (error: unknown) => void = () => undefined;
  const io = createIo(options.onIo, (error) => die(error));
  const database = openDatabase(
    { path, pageCacheBytes: options.pageCacheBytes ?? 16 * MIB, pagesMax: options.pagesMax },
    io,
  );
  const catalog = openCatalog(database);
  const positions = openPositions(database);
  const tails = new TailCache(options.tailCacheBytes ?? 16 * MIB);
  let closing: Promise<void> | undefined;
  let released = false;
  const stopMaintenance = new AbortController();
  const backups = new Set<Promise<void>>();

  const groups = createGroups({
    partitions: (topic) => catalog.find(topic).spec.partitions,
    source(topic, number) {
      const partition = catalog.partition(topic, number);
      return {
        read: (from, recordsMax) =>
          reading(() => partition.read({ from, to: Number.POSITIVE_INFINITY, recordsMax })),
        onArrival: (wake) => partition.arrivals.onNext(wake),
      };
    },
    notePositions: positions.note,
  });
  const writer = createWriter({
    database,
    io,
    now: () => clock.now(),
    withEach(transaction) {
      if (positions.unwritten) transaction.onUndo(positions.write());
    },
    onCommitted(partition, records) {
      if (groups.reads(partition.topic)) tails.add(partition.tail, records);
      else tails.forget(partition.tail);
      partition.arrivals.announce();
    },
    onCheckpointFailed(error) {
      options.logger?.warn(
        { path, error },
        'checkpoint failed, the write-ahead log grows until one succeeds',
      );
    },
    explain: (error) => explain(error, path),
  });

  die = (error) => {
    groups.failAll(error);
    writer.rejectWaiting(error);
    stopMaintenance.abort();
    abandonDatabase(database, path);
  };
  const maintenance = createMaintenance({
    database,
    catalog,
    writer,
    tombstonesKeptMs: options.tombstonesKeptMs ?? TOMBSTONES_KEPT_MS,
    segmentLimits: options.segmentLimits ?? { recordsMax: 64_000, bytesMax: 64 * MIB },
    openedAtMs: clock.now(),
    mayContinue: () => !released && !io.death,
  });
  const maintained = options.maintainEveryMs === null ? Promise.resolve() : keepMaintaining();

  async function keepMaintaining(): Promise<void> {
    const { signal } = stopMaintenance;
    for (;;) {
      await clock.sleep(options.maintainEveryMs ?? MAINTAIN_EVERY_MS, signal);
      if (signal.aborted) return;
      try {
        await maintenance.pass(clock.now());
      } catch (error) {
        if (signal.aborted) return;
        options.logger?.warn(
          { path, error },
          'removing expired and replaced records failed, it is tried again',
        );
      }
    }
  }

  function checkOpen(): void {
    if (io.death) throw io.death.error;
    if (released) throw new ClosedError(`the log ${path} is closed`);
  }

  function reading<T>(read: () => T): T {
    if (io.death) throw io.death.error;
    try {
      return read();
    } catch (error) {
      throw explain(error, path);
    }
  }

  return {
    driver: 'sqlite',
    async createTopics(specs) {
      checkOpen();
      catalog.create(specs, writer);
    },
    async partitions(topic) {
      checkOpen();
      return catalog.find(topic).spec.partitions;
    },
    async append(name, records, how) {
      checkOpen();
      const { spec, partitions } = catalog.find(name);
      const placed = records.map((record) => ({ record, partition: partitions[placeRecord(spec, record)]! }));
      if (placed.length === 0) return [];
      const offsets = await writer.append(placed, how?.derived === true);
      return offsets.map((offset, index) => ({ partition: placed[index]!.partition.number, offset }));
    },
    async bounds(topic, number) {
      checkOpen();
      const { start, next } = catalog.partition(topic, number);
      return { start, end: next };
    },
    async *scan(topic, number, range) {
      checkOpen();
      const partition = catalog.partition(topic, number);
      const recordsMax = range.batchRecordsMax ?? BATCH_RECORDS_DEFAULT;
      const to = Math.min(range.to ?? partition.next, partition.next);
      for (let from = range.from; ; ) {
        const batch = reading(() => partition.read({ from, to, recordsMax }));
        from = batch.nextOffset;
        if (batch.records.length > 0) yield batch;
        if (from >= to || range.signal?.aborted) return;
        await turn();
        checkOpen();
      }
    },
    async join(member) {
      checkOpen();
      if (closing) throw new ClosedError(`the log ${path} is closing`);
      catalog.find(member.topic);
      return groups.join(member);
    },
    async erase(name, keys) {
      checkOpen();
      const topic = catalog.find(name);
      checkErasable(topic.spec);
      await eraseKeys({
        database,
        writer,
        topic,
        keys: new Set(keys),
        homeOf: (key) => placeRecord(topic.spec, { key, value: null }),
        forget: (partition) => tails.forget(partition.tail),
      });
    },
    async committed(group, topic) {
      checkOpen();
      catalog.find(topic);
      return positions.of(group, topic);
    },
    async maintain() {
      checkOpen();
      return maintenance.pass(clock.now());
    },
    async backup(target) {
      checkOpen();
      if (closing) throw new ClosedError(`the log ${path} is closing`);
      const running = backUp(database, target);
      backups.add(running);
      try {
        await running;
      } catch (error) {
        throw explain(error, target);
      } finally {
        backups.delete(running);
      }
    },
    sizeBytes() {
      return ['', '-wal', '-shm'].reduce(
        (sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
    },
    close() {
      closing ??= shutDown();
      return closing;
    },
  };

  async function shutDown(): Promise<void> {
    stopMaintenance.abort();
    await groups.stopAll();
    await Promise.allSettled([...backups, maintained]);
    released = true;
    if (io.death) return;
    writer.flush();
    try {
      if (positions.unwritten) writer.transact('positions', () => undefined);
    } finally {
      io.at('close', () => database.close());
    }
  }
}
