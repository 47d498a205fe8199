import { setTimeout as pause } from 'node:timers/promises';
import { Kafka } from 'kafkajs';
import { type ProbeTarget, probeConfig } from './broker-probe.ts';

/** Moves the leaders of topics from broker to broker, as an operator does who empties one. */
export interface TopicMover {
  /** Takes every partition from the broker that leads it; when another leads, that one gets its copy back. */
  moveLeaders(): Promise<void>;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 100;

export async function connectMover(
  target: ProbeTarget,
  options: { readonly topics: readonly string[] },
): Promise<TopicMover> {
  const admin = new Kafka({ ...probeConfig(target), retry: { retries: 8 } }).admin();
  await admin.connect();

  async function layout() {
    const { topics } = await admin.fetchTopicMetadata({ topics: [...options.topics] });
    return topics.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.map(({ partitionId, leader, replicas }) => ({ partitionId, leader, replicas })),
    }));
  }

  async function assign(of: (partition: { leader: number; replicas: number[] }) => number[]): Promise<void> {
    await admin.alterPartitionReassignments({
      topics: (await layout()).map(({ topic, partitions }) => ({
        topic,
        partitionAssignment: partitions.map((partition) => ({
          partition: partition.partitionId,
          replicas: of(partition),
        })),
      })),
    });
    while ((await admin.listPartitionReassignments({})).topics.length > 0) await pause(LOOK_EVERY_MS);
  }

  return {
    async moveLeaders() {
      await assign(({ leader, replicas }) =>
        replicas.length > 1 ? replicas.filter((replica) => replica !== leader) : replicas,
      );
      const brokers = (await admin.describeCluster()).brokers.map(({ nodeId }) => nodeId);
      await assign(({ replicas }) => [
        ...replicas,
        ...brokers.filter((broker) => !replicas.includes(broker)),
      ]);
    },
    close: () => admin.disconnect(),
  };
}
