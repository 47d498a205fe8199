import { inject } from 'vitest';

/** Real Kafka for tests: clusters of their own (which may be tormented), and the broker that all share. */
export {
  type Cluster,
  type ClusterOptions,
  startCluster,
} from '../../deploy/kafka/cluster.ts';
export type { ClusterNode } from '../../deploy/kafka/node.ts';
export { KAFKA_VERSIONS, type KafkaVersion } from '../../deploy/kafka/plan.ts';

/**
 * The brokers that every Kafka test of this run shares: one node, or the cluster that FORESHOCK_KAFKA names. Tests use
 * topics and groups with names of their own, and leave the brokers alone.
 */
export function sharedBrokers(): readonly string[] {
  const shared = inject('kafka');
  if (!('brokers' in shared)) throw new Error(`no brokers: ${shared.reason}`);
  return shared.brokers;
}
