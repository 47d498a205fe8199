import { join } from 'node:path';
import type { Config } from '@foreshock/model/config';
import { type ReceiverServer, startReceiverServer } from '../fakes/receiver-server.ts';
import {
  type RunningForeshock,
  removeFolder,
  runForeshock,
  temporaryFolder,
  writeConfig,
} from './foreshock-process.ts';
import { storeFile } from './open-log.ts';
import { livePastDays } from './past-days.ts';

const HOUR_MS = 3_600_000;

export interface LearnedForeshock {
  readonly running: RunningForeshock;
  readonly hook: ReceiverServer;
  readonly folder: string;
  readonly config: string;
  readonly store: string;
  /** Answer of `POST /ingest/till`. */
  push(body: string | Uint8Array | object, type?: string): Promise<{ status: number; report: PushAnswer }>;
  /** The next complaint about Orion, by somebody new, in other words. */
  complaint(): object;
  metric(name: string): Promise<number>;
  close(): Promise<void>;
}

export interface PushAnswer {
  readonly accepted?: number;
  readonly rejected?: number;
  readonly code?: string;
}

/** The real process over a store that has learned a day of a watch called `orion`, with a receiver that is ours. */
export async function startLearned(changes: Partial<Config> = {}): Promise<LearnedForeshock> {
  const folder = temporaryFolder();
  const hook = await startReceiverServer();
  const store = join(folder, 'store', 'foreshock.sqlite');
  const config = writeConfig(folder, {
    version: 1,
    store,
    lateness: '5m',
    sources: [{ name: 'till', kind: 'push' }],
    watches: [{ id: 'orion', any: ['orion'], page: { rarity: '1d', people: 5 } }],
    receivers: [
      {
        id: 'hook',
        kind: 'webhook',
        url: hook.url,
        secret: { env: 'HOOK_SECRET' },
        allowPrivateAddresses: true,
      },
    ],
    ...changes,
  });
  await livePastDays({
    config,
    open: storeFile(store),
    source: 'till',
    posts: (fromMs, toMs) =>
      Array.from({ length: Math.floor((toMs - fromMs) / HOUR_MS) }, (_, hour) => ({
        id: `past-${hour}`,
        atMs: fromMs + hour * HOUR_MS,
        text: `the orion of hour ${hour} looks nice`,
        author: `past-${hour}`,
      })),
  });
  const running = await runForeshock(config);
  let complaints = 0;
  return {
    running,
    hook,
    folder,
    config,
    store,
    async push(body, type = 'application/json') {
      const sent = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
      const answer = await fetch(`${running.address}/ingest/till`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: typeof sent === 'string' ? sent : new Uint8Array(sent),
      });
      const text = await answer.text();
      return { status: answer.status, report: JSON.parse(text) as PushAnswer };
    },
    complaint() {
      const n = complaints++;
      const thing = THINGS[n % THINGS.length];
      return {
        id: `complaint-${n}`,
        author: `complainer-${n}`,
        text: `orion is sold out, the ${thing} ${n} of the ${THINGS[(n * 5 + 3) % THINGS.length]}`,
      };
    },
    async metric(name) {
      const text = await (await fetch(`${running.address}/metrics`)).text();
      const rows = text.split('\n').filter((row) => row.startsWith(`${name} `) || row.startsWith(`${name}{`));
      return rows.reduce((sum, row) => sum + Number(row.slice(row.lastIndexOf(' ') + 1)), 0);
    },
    async close() {
      await running.kill();
      await hook.close();
      removeFolder(folder);
    },
  };
}

const THINGS =
  'river candle garden winter pocket ladder silver marble button forest kitchen harbour market'.split(' ');
