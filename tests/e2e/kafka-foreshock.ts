import { randomUUID } from 'node:crypto';
import type { Config } from '@foreshock/model/config';
import { systemClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import { type KafkaLog, openKafkaLog } from '@foreshock/topic-log/kafka/log';
import type { Role } from '../../services/cli/src/pipeline/roles.ts';
import { type ReceiverServer, startReceiverServer } from '../fakes/receiver-server.ts';
import {
  type RunningForeshock,
  removeFolder,
  type StartingForeshock,
  startForeshock,
  temporaryFolder,
  writeConfig,
} from './foreshock-process.ts';
import { kafkaLog } from './open-log.ts';
import { livePastDays, type PastPost } from './past-days.ts';

const HOUR_MS = 3_600_000;
/** A killed owner is missed after this; the broker of the tests allows one second and more. */
export const SESSION_MS = 3_000;

/** An installation over a cluster: its config, its receiver, and the processes that a test starts of it. */
export interface KafkaForeshock {
  readonly folder: string;
  /** The file. */
  readonly config: string;
  readonly settings: Config;
  readonly prefix: string;
  readonly hook: ReceiverServer;
  start(...roles: readonly Role[]): StartingForeshock;
  /** As `start`, once it is ready. */
  run(...roles: readonly Role[]): Promise<RunningForeshock>;
  /** The log itself, to look into. Closed with the rest. */
  log(): Promise<KafkaLog>;
  close(): Promise<void>;
}

/** What was said of `orion` in the days before: a post an hour, and no complaint. */
export const hourlyPosts = (fromMs: number, toMs: number): PastPost[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / HOUR_MS) }, (_, hour) => ({
    id: `past-${hour}`,
    atMs: fromMs + hour * HOUR_MS,
    text: `the orion of hour ${hour} looks nice`,
    author: `past-${hour}`,
  }));

/** The config of an installation that listens for `orion`; without `kafka`, of one that has a file. */
export const orionConfig = (hook: string): Config => ({
  version: 1,
  lateness: '90m',
  sources: [{ name: 'till', kind: 'push' }],
  watches: [{ id: 'orion', any: ['orion'], page: { rarity: '1d', people: 5 } }],
  http: { publicUrl: 'http://127.0.0.1:1' },
  receivers: [
    { id: 'hook', kind: 'webhook', url: hook, secret: { env: 'HOOK_SECRET' }, allowPrivateAddresses: true },
  ],
});

/** A prefix of its own on these brokers; unless `learned` is false, a day of `orion` lies behind it. */
export async function installOnKafka(options: {
  readonly brokers: readonly string[];
  readonly changes?: Partial<Config>;
  readonly learned?: false;
  /** The past ends here. Now, unless told. */
  readonly now?: number;
}): Promise<KafkaForeshock> {
  const prefix = `e2e-${randomUUID()}`;
  const folder = temporaryFolder();
  const hook = await startReceiverServer();
  const settings: Config = {
    ...orionConfig(hook.url),
    kafka: { brokers: [...options.brokers], prefix, sessionTimeout: `${SESSION_MS / 1_000}s` },
    partitions: 3,
    ...options.changes,
  };
  const config = writeConfig(folder, settings);
  if (options.learned !== false)
    await livePastDays({
      config,
      open: kafkaLog,
      source: 'till',
      posts: hourlyPosts,
      ...(options.now === undefined ? {} : { now: options.now }),
    });
  const started: StartingForeshock[] = [];
  const logs: KafkaLog[] = [];
  const start = (...roles: readonly Role[]): StartingForeshock => {
    const only = roles.length === 0 ? [] : ['--only', roles.join()];
    const starting = startForeshock(config, { args: ['--log', 'kafka', ...only] });
    started.push(starting);
    return starting;
  };
  return {
    folder,
    config,
    settings,
    prefix,
    hook,
    start,
    run: (...roles) => start(...roles).ready,
    async log() {
      const log = await openKafkaLog({
        brokers: options.brokers,
        prefix,
        clock: systemClock,
        logger: silentLogger,
      });
      logs.push(log);
      return log;
    },
    async close() {
      await Promise.all(started.map((each) => each.kill()));
      await Promise.all(logs.map((log) => log.close()));
      await hook.close();
      removeFolder(folder);
    },
  };
}

const THINGS =
  'river candle garden winter pocket ladder silver marble button forest kitchen harbour market'.split(' ');

export interface TimedPost {
  readonly id: string;
  readonly text: string;
  readonly author: string;
  readonly atMs: number;
}

/** Complaints about Orion, each by somebody else in other words, a second apart. */
export const complaints = (count: number, fromMs: number, from = 0): TimedPost[] =>
  Array.from({ length: count }, (_, index) => {
    const n = from + index;
    return {
      id: `complaint-${n}`,
      author: `complainer-${n}`,
      text: `orion is sold out, the ${THINGS[n % THINGS.length]} ${n} of the ${THINGS[(n * 5 + 3) % THINGS.length]}`,
      atMs: fromMs + n * 1_000,
    };
  });

/** Pushes one post over HTTP; whether it was taken. */
export async function pushPost(address: string, post: TimedPost, source = 'till'): Promise<boolean> {
  const { id, text, author, atMs } = post;
  const answer = await fetch(`${address}/ingest/${source}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, text, author, published: new Date(atMs).toISOString() }),
  });
  const report = (await answer.json()) as { accepted?: number };
  return answer.status === 202 && report.accepted === 1;
}

/** The sum of a metric over its labels, or over those that a row must hold. */
export async function metricOf(address: string, name: string, label = ''): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const rows = text
    .split('\n')
    .filter((row) => (row.startsWith(`${name} `) || row.startsWith(`${name}{`)) && row.includes(label));
  return rows.reduce((sum, row) => sum + Number(row.slice(row.lastIndexOf(' ') + 1)), 0);
}
