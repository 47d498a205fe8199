import { randomUUID } from 'node:crypto';
import {
  type LogBatch,
  type LogRecord,
  type Member,
  type NewRecord,
  type TopicLog,
  type TopicSpec,
  UnavailableError,
} from '@foreshock/topic-log/contract';

/** A log under test, and what a test may do to it from outside. */
export interface Fixture {
  readonly log: TopicLog;
  /** The time the log stamps records with, now. */
  readonly now: () => number;
  readonly dispose: () => Promise<void>;
  /** Makes everything that stands in partition 0 of this topic leave by retention. */
  readonly expire: (topic: string) => Promise<void>;
  /** Lets compaction do what it would do in time. */
  readonly compact?: () => Promise<void>;
}

/** A topic of its own for each test: logs are shared, and a broker may take its time to delete one. */
export async function createTopic(log: TopicLog, spec: Partial<TopicSpec> = {}): Promise<string> {
  const name = `case-${randomUUID()}`;
  await log.createTopics([{ partitions: 1, compacted: false, retentionMs: null, ...spec, name }]);
  return name;
}

export function text(key: string | null, value: string | null, partition?: number): NewRecord {
  const bytes = value === null ? null : new TextEncoder().encode(value);
  return partition === undefined ? { key, value: bytes } : { key, value: bytes, partition };
}

export function valueText(record: LogRecord): string | null {
  return record.value === null ? null : new TextDecoder().decode(record.value);
}

/** Values in order, without repeats: at-least-once leaves the first of each where it belongs. */
export function distinct(records: readonly LogRecord[]): (string | null)[] {
  return [...new Set(records.map(valueText))];
}

const ATTEMPTS_MAX = 50;

/** Appends until the log takes it, as every writer must. */
export async function put(log: TopicLog, topic: string, records: readonly NewRecord[]) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await log.append(topic, records);
    } catch (error) {
      if (!(error instanceof UnavailableError) || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

export async function collect(batches: AsyncIterable<LogBatch>): Promise<LogBatch[]> {
  const collected: LogBatch[] = [];
  for await (const batch of batches) collected.push(batch);
  return collected;
}

/** Everything in a partition now. */
export async function readAll(log: TopicLog, topic: string, partition = 0): Promise<LogRecord[]> {
  const { start } = await log.bounds(topic, partition);
  return (await collect(log.scan(topic, partition, { from: start }))).flatMap((batch) => batch.records);
}

/** A member that reads all it is given from the beginning and remembers it. */
export interface Follower {
  readonly member: Member;
  readonly batches: LogBatch[];
  /** Partitions it has now. */
  readonly owned: Set<number>;
  /** Resolves as soon as `holds()` is true; looked at after everything that happens to the member. */
  until(holds: () => boolean): Promise<void>;
  values(): (string | null)[];
}

export async function follow(
  log: TopicLog,
  topic: string,
  options: {
    readonly group?: string;
    readonly batchRecordsMax?: number;
    readonly onBatch?: (batch: LogBatch) => Promise<void>;
  } = {},
): Promise<Follower> {
  const batches: LogBatch[] = [];
  const owned = new Set<number>();
  let waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];
  const look = () => {
    for (const { holds, resolve } of waiting) if (holds()) resolve();
    waiting = waiting.filter(({ holds }) => !holds());
  };
  const member = await log.join({
    group: options.group ?? randomUUID(),
    topic,
    batchRecordsMax: options.batchRecordsMax,
    async onAssigned(partitions) {
      const positions = new Map<number, number>();
      for (const partition of partitions) {
        owned.add(partition);
        positions.set(partition, (await log.bounds(topic, partition)).start);
      }
      look();
      return positions;
    },
    async onBatch(batch) {
      await options.onBatch?.(batch);
      batches.push(batch);
      look();
    },
    async onRevoked(partitions) {
      for (const partition of partitions) owned.delete(partition);
      look();
    },
  });
  return {
    member,
    batches,
    owned,
    async until(holds) {
      if (holds()) return;
      const arrived = new Promise<void>((resolve) => waiting.push({ holds, resolve }));
      const stopped = member.stopped.then(() => {
        if (!holds()) throw new Error('the member stopped before what was waited for came true');
      });
      await Promise.race([arrived, stopped]);
    },
    values: () => distinct(batches.flatMap((batch) => batch.records)),
  };
}
