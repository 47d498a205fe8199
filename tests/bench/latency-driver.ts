import { once } from 'node:events';
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '@foreshock/model/config';
import type { PastPost } from '../e2e/past-days.ts';
import { seeded } from '../simulation/small-night.ts';

/** Of the load, so much is about a watch. */
export const LOAD_MATCHING = 0.02;
/** Fewer people than this never page, so these posts come before anything is measured. */
const PEOPLE_TO_PAGE = 5;
const ROUNDS_MAX = 6;
/** Lines of one push of the load, unless so many pushes would be the load. */
const BATCH = 20;
const PUSHES_PER_SECOND_MAX = 200;
const SETTLE_MS = 2_000;
const POOL = (
  'window river candle garden winter pocket ladder silver marble button forest kitchen harbour market railway ' +
  'blanket corner dinner engine feather glacier hammer island jacket kettle lantern mirror needle orchard pepper'
).split(' ');

/** A config with so many watches that can page, and one for the load. */
export function latencyConfig(options: { readonly watches: number; readonly hook: string }): Config {
  return {
    version: 1,
    lateness: '5m',
    sources: [{ name: 'till', kind: 'push' }],
    watches: [
      // The load is about a watch of its own: talk about a measured one would make its complaints less rare.
      { id: 'talk', any: ['talk of the town'] },
      ...Array.from({ length: options.watches }, (_, n) => ({
        id: `watch-${n}`,
        any: [`brand${n}`],
        page: { rarity: '1d', people: PEOPLE_TO_PAGE },
      })),
    ],
    receivers: [
      {
        id: 'hook',
        kind: 'webhook',
        url: options.hook,
        secret: { env: 'HOOK_SECRET' },
        allowPrivateAddresses: true,
      },
    ],
    incidents: { groupWait: '0s' },
  };
}

/** A few posts a day about each watch, none of them a complaint. */
export function chatter(watches: number, fromMs: number, toMs: number): PastPost[] {
  const perWatch = 12;
  return Array.from({ length: watches }, (_, watch) =>
    Array.from({ length: perWatch }, (_unused, n) => ({
      id: `past-${watch}-${n}`,
      atMs: Math.floor(fromMs + ((toMs - fromMs) * (n + watch / watches)) / perWatch),
      text: `brand${watch} in the ${words(watch * 31 + n)} today`,
      author: `past-${watch}-${n}`,
    })),
  ).flat();
}

export interface Hook {
  readonly url: string;
  /** When the first page of a watch came, by `performance.now()`. */
  readonly openedAt: ReadonlyMap<string, number>;
  close(): void;
}

export async function webhookServer(): Promise<Hook> {
  const openedAt = new Map<string, number>();
  const server = createServer((request, response) => {
    const at = performance.now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      response.writeHead(204).end();
      const message = JSON.parse(Buffer.concat(chunks).toString()) as {
        type: string;
        data: { incident?: { watch: string } };
      };
      const watch = message.data.incident?.watch;
      if (message.type === 'incident.opened' && watch !== undefined && !openedAt.has(watch))
        openedAt.set(watch, at);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, openedAt, close: () => void server.close() };
}

export interface Latencies {
  /** From the push of the deciding mention to the webhook, in order. */
  readonly ms: readonly number[];
  readonly loadPerSecond: number;
}

/**
 * Makes each of these watches page under a load, some time apart, and takes the time from the push of the deciding
 * mention to its webhook. Watches that a closing minute opened instead of a post are left out. A watch pages once, so
 * each is good for one measurement.
 */
export async function measureLatency(options: {
  /** Of the process that takes pushes. */
  readonly port: number;
  readonly hook: Hook;
  /** Numbers of the watches. */
  readonly watches: readonly number[];
  readonly loadPerSecond: number;
  readonly apartMs: number;
}): Promise<Latencies> {
  const { hook, watches, apartMs } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const push = (body: string, type: string) => pushTo({ agent, port: options.port }, body, type);
  const paged = (watch: number) => hook.openedAt.has(`watch-${watch}`);
  let post = 0;
  const complain = async (watch: number): Promise<number> => {
    const n = watches[0]! * 1_000 + post++;
    const body = JSON.stringify({
      id: `complaint-${n}`,
      author: `complainer-${n}`,
      text: `brand${watch} is sold out, ${words(n)}`,
    });
    const sentAt = performance.now();
    const status = await push(body, 'application/json');
    if (status !== 202) throw new Error(`a push was answered ${status}`);
    return sentAt;
  };
  try {
    for (let n = 1; n < PEOPLE_TO_PAGE; n++) await Promise.all(watches.map(complain));
    const load = startLoad(push, options.loadPerSecond, watches[0]!);
    await delay(SETTLE_MS);
    const ms: number[] = [];
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const left = watches.filter((watch) => !paged(watch));
      if (left.length === 0) break;
      const sent = new Map<number, number>();
      const pushing: Promise<void>[] = [];
      for (const watch of left) {
        pushing.push(complain(watch).then((sentAt) => void sent.set(watch, sentAt)));
        await delay(apartMs);
      }
      await Promise.all(pushing);
      await delay(SETTLE_MS);
      for (const [watch, sentAt] of sent)
        if (paged(watch)) ms.push(hook.openedAt.get(`watch-${watch}`)! - sentAt);
    }
    return { ms: ms.sort((a, b) => a - b), loadPerSecond: await load.stop() };
  } finally {
    agent.destroy();
  }
}

type Push = (body: string, type: string) => Promise<number>;

function startLoad(push: Push, perSecond: number, salt: number): { stop(): Promise<number> } {
  const batch = Math.max(BATCH, Math.ceil(perSecond / PUSHES_PER_SECOND_MAX));
  let stopping = false;
  let sent = 0;
  const startedAt = performance.now();
  const running = (async () => {
    const underWay = new Set<Promise<unknown>>();
    while (!stopping) {
      const due = ((performance.now() - startedAt) / 1_000) * perSecond;
      while (sent + batch <= due) {
        const lines = Array.from({ length: batch }, (_, n) => loadLine(salt, sent + n));
        sent += batch;
        const pushing = push(`${lines.join('\n')}\n`, 'application/x-ndjson').then((status) => {
          if (status !== 202) throw new Error(`the load was answered ${status}`);
        });
        underWay.add(pushing);
        void pushing.finally(() => underWay.delete(pushing));
      }
      await delay(2);
    }
    await Promise.all(underWay);
  })();
  return {
    async stop() {
      stopping = true;
      await running;
      return sent / ((performance.now() - startedAt) / 1_000);
    },
  };
}

function loadLine(salt: number, n: number): string {
  const about = n % Math.round(1 / LOAD_MATCHING) === 0 ? 'talk of the town' : 'nothing in particular';
  const text = `${about}: ${words(n)} ${words(n + 1)}`;
  return JSON.stringify({ id: `load-${salt}-${n}`, author: `talker-${n % 5_000}`, text });
}

function pushTo(to: { agent: Agent; port: number }, body: string, type: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = httpRequest(
      {
        agent: to.agent,
        host: '127.0.0.1',
        port: to.port,
        path: '/ingest/till',
        method: 'POST',
        headers: { 'content-type': type, 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    sending.once('error', reject);
    sending.end(body);
  });
}

/** Eight words, other ones for every `n`: near-copies of one text would count as one voice. */
export function words(n: number): string {
  const random = seeded(n);
  return Array.from({ length: 8 }, () => POOL[Math.floor(random() * POOL.length)]).join(' ');
}
