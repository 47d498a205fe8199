import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { brokersReady, type ProbeTarget } from '@foreshock/topic-log/testing/broker-probe';
import { kafkaLib, projectRoot } from './artifacts.ts';
import { makeCertificate } from './certificate.ts';
import { brokerCommand, formatCommand } from './commands.ts';
import { containerNode, containerOf, docker, networkOf, runCommand } from './container-node.ts';
import { jvmNode } from './jvm-node.ts';
import { boundedLog, type ClusterNode } from './node.ts';
import {
  bootstrapOf,
  type ClusterPlan,
  type ClusterSecurity,
  KAFKA_VERSIONS,
  type KafkaVersion,
  NO_SECURITY,
  type NodePorts,
  nodeProperties,
  propertiesText,
  USERS,
} from './plan.ts';
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
  /** Resolves when all nodes that were started answer and a topic can be created on them. */
  ready(): Promise<void>;
  /** Ends every node in order and removes the throwaway data. Idempotent. */
  stop(): Promise<void>;
}

/** Ports that were free a moment ago. All are held until all are known, so that none is given twice. */
export async function freePorts(nodes: number): Promise<NodePorts[]> {
  const held = await Promise.all(
    Array.from(
      { length: nodes * 3 },
      () =>
        new Promise<{ port: number; close: () => Promise<void> }>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            if (address === null || typeof address === 'string') throw new Error('no port');
            resolve({
              port: address.port,
              close: () => new Promise((closed) => void server.close(() => closed())),
            });
          });
        }),
    ),
  );
  await Promise.all(held.map(({ close }) => close()));
  return Array.from({ length: nodes }, (_, index) => {
    const [client, internal, controller] = held.slice(index * 3, index * 3 + 3).map(({ port }) => port);
    return { client: client!, internal: internal!, controller: controller! };
  });
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
  const tell = options.tell ?? (() => {});
  const provider = chooseProvider(thisMachine(version), { own: true, security });
  if (provider.kind === 'none') throw new Error(provider.reason);
  // The programs first: a fetch that fails should leave no folder behind.
  const lib = provider.kind === 'java' ? await kafkaLib(version, tell) : '';
  const dataFolder = options.dataFolder ?? throwawayFolder();
  mkdirSync(dataFolder, { recursive: true });
  const folderOf = (node: number) => join(dataFolder, `node-${node}`);
  const ports = options.ports ?? (await freePorts(count));
  const name = randomBytes(4).toString('hex');
  const inContainers = provider.kind === 'docker';
  const plan: ClusterPlan = {
    version,
    clusterId: clusterIdIn(folderOf(1)) ?? newClusterId(),
    ports,
    security,
    ...(security.tls ? { certificate: makeCertificate(dataFolder) } : {}),
    ...(inContainers ? { hostOf: (node) => containerOf(name, node), bind: '0.0.0.0' } : {}),
    ...(options.properties ? { properties: options.properties } : {}),
  };
  const ids = ports.map((_, index) => index + 1);
  const nodes =
    provider.kind === 'java'
      ? await Promise.all(
          ids.map(async (id) => {
            const propertiesFile = join(dataFolder, `node-${id}.properties`);
            writeFileSync(propertiesFile, propertiesText(nodeProperties(plan, id, folderOf(id))));
            await format(provider.java, formatCommand(plan, { lib, propertiesFile }));
            return jvmNode({
              java: provider.java,
              args: brokerCommand(plan, { lib, propertiesFile }),
              logFile: join(dataFolder, `node-${id}.log`),
            });
          }),
        )
      : ids.map((id) => {
          const properties = nodeProperties(plan, id, '/tmp/kafka-data');
          const run = runCommand({ clusterName: name, node: id, plan, ports: ports[id - 1]!, properties });
          return containerNode(containerOf(name, id), run);
        });
  if (inContainers) docker('network', 'create', networkOf(name));

  const authority = plan.certificate ? readFileSync(plan.certificate.authority, 'utf8') : undefined;
  const target: ProbeTarget = {
    brokers: bootstrapOf(ports),
    ...(security.sasl ? { sasl: USERS.foreshock } : {}),
    ...(authority === undefined ? {} : { authority }),
  };
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    // All at once: with its majority gone, the last of three would wait for a controller to hand over to.
    await Promise.all(nodes.map((node) => end(node)));
    if (inContainers) {
      for (const id of ids) docker('rm', '--force', '--volumes', containerOf(name, id));
      docker('network', 'rm', networkOf(name));
    }
    if (!options.dataFolder && !options.keep) rmSync(dataFolder, { recursive: true, force: true });
  };
  const mustRun = (expected: readonly number[]) => {
    const down = expected.filter((id) => !nodes[id - 1]!.running);
    if (down.length === 0) return;
    const logs = down.map((id) => `Kafka node ${id} ended:\n${nodes[id - 1]!.log()}`);
    throw new Error(logs.join('\n'));
  };
  const cluster: Cluster = {
    version,
    brokers: target.brokers,
    dataFolder,
    ...(security.sasl ? { users: USERS } : {}),
    ...(authority === undefined ? {} : { authority }),
    node: (id) => {
      const node = nodes[id - 1];
      if (!node) throw new Error(`there is no node ${id}`);
      return node;
    },
    ready: () => {
      const up = ids.filter((id) => nodes[id - 1]!.running);
      const brokers = up.map((id) => target.brokers[id - 1]!);
      return brokersReady({ ...target, brokers }, { withinMs: 120_000, alive: () => mustRun(up) });
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
  try {
    await Promise.all(nodes.map((node) => node.start()));
    mustRun(ids);
    await cluster.ready();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

/** Asks a node to go, and after 10 s no longer asks: a frozen one cannot answer, and nobody reads this data again. */
async function end(node: ClusterNode): Promise<void> {
  if (!node.running) return;
  await node.thaw().catch(() => {});
  const late = setTimeout(() => void node.kill('SIGKILL').catch(() => {}), 10_000);
  await node.kill('SIGTERM').finally(() => clearTimeout(late));
}

function throwawayFolder(): string {
  const parent = join(projectRoot, '.cache/kafka/data');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, 'cluster-'));
}

async function format(java: string, args: readonly string[]): Promise<void> {
  const said = boundedLog();
  const tool = spawn(java, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 });
  tool.stdout.on('data', said.add);
  tool.stderr.on('data', said.add);
  const [code] = await once(tool, 'close');
  if (code !== 0) throw new Error(`Kafka could not format its storage:\n${said.text()}`);
}
