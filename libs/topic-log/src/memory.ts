import { setImmediate as turn } from 'node:timers/promises';
import { Arrivals } from './arrivals.ts';
import type { Clock } from './clock.ts';
import {
  type Bounds,
  ClosedError,
  type LogBatch,
  type LogRecord,
  type NewRecord,
  type TopicLog,
  type TopicSpec,
} from './contract.ts';
import { createGroups } from './membership/groups.ts';
import {
  checkErasable,
  checkPartition,
  checkPosition,
  checkSameTopic,
  placeRecord,
  unknownTopic,
} from './topic-checks.ts';

const BATCH_RECORDS_DEFAULT = 500;

export interface MemoryLog extends TopicLog {
  /** Applies retention and compaction now. Nothing is removed without it: a replay may read back all it wrote. */
  maintain(): Promise<void>;
}

interface Partition {
  /** By offset; compaction and erasing leave gaps. */
  records: LogRecord[];
  start: number;
  next: number;
  readonly arrivals: Arrivals;
}

interface Topic {
  spec: TopicSpec;
  readonly partitions: readonly Partition[];
}

/** A log that lives and dies with the process. Its only bound is what is appended: it is for tests and replays. */
export function createMemoryLog(options: { readonly clock: Pick<Clock, 'now'> }): MemoryLog {
  const topics = new Map<string, Topic>();
  const positions = new Map<string, Map<number, number>>();
  let closing: Promise<void> | undefined;
  let closed = false;

  const groups = createGroups({
    partitions: (topic) => find(topic).spec.partitions,
    source: (topic, partition) => ({
      read: (from, recordsMax) => read(topic, partition, { from, recordsMax }),
      onArrival: (wake) => place(topic, partition).arrivals.onNext(wake),
    }),
    notePositions: (group, topic, changed) => {
      const name = `${group}\u0000${topic}`;
      positions.set(name, new Map([...(positions.get(name) ?? []), ...changed]));
    },
  });

  function find(name: string): Topic {
    if (closed) throw new ClosedError('the log is closed');
    const topic = topics.get(name);
    if (!topic) throw unknownTopic(name);
    return topic;
  }

  function place(name: string, partition: number): Partition {
    const topic = find(name);
    checkPartition(topic.spec, partition);
    return topic.partitions[partition]!;
  }

  function read(
    topic: string,
    partition: number,
    range: { readonly from: number; readonly recordsMax: number; readonly to?: number },
  ): LogBatch {
    const { records, start, next } = place(topic, partition);
    checkPosition({ topic, partition, asked: range.from }, { start, end: next });
    const to = Math.min(range.to ?? next, next);
    const first = lowerBound(records, range.from);
    const last = Math.min(first + range.recordsMax, lowerBound(records, to));
    const whole = last >= records.length || records[last]!.offset >= to;
    return {
      topic,
      partition,
      records: records.slice(first, last),
      nextOffset: whole ? Math.max(to, range.from) : records[last - 1]!.offset + 1,
      endOffset: next,
    };
  }

  function appendNow(name: string, records: readonly NewRecord[]): { partition: number; offset: number }[] {
    const topic = find(name);
    const placed = records.map((record) => placeRecord(topic.spec, record));
    const appendedAt = options.clock.now();
    const results = records.map(({ key, value }, index) => {
      const partition = topic.partitions[placed[index]!]!;
      const offset = partition.next++;
      partition.records.push({ offset, key, value, appendedAt });
      return { partition: placed[index]!, offset };
    });
    for (const partition of new Set(placed)) topic.partitions[partition]!.arrivals.announce();
    return results;
  }

  return {
    driver: 'memory',
    async createTopics(specs) {
      if (closed) throw new ClosedError('the log is closed');
      for (const spec of specs) {
        const existing = topics.get(spec.name);
        if (existing) {
          checkSameTopic(existing.spec, spec);
          existing.spec = spec;
          continue;
        }
        const partitions = Array.from(
          { length: spec.partitions },
          (): Partition => ({ records: [], start: 0, next: 0, arrivals: new Arrivals() }),
        );
        topics.set(spec.name, { spec, partitions });
      }
    },
    partitions: async (topic) => find(topic).spec.partitions,
    append: async (topic, records) => appendNow(topic, records),
    async bounds(topic, partition): Promise<Bounds> {
      const { start, next } = place(topic, partition);
      return { start, end: next };
    },
    async *scan(topic, partition, range) {
      const { start, next } = place(topic, partition);
      checkPosition({ topic, partition, asked: range.from }, { start, end: next });
      const to = Math.min(range.to ?? next, next);
      let from = range.from;
      while (from < to && !range.signal?.aborted) {
        const batch = read(topic, partition, {
          from,
          to,
          recordsMax: range.batchRecordsMax ?? BATCH_RECORDS_DEFAULT,
        });
        from = batch.nextOffset;
        if (batch.records.length > 0) yield batch;
        await turn();
      }
    },
    async join(member) {
      find(member.topic);
      if (closing) throw new ClosedError('the log is closing');
      return groups.join(member);
    },
    async erase(name, keys) {
      const topic = find(name);
      checkErasable(topic.spec);
      const doomed = new Set(keys);
      const unseen = new Set(keys);
      const tombstones: NewRecord[] = [];
      for (const [index, partition] of topic.partitions.entries()) {
        const isDoomed = ({ key }: LogRecord) => key !== null && doomed.has(key);
        const found = partition.records.filter(isDoomed);
        partition.records = partition.records.filter((record) => !isDoomed(record));
        for (const key of new Set(found.map((record) => record.key!))) {
          tombstones.push({ key, value: null, partition: index });
          unseen.delete(key);
        }
      }
      appendNow(name, [...tombstones, ...[...unseen].map((key) => ({ key, value: null }))]);
    },
    async committed(group, topic) {
      find(topic);
      return new Map(positions.get(`${group}\u0000${topic}`));
    },
    async maintain() {
      for (const { spec, partitions } of topics.values()) {
        for (const partition of partitions) {
          if (spec.retentionMs !== null) expire(partition, options.clock.now() - spec.retentionMs);
          if (spec.compacted) compact(partition);
        }
      }
    },
    close() {
      closing ??= groups.stopAll().then(() => {
        closed = true;
      });
      return closing;
    },
  };
}

/** Drops the oldest records up to the first that is younger than `limit`. */
function expire(partition: Partition, limit: number): void {
  const kept = partition.records.findIndex((record) => record.appendedAt > limit);
  if (kept === 0) return;
  partition.start = kept === -1 ? partition.next : partition.records[kept]!.offset;
  partition.records = kept === -1 ? [] : partition.records.slice(kept);
}

function compact(partition: Partition): void {
  const newest = new Map(partition.records.map((record) => [record.key, record.offset]));
  partition.records = partition.records.filter((record) => newest.get(record.key) === record.offset);
}

/** Index of the first record at or beyond `offset`. */
function lowerBound(records: readonly LogRecord[], offset: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle]!.offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
