import { randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TOPICS } from '@foreshock/model/topics';
import { systemClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import type { TopicSpec } from '@foreshock/topic-log/contract';
import { type KafkaLog, openKafkaLog } from '@foreshock/topic-log/kafka/log';
import { startCluster } from '../../../deploy/kafka/cluster.ts';
import { KAFKA_VERSIONS } from '../../../deploy/kafka/plan.ts';
import { chooseProvider, thisMachine } from '../../../deploy/kafka/provider.ts';

/** The broker that a run measures on: one node of its own, or those of FORESHOCK_KAFKA. */
export interface Bed {
  readonly brokers: readonly string[];
  /** In words. */
  readonly about: string;
  /** Bytes of the segments of a topic on the broker’s disk; undefined where the broker is not ours to look into. */
  segmentBytes(clusterTopic: string): number | undefined;
  close(): Promise<void>;
}

export async function makeBed(tell: (line: string) => void): Promise<Bed> {
  const version = KAFKA_VERSIONS[0];
  const provider = chooseProvider(thisMachine(version), { own: false, plain: true });
  if (provider.kind === 'none') throw new Error(provider.reason);
  if (provider.kind === 'given')
    return {
      brokers: provider.brokers,
      about: `brokers ${provider.brokers.join()}`,
      segmentBytes: () => undefined,
      close: async () => undefined,
    };
  const cluster = await startCluster({ version, tell });
  return {
    brokers: cluster.brokers,
    about: `Apache Kafka ${version}, one node on the same machine`,
    segmentBytes:
      provider.kind === 'java' ? (topic) => bytesUnder(cluster.dataFolder, topic) : () => undefined,
    close: () => cluster.stop(),
  };
}

/** Segments of all partitions of a topic, wherever a node keeps them. */
function bytesUnder(folder: string, clusterTopic: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && entry.name.endsWith('.log') && partitionFolder(entry.parentPath, clusterTopic))
      bytes += statSync(join(entry.parentPath, entry.name)).size;
  return bytes;
}

const partitionFolder = (path: string, clusterTopic: string): boolean =>
  /^-\d+$/.test(path.slice(path.lastIndexOf('/') + 1).slice(clusterTopic.length)) &&
  path.slice(path.lastIndexOf('/') + 1).startsWith(clusterTopic);

/** A log under a prefix that nobody else uses. Whoever opens it closes it. */
export async function openBenchLog(
  bed: Bed,
  options: {
    readonly prefix?: string;
    readonly native?: 'require' | 'never' | 'prefer';
    /** Partitions of every topic that may have many; absent: the topics are there. */
    readonly partitions?: number;
  } = {},
): Promise<{ readonly log: KafkaLog; readonly prefix: string }> {
  const prefix = options.prefix ?? `bench-${randomUUID()}`;
  const log = await openKafkaLog({
    brokers: bed.brokers,
    prefix,
    native: options.native ?? 'prefer',
    clock: systemClock,
    logger: silentLogger,
  });
  if (options.partitions !== undefined) await log.createTopics(specs(options.partitions));
  return { log, prefix };
}

const specs = (partitions: number): TopicSpec[] =>
  Object.values(TOPICS).map(({ name, compacted, retentionMs, partitions: share }) => ({
    name,
    partitions: share === 'many' ? partitions : 1,
    compacted,
    retentionMs,
  }));
