import { encodeJson, readJson } from '@foreshock/model/canonical-json';
import type { Config, IssuePack } from '@foreshock/model/config';
import type { Mention, MentionsRecord, SourceStatus } from '@foreshock/model/mention';
import { TOPICS, type TopicName } from '@foreshock/model/topics';
import { VirtualClock } from '@foreshock/runtime/clock';
import { type ConfigRevisions, openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics, type Metrics } from '@foreshock/runtime/metrics';
import { partitionOf, type TopicLog } from '@foreshock/topic-log/contract';
import { createMemoryLog } from '@foreshock/topic-log/memory';

export const START = Date.parse('2026-09-14T00:00:00Z');
export const MINUTE = 60_000;

export const STOCK: IssuePack = {
  id: 'stock',
  name: 'Stock',
  description: 'Nothing left',
  language: 'en',
  phrases: ['sold out'],
  examples: ['sold out'],
  counterExamples: ['in stock'],
};

export const configOf = (...watches: readonly string[]): Config => ({
  version: 1,
  lateness: '5m',
  sources: [{ name: 'till', kind: 'push' }],
  watches: watches.map((id) => ({ id, any: [id], page: { rarity: '1d', people: 5 } })),
});

/** A post as ingest writes it. */
export function mentionOf(over: Partial<Mention> & { minute: number }): Mention {
  const { minute, ...rest } = over;
  const eventTime = START + Math.round(minute * MINUTE);
  const at = new Date(eventTime).toISOString();
  const id = rest.id ?? `till:${minute}`;
  return {
    op: 'create',
    source: 'till',
    eventTime,
    id,
    v: 1,
    type: 'Note',
    access: 'public',
    nativeId: id.slice('till:'.length),
    published: at,
    publishedTrust: 'server',
    observed: at,
    content: 'about the orion',
    language: 'en',
    ingest: { connector: 'push', version: '1', replay: false },
    ...rest,
  };
}

export const statusOf = (minute: number): SourceStatus => ({
  op: 'status',
  source: 'till',
  eventTime: START + minute * MINUTE,
  v: 1,
  name: 'till',
  mode: 'pushed',
  state: 'connected',
  completeUpTo: START + minute * MINUTE,
});

/** A store in memory with every topic, and what a stage needs to run on it. */
export interface DetectorStore {
  readonly log: TopicLog;
  readonly clock: VirtualClock;
  readonly revisions: ConfigRevisions;
  readonly metrics: Metrics;
  readonly logger: typeof silentLogger;
  /** Appends to every partition what concerns all, and a mention to its own. */
  mention(...records: readonly MentionsRecord[]): Promise<void>;
  /** What stands in a topic, without what was deleted. */
  records<T>(topic: TopicName, partition?: number): Promise<{ key: string | null; value: T }[]>;
}

export async function openDetectorStore(partitions = 1): Promise<DetectorStore> {
  const clock = new VirtualClock(START);
  const log = createMemoryLog({ clock });
  await log.createTopics(
    Object.values(TOPICS).map(({ name, compacted, partitions: many }) => ({
      name,
      compacted,
      partitions: many === 'many' ? partitions : 1,
      retentionMs: null,
    })),
  );
  return {
    log,
    clock,
    revisions: await openConfigRevisions(log, clock),
    metrics: createMetrics(),
    logger: silentLogger,
    async mention(...records) {
      for (const record of records) {
        const value = encodeJson(record);
        const targets =
          'id' in record && record.op !== 'heartbeat'
            ? [{ key: record.id, partition: partitionOf(record.id, partitions), value }]
            : Array.from({ length: partitions }, (_, partition) => ({
                key: `@${record.op}/${record.eventTime}/${partition}`,
                partition,
                value,
              }));
        await log.append('mentions', targets);
      }
    },
    async records<T>(topic: TopicName, partition = 0) {
      const found: { key: string | null; value: T }[] = [];
      const { start } = await log.bounds(topic, partition);
      for await (const batch of log.scan(topic, partition, { from: start }))
        for (const { key, value } of batch.records)
          if (value) found.push({ key, value: readJson(value) as T });
      return found;
    },
  };
}
