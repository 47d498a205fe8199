import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokerCommand, formatCommand } from './commands.ts';
import { containerNode, containerOf, docker, networkOf, runCommand } from './container-node.ts';
import { jvmNode } from './jvm-node.ts';
import { boundedLog, type ClusterNode } from './node.ts';
import { type ClusterPlan, nodeProperties, propertiesText } from './plan.ts';

/** The nodes of one cluster, not started, in the order of their ids. */
export interface Nodes {
  readonly all: readonly ClusterNode[];
  /** Ends all of them and removes what held them together. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Prepares Java processes: writes their properties and formats their storage. */
export async function jvmNodes(
  plan: ClusterPlan,
  { java, lib, dataFolder }: { java: string; lib: string; dataFolder: string },
): Promise<Nodes> {
  const all = await Promise.all(
    plan.ports.map(async (_, index) => {
      const name = join(dataFolder, `node-${index + 1}`);
      const propertiesFile = `${name}.properties`;
      writeFileSync(propertiesFile, propertiesText(nodeProperties(plan, index + 1, name)));
      await format(java, formatCommand(plan, { lib, propertiesFile }));
      return jvmNode({ java, args: brokerCommand(plan, { lib, propertiesFile }), logFile: `${name}.log` });
    }),
  );
  return { all, end: (signal) => endAll(all, signal) };
}

/** Prepares containers in a network of their own. Their data goes with them. */
export function containerNodes(plain: ClusterPlan): Nodes {
  const name = randomBytes(4).toString('hex');
  const plan = { ...plain, hostOf: (node: number) => containerOf(name, node), bind: '0.0.0.0' };
  const all = plan.ports.map((ports, index) => {
    const node = index + 1;
    const properties = nodeProperties(plan, node, '/tmp/kafka-data');
    const run = runCommand({ clusterName: name, node, plan, ports, properties });
    return containerNode(containerOf(name, node), run);
  });
  docker('network', 'create', networkOf(name));
  return {
    all,
    end: async (signal) => {
      await endAll(all, signal);
      const names = all.map((_, index) => containerOf(name, index + 1));
      docker('rm', '--force', '--volumes', ...names);
      docker('network', 'rm', networkOf(name));
    },
  };
}

/** All at once: with its majority gone, the last of three would wait for a controller to hand over to. */
async function endAll(nodes: readonly ClusterNode[], signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  await Promise.all(nodes.map((node) => end(node, signal)));
}

/** Ends a node; where it was asked nicely and has not gone after 10 s, it is asked no longer. */
async function end(node: ClusterNode, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!node.running) return;
  // A frozen one could not answer.
  await node.thaw().catch(() => {});
  const late = setTimeout(() => void node.kill('SIGKILL').catch(() => {}), 10_000);
  await node.kill(signal).finally(() => clearTimeout(late));
}

async function format(java: string, args: readonly string[]): Promise<void> {
  const said = boundedLog();
  const tool = spawn(java, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 });
  tool.stdout.on('data', said.add);
  tool.stderr.on('data', said.add);
  const [code] = await once(tool, 'close');
  if (code !== 0) throw new Error(`Kafka could not format its storage:\n${said.text()}`);
}
