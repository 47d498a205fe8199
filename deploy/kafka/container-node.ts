import { spawnSync } from 'node:child_process';
import { environmentOf } from './commands.ts';
import type { ClusterNode } from './node.ts';
import type { ClusterPlan, NodePorts } from './plan.ts';

/** The ordinary network of a cluster of containers, and the names by which the nodes find each other in it. */
export const networkOf = (clusterName: string): string => `foreshock-kafka-${clusterName}`;
export const containerOf = (clusterName: string, node: number): string =>
  `foreshock-kafka-${clusterName}-${node}`;

/**
 * `docker run` for one node. Follows what the image `apache/kafka` documents: properties come as KAFKA_… variables,
 * CLUSTER_ID formats the storage. Clients come in by a port that is published on loopback under its own number.
 */
export function runCommand(options: {
  readonly clusterName: string;
  readonly node: number;
  readonly plan: ClusterPlan;
  readonly ports: NodePorts;
  readonly properties: ReadonlyMap<string, string>;
}): string[] {
  const { clusterName, node, plan, ports } = options;
  const environment = [['CLUSTER_ID', plan.clusterId], ...environmentOf(options.properties)] as const;
  return [
    ...['run', '--detach', '--name', containerOf(clusterName, node)],
    ...['--network', networkOf(clusterName), '--publish', `127.0.0.1:${ports.client}:${ports.client}`],
    ...environment.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    `apache/kafka:${plan.version}`,
  ];
}

/** Runs docker to its end; throws with what it said. */
export function docker(...args: readonly string[]): string {
  const ran = spawnSync('docker', args, { encoding: 'utf8', timeout: 300_000 });
  if (ran.status === 0) return ran.stdout;
  throw new Error(`docker ${args[0]}: ${ran.stderr || (ran.error?.message ?? `exited with ${ran.status}`)}`);
}

/** A broker in a container. The first start creates it, the later ones wake it with its data. */
export function containerNode(name: string, run: readonly string[]): ClusterNode {
  let created = false;
  let running = false;
  return {
    pid: undefined,
    get running() {
      return running;
    },
    log: () => docker('logs', '--tail', '200', name),
    start: async () => {
      if (created) docker('start', name);
      else docker(...run);
      created = true;
      running = true;
    },
    kill: async (signal = 'SIGTERM') => {
      if (!running) return;
      docker('kill', '--signal', signal, name);
      docker('wait', name);
      running = false;
    },
    freeze: async () => void docker('pause', name),
    thaw: async () => void docker('unpause', name),
  };
}
