import { randomUUID } from 'node:crypto';
import type { LogBatch, LogRecord, NewRecord, TopicLog, TopicSpec } from '@foreshock/topic-log/contract';

/** A log under test and how to be rid of it. */
export interface Fixture {
  readonly log: TopicLog;
  /** The time the log stamps records with, now. */
  readonly now: () => number;
  readonly dispose: () => Promise<void>;
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

export function values(records: readonly LogRecord[]): (string | null)[] {
  return records.map(({ value }) => (value === null ? null : new TextDecoder().decode(value)));
}

export async function collect(batches: AsyncIterable<LogBatch>): Promise<LogBatch[]> {
  const collected: LogBatch[] = [];
  for await (const batch of batches) collected.push(batch);
  return collected;
}

/** Everything in a partition now. */
export async function readAll(log: TopicLog, topic: string, partition: number): Promise<LogRecord[]> {
  const { start } = await log.bounds(topic, partition);
  return (await collect(log.scan(topic, partition, { from: start }))).flatMap((batch) => batch.records);
}
