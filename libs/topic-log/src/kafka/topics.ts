import kafkajs, { type Admin } from 'kafkajs';
import type { TopicSpec } from '../contract.ts';
import { checkSameTopic } from '../topic-checks.ts';
import { RefusedError } from './faults.ts';
import { RECORD_BYTES_MAX } from './options.ts';

// Node finds only the first names that a CommonJS module exports; the rest are on its default.
const { ConfigResourceTypes } = kafkajs;

const HOUR_MS = 3_600_000;
/** Copies without which nothing is acknowledged: with three copies one broker may be away. */
const inSyncFor = (replication: number): number => (replication >= 3 ? 2 : 1);

/** The settings of a topic, as brokers name them. */
export function topicSettings(spec: TopicSpec, replication: number): Record<string, string> {
  const policies = [...(spec.compacted ? ['compact'] : []), ...(spec.retentionMs !== null ? ['delete'] : [])];
  return {
    'cleanup.policy': policies.join(',') || 'delete',
    'retention.ms': String(spec.retentionMs ?? -1),
    'retention.bytes': '-1',
    // Offsets and times of the log are what people and folds refer to; a client’s clock is not.
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': String(RECORD_BYTES_MAX),
    'min.insync.replicas': String(inSyncFor(replication)),
    'compression.type': 'producer',
    'unclean.leader.election.enable': 'false',
    ...(spec.compacted
      ? {
          // Erased text must leave within about a day, whatever else is written to its partition.
          'max.compaction.lag.ms': String(12 * HOUR_MS),
          'segment.ms': String(6 * HOUR_MS),
          'segment.bytes': String(64 * 1_048_576),
          'min.cleanable.dirty.ratio': '0.2',
        }
      : {}),
  };
}

/** Creates what is missing and gives what is there the settings it should have. */
export async function createTopics(options: {
  readonly admin: Admin;
  readonly specs: readonly TopicSpec[];
  readonly replication: number | undefined;
  readonly clusterName: (name: string) => string;
}): Promise<void> {
  const { admin, specs, clusterName } = options;
  const existing = new Set(await admin.listTopics());
  const missing = specs.filter(({ name }) => !existing.has(clusterName(name)));
  const present = specs.filter(({ name }) => existing.has(clusterName(name)));
  if (missing.length > 0) {
    const replication = options.replication ?? Math.min(3, (await admin.describeCluster()).brokers.length);
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((spec) => ({
        topic: clusterName(spec.name),
        numPartitions: spec.partitions,
        replicationFactor: replication,
        configEntries: Object.entries(topicSettings(spec, replication)).map(([name, value]) => ({
          name,
          value,
        })),
      })),
    });
  }
  // Another process may have created some between the question and the answer, with other numbers.
  if (specs.length > 0) await checkTopics({ ...options, specs });
  if (present.length > 0) await adjust({ ...options, specs: present });
}

async function checkTopics(options: {
  readonly admin: Admin;
  readonly specs: readonly TopicSpec[];
  readonly clusterName: (name: string) => string;
}): Promise<void> {
  const { specs, clusterName } = options;
  const { topics } = await options.admin.fetchTopicMetadata({
    topics: specs.map(({ name }) => clusterName(name)),
  });
  const partitionsOf = new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
  for (const spec of specs) {
    const partitions = partitionsOf.get(clusterName(spec.name));
    if (partitions === undefined)
      throw new RefusedError(`topic ${clusterName(spec.name)} could not be created`);
    checkSameTopic(
      { ...spec, name: clusterName(spec.name), partitions },
      { ...spec, name: clusterName(spec.name) },
    );
  }
}

/** Retention may have changed in the config since the topic was created. */
async function adjust(options: {
  readonly admin: Admin;
  readonly specs: readonly TopicSpec[];
  readonly clusterName: (name: string) => string;
}): Promise<void> {
  const { admin, specs, clusterName } = options;
  const names = ['cleanup.policy', 'retention.ms'];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: specs.map(({ name }) => ({
      type: ConfigResourceTypes.TOPIC,
      name: clusterName(name),
    })),
  });
  const changed = specs.flatMap((spec) => {
    const entries =
      resources.find(({ resourceName }) => resourceName === clusterName(spec.name))?.configEntries ?? [];
    const now = new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
    const wanted = topicSettings(spec, 1);
    if (names.every((name) => now.get(name) === wanted[name])) return [];
    // Altering replaces all that was set: what an operator set must be said again.
    const set = entries.filter(({ configSource }) => Number(configSource) === 1);
    const settings = new Map(set.map(({ configName, configValue }) => [configName, configValue]));
    for (const name of names) settings.set(name, wanted[name]!);
    return [
      {
        type: ConfigResourceTypes.TOPIC,
        name: clusterName(spec.name),
        configEntries: [...settings].map(([name, value]) => ({ name, value })),
      },
    ];
  });
  if (changed.length > 0) await admin.alterConfigs({ validateOnly: false, resources: changed });
}
