import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { brokersReady } from '@foreshock/topic-log/testing/broker-probe';
import { kafkaLib, projectRoot } from './artifacts.ts';
import { makeCertificate } from './certificate.ts';
import type { ClusterNode } from './node.ts';
import { containerNodes, jvmNodes, type Nodes } from './nodes.ts';
import {
  bootstrapOf,
  type ClusterPlan,
  type ClusterSecurity,
  KAFKA_VERSIONS,
  type KafkaVersion,
  NO_SECURITY,
  type NodePorts,
  USERS,
} from './plan.ts';
import { checkFree, freePorts } from './ports.ts';
import { chooseProvider, thisMachine } from './provider.ts';

export interface ClusterOptions {
  readonly nodes?: 1 | 3;
  readonly version?: KafkaVersion;
  readonly security?: Partial<ClusterSecurity>;
  /** Absent: free ones. */
  readonly ports?: readonly NodePorts[];
  /** Where the nodes keep their data, and find it again. Absent: a new folder that `stop` removes. */
  readonly dataFolder?: string;
  /** `stop` leaves the new folder too. */
  readonly keep?: boolean;
  /** `stop` lets the nodes hand over and close their files. Default: where the data stays; it takes 6 s for three. */
  readonly orderly?: boolean;
  /** Broker properties on top of the plan’s. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly tell?: (line: string) => void;
}

export interface Cluster {
  readonly version: KafkaVersion;
  /** What clients are given. */
  readonly brokers: readonly string[];
  readonly dataFolder: string;
  /** What a client needs besides the addresses: `foreshock` may do everything, `stranger` nothing. */
  readonly users?: typeof USERS;
  /** PEM text of who signed the certificates of the brokers. */
  readonly authority?: string;
  /** Counted from 1, as Kafka’s node ids here. */
  node(id: number): ClusterNode;
  /** Resolves when all nodes that run now answer and a topic can be created on them. Throws when one ends meanwhile. */
  ready(expected?: number): Promise<void>;
  /** Ends every node in order and removes the throwaway data. Idempotent. */
  stop(): Promise<void>;
}

/** 16 random bytes as Kafka writes them; the tool that reads it from a command line must not take it for an option. */
export function newClusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

/** The id that data of an earlier run carries. */
function clusterIdIn(nodeFolder: string): string | undefined {
  const file = join(nodeFolder, 'meta.properties');
  if (!existsSync(file)) return undefined;
  return /^cluster\.id=(.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.trim();
}

/** Starts real Apache Kafka and resolves when it works. Throws with the reason where this machine cannot. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const count = options.nodes ?? 1;
  const version = options.version ?? KAFKA_VERSIONS[0];
  const security = { ...NO_SECURITY, ...options.security };
  const throwaway = !options.dataFolder && !options.keep;
  const provider = chooseProvider(thisMachine(version), {
    own: true,
    plain: throwaway && !security.sasl && !security.tls,
  });
  if (provider.kind !== 'java' && provider.kind !== 'docker')
    throw new Error(provider.kind === 'none' ? provider.reason : 'given brokers cannot be started');
  // The programs first: a fetch that fails should leave no folder behind.
  const lib = provider.kind === 'java' ? await kafkaLib(version, options.tell ?? (() => {})) : '';
  if (options.ports) await checkFree(options.ports);
  const ports = options.ports ?? (await freePorts(count));
  const dataFolder = options.dataFolder ?? throwawayFolder();
  mkdirSync(dataFolder, { recursive: true });
  let nodes: Nodes | undefined;
  const release = async () => {
    await nodes?.end((options.orderly ?? !throwaway) ? 'SIGTERM' : 'SIGKILL');
    if (throwaway) rmSync(dataFolder, { recursive: true, force: true });
  };
  try {
    const plan: ClusterPlan = {
      version,
      clusterId: clusterIdIn(join(dataFolder, 'node-1')) ?? newClusterId(),
      ports,
      security,
      ...(security.tls ? { certificate: makeCertificate(dataFolder) } : {}),
      ...(options.properties ? { properties: options.properties } : {}),
    };
    nodes =
      provider.kind === 'java'
        ? await jvmNodes(plan, { java: provider.java, lib, dataFolder })
        : containerNodes(plan);
    const cluster = clusterOf(plan, nodes.all, { dataFolder, release });
    await Promise.all(nodes.all.map((node) => node.start()));
    await cluster.ready(count);
    return cluster;
  } catch (error) {
    await release();
    throw error;
  }
}

function clusterOf(
  plan: ClusterPlan,
  nodes: readonly ClusterNode[],
  { dataFolder, release }: { dataFolder: string; release: () => Promise<void> },
): Cluster {
  const brokers = bootstrapOf(plan.ports);
  const users = plan.security.sasl ? USERS : undefined;
  const authority = plan.certificate ? readFileSync(plan.certificate.authority, 'utf8') : undefined;
  const isUp = (_: unknown, index: number) => nodes[index]!.running;
  let stopping: Promise<void> | undefined;
  return {
    version: plan.version,
    brokers,
    dataFolder,
    ...(users ? { users } : {}),
    ...(authority === undefined ? {} : { authority }),
    node: (id) => {
      const node = nodes[id - 1];
      if (!node) throw new Error(`there is no node ${id}`);
      return node;
    },
    ready: (expected = nodes.filter(isUp).length) =>
      brokersReady(
        {
          brokers: brokers.filter(isUp),
          ...(users ? { sasl: users.foreshock } : {}),
          ...(authority === undefined ? {} : { authority }),
        },
        { withinMs: 120_000, alive: () => mustRun(nodes, expected) },
      ),
    stop: () => {
      stopping ??= release();
      return stopping;
    },
  };
}

/** Waiting for a node that has ended is in vain; it said why. */
function mustRun(nodes: readonly ClusterNode[], expected: number): void {
  const down = nodes.filter(({ running }) => !running);
  if (nodes.length - down.length >= expected) return;
  throw new Error(`a Kafka node ended:\n${down.map(({ log }) => log()).join('\n')}`);
}

function throwawayFolder(): string {
  const parent = join(projectRoot, '.cache/kafka/data');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, 'cluster-'));
}
