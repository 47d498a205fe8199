import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { connectMover } from '@foreshock/topic-log/testing/topic-mover';
import type { NodePorts } from '../../deploy/kafka/plan.ts';
import type { Role } from '../../services/cli/src/pipeline/roles.ts';
import { aheadFigures } from '../crash/ahead-figures.ts';
import { judgeKilled, openKilled } from '../crash/killed-verdict.ts';
import { AHEAD_MS, calmDays, killedConfig, SOURCE } from '../crash/pushed-posts.ts';
import { removeFolder, temporaryFolder, writeConfig } from '../e2e/foreshock-process.ts';
import { kafkaLog, storeFile } from '../e2e/open-log.ts';
import { livePastDays } from '../e2e/past-days.ts';
import { type ReceiverServer, startReceiverServer } from '../fakes/receiver-server.ts';
import type { Cluster } from '../kafka/cluster.ts';
import { seeded } from '../simulation/small-night.ts';
import { type Delays, delaysIn } from './delays.ts';
import { type FaultName, inflict } from './faults.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { startLoad } from './load.ts';

const SESSION_MS = 3_000;
const PARTITIONS = 3;
/** Talk and complaints of one trouble: ten posts a complaint. */
const POSTS_PER_TROUBLE = 120;
/** What is still owed when all is quiet comes within the back-off of the log and of the receivers. */
const PATIENCE_MS = 120_000;
/** Two of each that can stand in for one another. */
const ROLES: readonly Role[] = [
  'ingest',
  'ingest',
  'detector',
  'detector',
  'alerter',
  'alerter',
  'dashboard',
];

export interface ChaosOptions {
  /** Three nodes, ours to torment. */
  readonly cluster: Cluster;
  /** Of its nodes; needed where the way to one is to be cut. */
  readonly ports?: readonly NodePorts[];
  readonly faults: readonly FaultName[];
  readonly seed: number;
  /** So many faults are waited for until all is well again; of those that follow, half come on top of one another. */
  readonly settled: number;
  readonly troubles: number;
  readonly perSecond: number;
  /** For the processes: a guard can be taken out of them. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onEnd?: (title: string, said: string) => void;
  readonly tell?: (line: string) => void;
}

export interface ChaosReport {
  readonly acknowledged: number;
  readonly refusals: number;
  readonly lost: readonly string[];
  readonly extra: readonly string[];
  /** For each fault: how long a post that was offered from then on had to wait for its match, at worst. */
  readonly recoveries: readonly { readonly fault: FaultName; readonly ms: number }[];
  readonly delays: Delays;
  /** Messages that came once more under their key. */
  readonly messagesRepeated: number;
  readonly readyMs: readonly number[];
  readonly drains: Fleet['drains'];
  readonly endedThemselves: readonly string[];
}

/**
 * Two or more processes of each role over three brokers, posts from several hands, and one fault after the other. In
 * the end what was noticed and told is held against what was acknowledged, and the figures of a watch whose minutes
 * close after the last fault against those of one process over a file that nobody disturbed.
 */
export async function chaosRun(options: ChaosOptions): Promise<ChaosReport> {
  const { cluster, troubles } = options;
  const random = seeded(options.seed);
  const tell = options.tell ?? (() => undefined);
  const folder = temporaryFolder();
  const hook = await startReceiverServer();
  const prefix = `chaos-${randomUUID()}`;
  const config = writeConfig(folder, {
    ...killedConfig({
      hook: hook.url,
      troubles,
      partitions: PARTITIONS,
      kafka: { brokers: [...cluster.brokers], prefix, sessionTimeout: `${SESSION_MS / 1_000}s` },
    }),
    http: { publicUrl: 'http://127.0.0.1:1' },
  });
  const startedAt = Date.now();
  const posts = calmDays(troubles);
  const past = { config, source: SOURCE, now: startedAt, posts };
  await livePastDays({ ...past, open: kafkaLog });
  const fleet = startFleet({
    config,
    ...(options.env ? { env: options.env } : {}),
    ...(options.onEnd ? { onEnd: options.onEnd } : {}),
  });
  const mover = await connectMover(
    { brokers: cluster.brokers },
    { topics: ['mentions', 'matches', 'signals', 'notices'].map((topic) => `${prefix}.${topic}`) },
  );
  try {
    for (const role of ROLES) fleet.start(role);
    await fleet.ready();
    tell('all processes are ready');
    const load = startLoad({
      fleet,
      troubles,
      random,
      aheadFrom: startedAt + AHEAD_MS,
      perSecond: options.perSecond,
    });
    const inflicted: { fault: FaultName; at: number }[] = [];
    try {
      for (const fault of options.faults) {
        await delay(1_000 + random() * 2_000);
        if (random() < 0.4) hook.script(random() < 0.5 ? { status: 503 } : 'reset');
        inflicted.push({ fault, at: Date.now() });
        await inflict(fault, { ...options, fleet, mover, random, sessionMs: SESSION_MS });
        if (inflicted.length <= options.settled || random() < 0.5) await untilFolded(fleet);
        tell(`${fault}: ${Date.now() - inflicted.at(-1)!.at} ms, ${load.acknowledged.length} posts so far`);
      }
      const underLoad = load.acknowledged.length;
      load.hurry();
      await fleet.ready();
      tell('all processes are ready again');
      await load.done;
      if (underLoad === load.acknowledged.length) tell('the load ended before the faults did');
      tell(`all ${load.acknowledged.length} posts are acknowledged`);
    } finally {
      await load.stop();
    }
    await untilTold(hook, troubles);
    await untilFolded(fleet);
    tell(`all is told and folded: ${hook.received.length} messages`);
    for (const role of new Set(ROLES)) await Promise.all(fleet.of(role).map((ship) => fleet.drain(ship)));

    tell('all processes have stopped');
    const { acknowledged } = load;
    const verdict = await judgeKilled({
      config,
      open: kafkaLog,
      troubles,
      acknowledged,
      hook,
      posts,
      startedAt,
    });
    const { log } = await openKilled({ config, open: kafkaLog });
    const delays = await delaysIn(log, load.offeredAt);
    await log.close();
    const disturbed = await aheadFigures({ config, open: kafkaLog, startedAt });
    const calm = storeFile(`${folder}/undisturbed.sqlite`);
    await livePastDays({ ...past, open: calm });
    const undisturbed = await aheadFigures({ config, open: calm, startedAt, posts: acknowledged });
    if (undisturbed.length === 0) throw new Error('the undisturbed run found nothing to compare with');
    return {
      acknowledged: acknowledged.length,
      refusals: load.refusals,
      lost: [...verdict.lost, ...undisturbed.filter((figures) => !disturbed.includes(figures))],
      extra: [...verdict.extra, ...disturbed.filter((figures) => !undisturbed.includes(figures))],
      recoveries: recoveriesOf(inflicted, load.offeredAt, delays),
      delays,
      messagesRepeated: hook.received.length - new Set(hook.received.map(keyOf)).size,
      readyMs: [...fleet.readyMs].sort((a, b) => a - b),
      drains: fleet.drains,
      endedThemselves: fleet.endedThemselves,
    };
  } finally {
    await fleet.scuttle();
    await mover.close();
    await hook.close();
    removeFolder(folder);
  }
}

/** How many troubles fit into so many seconds. */
export const troublesIn = (seconds: number, perSecond: number): number =>
  Math.max(1, Math.round((seconds * perSecond) / POSTS_PER_TROUBLE));

const keyOf = ({ headers }: ReceiverServer['received'][number]): string | undefined =>
  headers.get('webhook-id');

async function untilTold(hook: ReceiverServer, troubles: number): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  const told = () =>
    new Set(
      hook.received.flatMap(
        ({ body }) => /"type":"incident.opened".*?"id":"(live-[^"]+)"/.exec(body)?.[1] ?? [],
      ),
    );
  while (told().size < troubles && Date.now() < until) await delay(50);
  // A message that was cut off is sent once more.
  await delay(3_000);
}

/** Until all are ready and nobody lags, some looks in a row. What is not folded by then is judged as it is. */
async function untilFolded(fleet: Fleet): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (let calm = 0; calm < 3 && Date.now() < until; await delay(300)) {
    await fleet.ready();
    const lags = await Promise.all(
      fleet.of('detector').map(async ({ running }) => {
        if (!running) return 1;
        const text = await fetch(`${running.address}/metrics`, { signal: AbortSignal.timeout(5_000) }).then(
          (answer) => answer.text(),
          () => 'foreshock_consumer_lag_messages{} 1',
        );
        const rows = text.split('\n').filter((row) => row.startsWith('foreshock_consumer_lag_messages{'));
        return rows.reduce((sum, row) => sum + Number(row.split(' ').at(-1)), 0);
      }),
    );
    calm = lags.every((lag) => lag === 0) ? calm + 1 : 0;
  }
}

function recoveriesOf(
  inflicted: readonly { fault: FaultName; at: number }[],
  offeredAt: ReadonlyMap<string, number>,
  { noticedMs }: Delays,
): ChaosReport['recoveries'] {
  return inflicted.map(({ fault, at }, index) => {
    const until = inflicted[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    let ms = 0;
    for (const [id, offered] of offeredAt)
      if (offered >= at && offered < until) ms = Math.max(ms, noticedMs.get(id) ?? 0);
    return { fault, ms };
  });
}
