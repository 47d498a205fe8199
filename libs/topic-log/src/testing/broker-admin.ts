import { setTimeout as pause } from 'node:timers/promises';
import { Kafka } from 'kafkajs';
import { type ProbeTarget, probeConfig } from './broker-probe.ts';

/** What a test does to the topics of a cluster from outside, as an operator or time would. */
export interface BrokerAdmin {
  /** Moves the start of a partition to its end, as retention does. */
  expire(topic: string, partition: number): Promise<void>;
  /** Deletes a topic with all that is in it. Resolves when the cluster knows it no more. */
  remove(topic: string): Promise<void>;
  settingsOf(topic: string): Promise<ReadonlyMap<string, string>>;
  topics(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function connectAdmin(target: ProbeTarget): Promise<BrokerAdmin> {
  const admin = new Kafka({ ...probeConfig(target), retry: { retries: 5 } }).admin();
  await admin.connect();
  return {
    async expire(topic, partition) {
      // The admin looks for leaders only among the topics it has asked about.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: '-1' }] });
    },
    async remove(topic) {
      await admin.deleteTopics({ topics: [topic] });
      while ((await admin.listTopics()).includes(topic)) await pause(50);
    },
    async settingsOf(topic) {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: topic }],
      });
      return new Map(
        resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]),
      );
    },
    topics: () => admin.listTopics(),
    close: () => admin.disconnect(),
  };
}
