import { Arrivals } from '../arrivals.ts';
import type { Clock } from '../clock.ts';
import type { LogRecord } from '../contract.ts';
import type { PartitionSource } from '../membership/pump.ts';
import { checkPosition } from '../topic-checks.ts';
import { type BrokerReader, faultOf } from './broker-reader.ts';
import { passes, refusalOf } from './faults.ts';
import type { KafkaLogger } from './options.ts';
import type { FetchedPartition } from './record-batch.ts';

/** A broker with nothing new holds the request for so long; a record that comes ends the wait at once. */
const WAIT_MS = 500;
/** While a partition is left out because its reader lags, the others must not hold its next request up. */
const WAIT_SHORT_MS = 5;
/** No more is fetched ahead of a partition’s reader than this; one fetch may come on top. */
const AHEAD_BYTES_MAX = 2 * 1_048_576;
const FETCH_BYTES = 1_048_576;
const PAUSE_MS = 100;

interface Reading {
  readonly partition: number;
  /** Where the next fetch begins. */
  position: number;
  buffered: LogRecord[];
  /** Index in `buffered` of what was not read yet. */
  unread: number;
  bytes: number;
  endOffset: number;
  leader: number | undefined;
  failure: Error | undefined;
  readonly arrivals: Arrivals;
}

/** The partitions of one topic that one member reads: fetched ahead of it, one request at a time to each broker. */
export interface PartitionFeed {
  /** Begins to fetch. Reading it rejects with what stopped the fetching, `TruncatedError` and `AheadError` among it. */
  open(partition: number, from: number): PartitionSource;
  close(partition: number): void;
  /** Ends all fetching and the connections. */
  stop(): Promise<void>;
}

export function createPartitionFeed(options: {
  readonly reader: BrokerReader;
  /** As the contract calls it, and as the cluster does. */
  readonly topic: string;
  readonly clusterTopic: string;
  readonly clock: Clock;
  readonly logger: KafkaLogger;
}): PartitionFeed {
  const { reader, topic, clusterTopic, clock, logger } = options;
  const readings = new Map<number, Reading>();
  const looping = new Set<number>();
  const stopping = new AbortController();
  let room = Promise.withResolvers<void>();
  let locating = false;

  const live = (reading: Reading): boolean =>
    readings.get(reading.partition) === reading && !reading.failure && !stopping.signal.aborted;

  const fail = (reading: Reading, error: Error): void => {
    reading.failure = error;
    reading.arrivals.announce();
  };

  const pause = () => clock.sleep(PAUSE_MS, stopping.signal);

  /** Whoever waits for a lagging reader looks again at what there is to fetch. */
  function makeRoom(): void {
    room.resolve();
    room = Promise.withResolvers<void>();
  }

  /** Finds the leader of each partition that lacks one, for as long as it takes, and sees that it is asked. */
  async function locate(): Promise<void> {
    for (;;) {
      const lost = [...readings.values()].filter((reading) => live(reading) && reading.leader === undefined);
      if (lost.length === 0) {
        locating = false;
        return;
      }
      try {
        for (const reading of lost) reading.leader = await reader.leaderOf(clusterTopic, reading.partition);
      } catch (error) {
        const refusal = refusalOf(error, `reading ${clusterTopic}`);
        if (refusal || !passes(error)) for (const reading of lost) fail(reading, refusal ?? asError(error));
        else {
          logger.debug({ topic: clusterTopic, reason: String(error) }, 'Looking for the leaders of a topic.');
          await pause();
          if (!stopping.signal.aborted) await reader.forgetLeaders().catch(() => undefined);
        }
      }
      for (const { leader } of readings.values()) if (leader !== undefined) void ask(leader);
      makeRoom();
    }
  }

  function look(): void {
    if (locating) return;
    locating = true;
    void locate();
  }

  async function ask(leader: number): Promise<void> {
    if (looping.has(leader)) return;
    looping.add(leader);
    try {
      for (;;) {
        const mine = [...readings.values()].filter((reading) => live(reading) && reading.leader === leader);
        if (mine.length === 0) return;
        const roomy = mine.filter(({ bytes }) => bytes < AHEAD_BYTES_MAX);
        if (roomy.length === 0) await room.promise;
        else await fetchOnce(leader, roomy, roomy.length < mine.length ? WAIT_SHORT_MS : WAIT_MS);
      }
    } finally {
      looping.delete(leader);
    }
  }

  async function fetchOnce(leader: number, roomy: readonly Reading[], waitMs: number): Promise<void> {
    const wanted = roomy.map(({ partition, position }) => ({
      topic: clusterTopic,
      partition,
      offset: position,
      bytesMax: FETCH_BYTES,
    }));
    let fetched: readonly FetchedPartition[];
    try {
      fetched = await reader.fetch(leader, wanted, waitMs);
    } catch (error) {
      if (stopping.signal.aborted) return;
      const refusal = refusalOf(error, `reading ${clusterTopic}`);
      logger.debug(
        { topic: clusterTopic, leader, reason: String(error) },
        'A broker did not answer a fetch.',
      );
      for (const reading of roomy)
        if (refusal || !passes(error)) fail(reading, refusal ?? asError(error));
        else reading.leader = undefined;
      await reader.forgetLeaders().catch(() => undefined);
      await pause();
      look();
      return;
    }
    const byPartition = new Map(roomy.map((reading) => [reading.partition, reading]));
    let stale = false;
    for (const each of fetched) {
      const reading = byPartition.get(each.partition);
      if (reading && live(reading)) stale = !(await take(reading, each)) || stale;
    }
    if (!stale) return;
    await reader.forgetLeaders().catch(() => undefined);
    await pause();
    look();
  }

  /** False where the leader must be looked up again. */
  async function take(reading: Reading, fetched: FetchedPartition): Promise<boolean> {
    const fault = faultOf(fetched);
    if (fault === 'stale' || (fault === 'range' && !(await explainRange(reading)))) {
      reading.leader = undefined;
      return false;
    }
    if (fault instanceof Error) fail(reading, fault);
    if (fault || fetched.nextOffset === undefined) {
      if (!fault) reading.endOffset = fetched.endOffset;
      return true;
    }
    if (!live(reading)) return true;
    // A batch is sent whole: what stands before the offset that was asked for comes along.
    const records = fetched.records.filter(({ offset }) => offset >= reading.position);
    reading.endOffset = fetched.endOffset;
    reading.position = Math.max(reading.position, fetched.nextOffset);
    const unread = reading.unread === 0 ? reading.buffered : reading.buffered.slice(reading.unread);
    reading.buffered = unread.length === 0 ? records : unread.concat(records);
    reading.unread = 0;
    for (const record of records) reading.bytes += bytesOf(record);
    reading.arrivals.announce();
    return true;
  }

  /** Fails the reader whose offset is not in the log; false where it is there after all. */
  async function explainRange(reading: Reading): Promise<boolean> {
    try {
      const bounds = await reader.bounds(clusterTopic, reading.partition);
      checkPosition({ topic, partition: reading.partition, asked: reading.position }, bounds);
      return false;
    } catch (error) {
      if (passes(error)) return false;
      fail(reading, asError(error));
      return true;
    }
  }

  function read(reading: Reading, from: number, recordsMax: number) {
    if (reading.failure) throw reading.failure;
    const records = reading.buffered.slice(reading.unread, reading.unread + recordsMax);
    reading.unread += records.length;
    const full = reading.bytes >= AHEAD_BYTES_MAX;
    for (const record of records) reading.bytes -= bytesOf(record);
    const drained = reading.unread === reading.buffered.length;
    if (drained) {
      reading.buffered = [];
      reading.unread = 0;
    }
    if (full && reading.bytes < AHEAD_BYTES_MAX) makeRoom();
    const nextOffset = drained ? Math.max(from, reading.position) : records.at(-1)!.offset + 1;
    return {
      topic,
      partition: reading.partition,
      records,
      nextOffset,
      endOffset: Math.max(reading.endOffset, nextOffset),
    };
  }

  return {
    open(partition, from) {
      const reading: Reading = {
        partition,
        position: from,
        buffered: [],
        unread: 0,
        bytes: 0,
        endOffset: from,
        leader: undefined,
        failure: undefined,
        arrivals: new Arrivals(),
      };
      readings.set(partition, reading);
      look();
      return {
        read: (at, recordsMax) => read(reading, at, recordsMax),
        onArrival: (wake) => reading.arrivals.onNext(wake),
      };
    },
    close(partition) {
      readings.delete(partition);
      makeRoom();
    },
    async stop() {
      readings.clear();
      stopping.abort();
      makeRoom();
      await reader.disconnect();
    },
  };
}

/** What a record weighs in memory, near enough for a bound. */
const bytesOf = ({ key, value }: LogRecord): number => 100 + (key?.length ?? 0) + (value?.byteLength ?? 0);

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
