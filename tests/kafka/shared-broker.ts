import type { TestProject } from 'vitest/node';
import { type Cluster, startCluster } from '../../deploy/kafka/cluster.ts';
import { KAFKA_VERSIONS, kafkaVersion } from '../../deploy/kafka/plan.ts';
import { chooseProvider, thisMachine } from '../../deploy/kafka/provider.ts';

/** What a run knows about Kafka. `startable`: true, or why tests cannot start clusters of their own. */
export type SharedKafka = { readonly startable: true | string } & (
  | { readonly brokers: readonly string[] }
  | { readonly reason: string }
);

declare module 'vitest' {
  interface ProvidedContext {
    kafka: SharedKafka;
  }
}

/**
 * Vitest runs this once, before the workers: one broker serves all test files, however many workers there are.
 * KAFKA_VERSION names another version than the newest.
 */
export default async function shareBroker(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const asked = process.env['KAFKA_VERSION'] || KAFKA_VERSIONS[0];
  const version = kafkaVersion(asked);
  if (!version) throw new Error(`KAFKA_VERSION is ${asked}; known are ${KAFKA_VERSIONS.join(', ')}`);
  const machine = thisMachine(version);
  const own = chooseProvider(machine, { own: true, plain: true });
  const startable = own.kind === 'none' ? own.reason : true;
  const provider = chooseProvider(machine, { own: false, plain: true });
  if (provider.kind === 'none') {
    project.provide('kafka', { reason: provider.reason, startable });
    return undefined;
  }
  if (provider.kind === 'given') {
    project.provide('kafka', { brokers: provider.brokers, startable });
    return undefined;
  }
  const cluster: Cluster = await startCluster({ version, tell: (line) => process.stderr.write(`${line}\n`) });
  project.provide('kafka', { brokers: cluster.brokers, startable });
  return () => cluster.stop();
}
