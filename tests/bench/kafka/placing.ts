import { type NewRecord, partitionOf, type TopicLog } from '@foreshock/topic-log/contract';
import type { Said } from '../mentions.ts';

const APPEND_RECORDS = 500;
/** Appends on their way at once while a topic is filled. */
const APPENDS_MAX = 8;

/** Every partition gets its part of a stream; a status goes into each of them. */
export function placed(said: readonly Said[], partitions: number): NewRecord[] {
  return said.flatMap(({ id, value }, index): NewRecord[] =>
    id === undefined
      ? Array.from({ length: partitions }, (_, partition) => ({ key: `@status/${index}`, partition, value }))
      : [{ key: id, partition: partitionOf(id, partitions), value }],
  );
}

/** Appends in order, some at a time. */
export async function fill(log: TopicLog, topic: string, records: readonly NewRecord[]): Promise<void> {
  const underWay = new Set<Promise<unknown>>();
  for (let from = 0; from < records.length; from += APPEND_RECORDS) {
    const appending = log.append(topic, records.slice(from, from + APPEND_RECORDS));
    underWay.add(appending);
    void appending.finally(() => underWay.delete(appending)).catch(() => undefined);
    if (underWay.size >= APPENDS_MAX) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}
