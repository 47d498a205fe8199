import { rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { countBrokers } from '@foreshock/topic-log/testing/broker-probe';
import { type Arguments, parseArguments, USAGE } from './arguments.ts';
import { checksums, fetchJars, lockFile, lockText, projectRoot } from './artifacts.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { chooseProvider, describeProvider, thisMachine } from './provider.ts';

/** `make kafka`: runs real Apache Kafka until it is interrupted, or says that the given brokers answer. */
async function main(args: readonly string[]): Promise<number> {
  const wish = parseArguments(args);
  if ('wrong' in wish) {
    process.stderr.write(`${wish.wrong}\n\n${USAGE}`);
    return 2;
  }
  if (wish.lock) return lock(wish);
  const provider = chooseProvider(thisMachine(wish.version), {
    own: false,
    plain: isPlain(wish),
  });
  if (provider.kind === 'none') {
    process.stderr.write(`${provider.reason}\n`);
    return 1;
  }
  if (provider.kind === 'given') return askGiven(provider.brokers);
  if (wish.check) {
    process.stdout.write(`Kafka ${wish.version} from ${describeProvider(provider)}\n`);
    return 0;
  }
  return run(wish);
}

async function askGiven(brokers: readonly string[]): Promise<number> {
  try {
    const found = await countBrokers({ brokers });
    process.stdout.write(`FORESHOCK_KAFKA answers: a cluster of ${found}, at ${brokers.join()}\n`);
    return 0;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`FORESHOCK_KAFKA names brokers that do not answer: ${reason}\n`);
    return 1;
  }
}

const LOOK_EVERY_MS = 500;

const isPlain = ({ security, dataFolder, keep }: Arguments) =>
  !security.sasl && !security.tls && !dataFolder && !keep;

async function run(wish: Arguments): Promise<number> {
  // Asked to end before it is up, it ends as soon as it is up: half a cluster is not left behind.
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const started = performance.now();
  const cluster = await startCluster({
    ...wish,
    orderly: true,
    tell: (line) => process.stderr.write(`${line}\n`),
  });
  try {
    process.stdout.write(describeCluster(cluster, wish, performance.now() - started));
    const died = await Promise.race([interrupted, firstDeath(cluster, wish.nodes)]);
    if (died !== undefined) {
      process.stderr.write(`node ${died} has ended by itself:\n${cluster.node(died).log().slice(-2_000)}\n`);
      return 1;
    }
    process.stdout.write('stopping\n');
  } finally {
    await cluster.stop();
  }
  return 0;
}

/** Resolves with the id of the first node that ends. */
async function firstDeath(cluster: Cluster, nodes: number): Promise<number> {
  const ids = Array.from({ length: nodes }, (_, index) => index + 1);
  for (;;) {
    const dead = ids.find((id) => !cluster.node(id).running);
    if (dead !== undefined) return dead;
    await setTimeout(LOOK_EVERY_MS);
  }
}

function describeCluster(cluster: Cluster, { nodes, keep, dataFolder }: Arguments, tookMs: number): string {
  const kept = keep || dataFolder !== undefined;
  const lines = [
    `Apache Kafka ${cluster.version}, ${nodes === 1 ? 'one node' : `${nodes} nodes`}, ready after ${(tookMs / 1_000).toFixed(1)} s`,
    `  brokers  ${cluster.brokers.join()}`,
    `  data     ${relative(process.cwd(), cluster.dataFolder) || '.'} (${kept ? 'stays' : 'is removed at the end'})`,
  ];
  if (cluster.users)
    for (const { username, password } of Object.values(cluster.users))
      lines.push(`  user     ${username}, password ${password} (SCRAM-SHA-256)`);
  if (cluster.authority)
    lines.push(`  trust    ${join(relative(process.cwd(), cluster.dataFolder), 'authority.pem')}`);
  const pids = Array.from({ length: nodes }, (_, index) => cluster.node(index + 1).pid);
  if (pids.every((pid) => pid !== undefined)) lines.push(`  pids     ${pids.join()}`);
  return `${lines.join('\n')}\nCtrl-C ends it.\n`;
}

/** For a new version: takes what Maven serves today for the truth. Look at the difference before it is committed. */
async function lock({ version }: Arguments): Promise<number> {
  const folder = await fetchJars(version);
  const sums = checksums(folder);
  rmSync(folder, { recursive: true });
  writeFileSync(lockFile(version), lockText(sums));
  process.stdout.write(`${sums.size} jars in ${relative(projectRoot, lockFile(version))}\n`);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
