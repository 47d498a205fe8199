import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type RunningForeshock,
  removeFolder,
  startForeshock,
  temporaryFolder,
  writeConfig,
} from '../e2e/foreshock-process.ts';
import { storeFile } from '../e2e/open-log.ts';
import { livePastDays } from '../e2e/past-days.ts';
import { type Behaviour, type ReceiverServer, startReceiverServer } from '../fakes/receiver-server.ts';
import { seeded } from '../simulation/small-night.ts';
import { aheadFigures } from './ahead-figures.ts';
import { judgeKilled } from './killed-verdict.ts';
import { AHEAD_MS, calmDays, killedConfig, type Pushed, plannedPosts, SOURCE } from './pushed-posts.ts';

/** One trouble is pushed over the lives of several processes. */
const KILLS_PER_TROUBLE = 5;
/** What is still owed to the receiver when all is quiet comes within its back-off. */
const PATIENCE_MS = 60_000;

export interface KillReport {
  readonly acknowledged: number;
  readonly troubles: number;
  /** What was acknowledged, or had to be found or told, and was not. */
  readonly lost: readonly string[];
  /** Incidents, messages or counts that should not be. */
  readonly extra: readonly string[];
  /** From the start after a kill to ready, ms, ascending. */
  readonly readyMs: readonly number[];
}

/**
 * Kills the real process again and again while a driver pushes posts over HTTP and repeats what was not acknowledged,
 * and a receiver refuses some messages or cuts the connection after taking them. Two things are compared:
 *
 * - Watches whose troubles are posted as they happen: when exactly they are noticed depends on the wall clock; that
 *   they are noticed, each once, and told once, does not.
 * - A watch whose posts lie ahead of the clock: its minutes close after the last kill, so its figures must equal those
 *   of a store into which the same posts came undisturbed and in order.
 */
export async function killRuns(options: {
  readonly kills: number;
  readonly seed: number;
  readonly onKill?: (kills: number) => void;
}): Promise<KillReport> {
  const random = seeded(options.seed);
  const folder = temporaryFolder();
  const hook = await startReceiverServer();
  const troubles = Math.max(1, Math.ceil(options.kills / KILLS_PER_TROUBLE));
  const store = join(folder, 'killed.sqlite');
  const config = writeConfig(folder, killedConfig({ store, hook: hook.url, troubles }));
  const startedAt = Date.now();
  const posts = calmDays(troubles);
  const readyMs: number[] = [];
  const acknowledged: Pushed[] = [];
  let running: RunningForeshock | undefined;
  let over = false;

  async function drive(): Promise<void> {
    for (const planned of plannedPosts({ troubles, random, aheadFrom: startedAt + AHEAD_MS })) {
      const post = { ...planned, atMs: planned.atMs ?? Date.now() };
      while (!over && !(await push(running, post))) await delay(5);
      acknowledged.push(post);
    }
  }

  try {
    await livePastDays({ config, open: storeFile(store), source: SOURCE, now: startedAt, posts });
    const driving = drive();
    for (let kills = 1; kills <= options.kills; kills++) {
      hook.script(...disturbances(random));
      const starting = startForeshock(config);
      // Every fourth dies before it is ready.
      if (kills % 4 === 0) await delay(200 + random() * 800);
      else {
        running = await starting.ready;
        readyMs.push(running.readyMs);
        await delay(random() * 400);
      }
      await starting.kill();
      running = undefined;
      options.onKill?.(kills);
    }
    running = await startForeshock(config).ready;
    readyMs.push(running.readyMs);
    await driving;
    await untilTold(hook, troubles);
    await running.stop();

    const verdict = await judgeKilled({
      config,
      open: storeFile(store),
      troubles,
      acknowledged,
      hook,
      posts,
      startedAt,
    });
    const killed = await aheadFigures({ config, open: storeFile(store), startedAt });
    const calmStore = join(folder, 'undisturbed.sqlite');
    await livePastDays({ config, open: storeFile(calmStore), source: SOURCE, now: startedAt, posts });
    const undisturbed = await aheadFigures({
      config,
      open: storeFile(calmStore),
      startedAt,
      posts: acknowledged,
    });
    if (undisturbed.length === 0) throw new Error('the undisturbed run found nothing to compare with');
    return {
      acknowledged: acknowledged.length,
      troubles,
      lost: [...verdict.lost, ...undisturbed.filter((figures) => !killed.includes(figures))],
      extra: [...verdict.extra, ...killed.filter((figures) => !undisturbed.includes(figures))],
      readyMs: readyMs.sort((a, b) => a - b),
    };
  } finally {
    over = true;
    await running?.kill();
    await hook.close();
    removeFolder(folder);
  }
}

async function push(running: RunningForeshock | undefined, post: Pushed): Promise<boolean> {
  if (!running) return false;
  const { id, text, author, atMs } = post;
  try {
    const answer = await fetch(`${running.address}/ingest/${SOURCE}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, text, author, published: new Date(atMs).toISOString() }),
    });
    const report = (await answer.json()) as { accepted?: number };
    return answer.status === 202 && report.accepted === 1;
  } catch {
    return false;
  }
}

/** A few of the next messages are refused, or taken and then cut off. */
const disturbances = (random: () => number): Behaviour[] =>
  random() < 0.4 ? [random() < 0.5 ? { status: 503 } : 'reset'] : [];

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
