import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';

/** How to reach brokers that were started for tests. */
export interface ProbeTarget {
  readonly brokers: readonly string[];
  readonly sasl?: { readonly username: string; readonly password: string };
  /** The certificate authority, as PEM text. */
  readonly authority?: string;
}

export function probeConfig({ brokers, sasl, authority }: ProbeTarget): KafkaConfig {
  return {
    brokers: [...brokers],
    clientId: 'foreshock-probe',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 0 },
    ...(authority === undefined ? {} : { ssl: { ca: [authority] } }),
    ...(sasl === undefined ? {} : { sasl: { mechanism: 'scram-sha-256', ...sasl } }),
  };
}

/** One try: how many brokers the cluster has, by its own account. Throws where none answers. */
export async function countBrokers(target: ProbeTarget): Promise<number> {
  const admin = new Kafka(probeConfig(target)).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length;
  } finally {
    await admin.disconnect();
  }
}

/** Creates a topic with a copy on each of `nodes` brokers and deletes it: the cluster has a working controller. */
async function createAndDelete(target: ProbeTarget, nodes: number): Promise<void> {
  const admin = new Kafka(probeConfig(target)).admin();
  const topic = `foreshock-probe-${process.pid}-${Date.now()}`;
  try {
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: 1, replicationFactor: nodes }],
    });
    await admin.deleteTopics({ topics: [topic] });
  } finally {
    await admin.disconnect();
  }
}

/** Creates a topic with one copy of each partition and waits until it can be written. */
export async function createTopic(
  target: ProbeTarget,
  { topic, partitions }: { readonly topic: string; readonly partitions: number },
): Promise<void> {
  const admin = new Kafka(probeConfig(target)).admin();
  try {
    await admin.connect();
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions }] });
  } finally {
    await admin.disconnect();
  }
}

/**
 * Resolves when every broker of `target` answers for itself, each knows of as many, and a topic can be created on all of
 * them; rejects with the last failure after `withinMs`, or as soon as `alive` says that waiting is in vain. Asking one
 * is not enough: for some seconds the others count a broker that was killed among the living.
 */
export async function brokersReady(
  target: ProbeTarget,
  options: { readonly withinMs: number; readonly alive?: () => void },
): Promise<void> {
  const nodes = target.brokers.length;
  const deadline = performance.now() + options.withinMs;
  for (;;) {
    options.alive?.();
    try {
      const counts = await Promise.all(
        target.brokers.map((broker) => countBrokers({ ...target, brokers: [broker] })),
      );
      const found = Math.min(...counts);
      if (found < nodes) throw new Error(`${found} of ${nodes} brokers are there`);
      return await createAndDelete(target, nodes);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(200);
    }
  }
}
