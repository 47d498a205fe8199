/**
 * The log contract: what every driver promises and no more. It is the weakest of its drivers, so that code written
 * against memory or SQLite meets no surprise on Kafka:
 *
 * - Append is at-least-once: a failed or repeated append may leave records behind, once or several times.
 * - Within one `append` call, records of one partition keep their order and follow everything acknowledged before.
 * - Offsets of a partition increase; they need not be dense. An offset is never reused.
 * - Positions are committed apart from appends; a crash between the two repeats records, it never skips any.
 * - Two members may own one partition at once for a while. Readers must make that harmless.
 * - Compaction may remove all but the newest record of a key, at any later time; several may still be seen.
 * - Reading below the first retained offset is a `TruncatedError`, never a silent jump; reading beyond the end is an
 *   `AheadError`: the log lost its tail or is another one. `bounds().start` rises by retention alone: compaction
 *   leaves gaps.
 * - A record of a compacted topic needs a key, or compaction could not tell what it replaces.
 * - `value` is handed over: a driver may keep it by reference until the record was read, so it must not change.
 */

/** A record to append. `value: null` is a tombstone: it deletes its key from a compacted topic. */
export interface NewRecord {
  readonly key: string | null;
  readonly value: Uint8Array | null;
  /** Where it goes. Absent: computed from the key (`partitionOf`), 0 where there is no key. */
  readonly partition?: number;
}

export interface AppendOptions {
  /**
   * These records can be made again from others: the driver may leave them to the operating system. A crash of the
   * process then loses none of them; a power cut may lose the newest, never one that a later durable append follows.
   */
  readonly derived?: boolean;
}

export interface LogRecord {
  readonly offset: number;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  /** Set by the log when it took the record. Milliseconds. */
  readonly appendedAt: number;
}

/** Consecutive records of one partition. `nextOffset` is where reading goes on, beyond gaps. */
export interface LogBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  readonly nextOffset: number;
  /** One past the last offset in the partition when the batch was read: the lag is the difference. */
  readonly endOffset: number;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly compacted: boolean;
  /** Null: kept until compacted away. */
  readonly retentionMs: number | null;
}

/** `start`: first offset that can still be read; `end`: one past the last. */
export interface Bounds {
  readonly start: number;
  readonly end: number;
}

export interface MemberOptions {
  /** Members of one group share the partitions of a topic. Absent: this member has them all, and shares with nobody. */
  readonly group?: string;
  readonly topic: string;
  /** At most this many records per batch. */
  readonly batchRecordsMax?: number;
  /**
   * Partitions came to this member. Resolves with the offset to read each from; `onBatch` is not called for them
   * before. May be called several times. An offset that is gone stops the member with `TruncatedError`.
   */
  readonly onAssigned: (partitions: readonly number[]) => Promise<ReadonlyMap<number, number>>;
  /** One batch at a time per partition; the next is not read before this one resolves. A rejection stops the member. */
  readonly onBatch: (batch: LogBatch) => Promise<void>;
  /** Partitions left this member (or it is stopping). Work on them must be over when this resolves. */
  readonly onRevoked: (partitions: readonly number[]) => Promise<void>;
}

export interface Member {
  /** Resolves when the group has given this member its share for the first time, be it nothing, and it was restored. */
  readonly joined: Promise<void>;
  /**
   * Whether this partition is still this member’s, as far as the group can tell. Ask before what a late owner must not
   * do: a process that was stopped for a while and goes on has lost its partitions before it hears of it. Waits while
   * that is unclear. After false, `onBatch` is not called again before the partition was revoked and assigned anew.
   */
  owns(partition: number): Promise<boolean>;
  /** Notes where the group stands. For people and lag figures only: nothing restores from it unless it says so. */
  commit(positions: ReadonlyMap<number, number>): Promise<void>;
  /** Resolves when the member has stopped; rejects with what stopped it if it was not `stop`. */
  readonly stopped: Promise<void>;
  /** Finishes the batch in hand, revokes, leaves. Idempotent. */
  stop(): Promise<void>;
}

export interface TopicLog {
  readonly driver: 'memory' | 'sqlite' | 'kafka';
  /** Creates what is missing. An existing topic with another number of partitions is an error. */
  createTopics(specs: readonly TopicSpec[]): Promise<void>;
  partitions(topic: string): Promise<number>;
  /** Resolves once every record is durable, with the offset of each, in order. */
  append(
    topic: string,
    records: readonly NewRecord[],
    options?: AppendOptions,
  ): Promise<readonly { partition: number; offset: number }[]>;
  bounds(topic: string, partition: number): Promise<Bounds>;
  /** Reads from `from` to the end as it stands now, or to `to` (exclusive), then finishes. */
  scan(
    topic: string,
    partition: number,
    options: {
      readonly from: number;
      readonly to?: number;
      readonly batchRecordsMax?: number;
      readonly signal?: AbortSignal;
    },
  ): AsyncIterable<LogBatch>;
  join(options: MemberOptions): Promise<Member>;
  /**
   * Deletes what stands under these keys of a compacted topic: appends tombstones, and removes the older values
   * physically as soon as the driver can (SQLite: before this resolves; Kafka: by its next compaction).
   */
  erase(topic: string, keys: readonly string[]): Promise<void>;
  committed(group: string, topic: string): Promise<ReadonlyMap<number, number>>;
  /** Stops members, flushes, releases. Appends after it reject with `ClosedError`. Idempotent. */
  close(): Promise<void>;
}

/** Reading below the first retained offset. */
export class TruncatedError extends Error {
  override readonly name = 'TruncatedError';
  readonly topic: string;
  readonly partition: number;
  readonly asked: number;
  readonly start: number;
  constructor(place: { topic: string; partition: number; asked: number; start: number }) {
    super(
      `${place.topic}/${place.partition}: offset ${place.asked} is gone, the log starts at ${place.start}. ` +
        'Positions older than the retention cannot be resumed: restore the store, or start a new one.',
    );
    this.topic = place.topic;
    this.partition = place.partition;
    this.asked = place.asked;
    this.start = place.start;
  }
}

/** Reading beyond the end: the reader remembers records that this log does not have. */
export class AheadError extends Error {
  override readonly name = 'AheadError';
  constructor(place: { topic: string; partition: number; asked: number; end: number }) {
    super(
      `${place.topic}/${place.partition}: offset ${place.asked} was asked for, the log ends at ${place.end}. ` +
        'The log lost its newest records or is not the one that was read before: restore the store it belongs to.',
    );
  }
}

/** The log cannot take records now (disk full, broker away). Nothing of the call was acknowledged; try again. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/** A topic that nobody has created. */
export class UnknownTopicError extends Error {
  override readonly name = 'UnknownTopicError';
  constructor(topic: string) {
    super(`topic ${topic} does not exist: create it with createTopics first`);
  }
}

/** The log was closed, or another process owns its file. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';
}

/** 32-bit FNV-1a over UTF-8, as every driver computes it, so that all clients agree on a key’s partition. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    const unit = key.charCodeAt(index);
    if (unit > 0x7f) return hashOfBytes(Buffer.from(key, 'utf8')) % partitions;
    hash = Math.imul(hash ^ unit, 0x01000193);
  }
  return (hash >>> 0) % partitions;
}

function hashOfBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
