/**
 * From the push of the deciding mention to the webhook that leaves, through the real process: HTTP in, the log on disk,
 * match, detect, triage, notify, HTTP out. Beside it: memory while idle, and the time from start to ready. Watches that
 * a closing minute opened instead of a post are left out.
 * `node tests/bench/latency.ts [--watches 250] [--load 1000] [--apart 100] [--json]`
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Config } from '@foreshock/model/config';
import {
  type RunningForeshock,
  removeFolder,
  runForeshock,
  temporaryFolder,
  writeConfig,
} from '../e2e/foreshock-process.ts';
import { storeFile } from '../e2e/open-log.ts';
import { livePastDays, type PastPost } from '../e2e/past-days.ts';
import { seeded } from '../simulation/small-night.ts';

const { values } = parseArgs({
  options: {
    watches: { type: 'string', default: '250' },
    load: { type: 'string', default: '1000' },
    apart: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
});
const WATCHES = Number(values.watches);
const LOAD_PER_SECOND = Number(values.load);
const APART_MS = Number(values.apart);
/** Fewer people than this never page, so these posts come before anything is measured. */
const PEOPLE_TO_PAGE = 5;
const ROUNDS_MAX = 6;
const BATCH = 20;
/** Of the load, so much is about a watch. */
const LOAD_MATCHING = 0.02;
const SETTLE_MS = 2_000;
const POOL = (
  'window river candle garden winter pocket ladder silver marble button forest kitchen harbour market railway ' +
  'blanket corner dinner engine feather glacier hammer island jacket kettle lantern mirror needle orchard pepper'
).split(' ');

const folder = temporaryFolder();
const hook = await webhookServer();
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let running: RunningForeshock | undefined;
try {
  const empty = await measureEmpty();
  const config = writeConfig(folder, configOf(WATCHES, join(folder, 'learned.sqlite')), 'learned.yaml');
  await livePastDays({
    config,
    open: storeFile(join(folder, 'learned.sqlite')),
    source: 'till',
    posts: chatter,
  });
  const first = await runForeshock(config);
  await first.stop();
  running = await runForeshock(config);
  const restartMs = running.readyMs;
  await delay(SETTLE_MS);
  const idleBytes = residentBytes(running.pid);
  const measured = await measureLatency(running);
  const busyBytes = residentBytes(running.pid);
  report({ ...measured, ...empty, restartMs, firstMs: first.readyMs, idleBytes, busyBytes });
} finally {
  await running?.kill();
  agent.destroy();
  hook.close();
  removeFolder(folder);
}

function configOf(watches: number, store: string): Config {
  return {
    version: 1,
    store,
    lateness: '5m',
    sources: [{ name: 'till', kind: 'push' }],
    watches: [
      // The load is about a watch of its own: talk about a measured one would make its complaints less rare.
      { id: 'talk', any: ['talk of the town'] },
      ...Array.from({ length: watches }, (_, n) => ({
        id: `watch-${n}`,
        any: [`brand${n}`],
        page: { rarity: '1d', people: PEOPLE_TO_PAGE },
      })),
    ],
    receivers: [
      {
        id: 'hook',
        kind: 'webhook',
        url: hook.url,
        secret: { env: 'HOOK_SECRET' },
        allowPrivateAddresses: true,
      },
    ],
    incidents: { groupWait: '0s' },
  };
}

async function measureEmpty(): Promise<{ emptyMs: number; emptyBytes: number }> {
  const config = writeConfig(folder, configOf(1, join(folder, 'empty.sqlite')), 'empty.yaml');
  const empty = await runForeshock(config);
  await delay(SETTLE_MS);
  const emptyBytes = residentBytes(empty.pid);
  await empty.stop();
  return { emptyMs: empty.readyMs, emptyBytes };
}

/** A few posts a day about each watch, none of them a complaint. */
function* chatterOf(fromMs: number, toMs: number): Generator<PastPost> {
  const perWatch = 12;
  for (let watch = 0; watch < WATCHES; watch++)
    for (let n = 0; n < perWatch; n++)
      yield {
        id: `past-${watch}-${n}`,
        atMs: Math.floor(fromMs + ((toMs - fromMs) * (n + watch / WATCHES)) / perWatch),
        text: `brand${watch} in the ${words(watch * 31 + n)} today`,
        author: `past-${watch}-${n}`,
      };
}
function chatter(fromMs: number, toMs: number): PastPost[] {
  return [...chatterOf(fromMs, toMs)];
}

async function measureLatency(
  foreshock: RunningForeshock,
): Promise<{ latencies: number[]; loadPerSecond: number }> {
  const paged = (watch: number) => hook.openedAt.has(`watch-${watch}`);
  let post = 0;
  const complain = async (watch: number): Promise<number> => {
    const n = post++;
    const body = JSON.stringify({
      id: `complaint-${n}`,
      author: `complainer-${n}`,
      text: `brand${watch} is sold out, ${words(n)}`,
    });
    const sentAt = performance.now();
    const status = await push(foreshock, body, 'application/json');
    if (status !== 202) throw new Error(`a push was answered ${status}`);
    return sentAt;
  };
  for (let n = 1; n < PEOPLE_TO_PAGE; n++)
    await Promise.all(Array.from({ length: WATCHES }, (_, watch) => complain(watch)));

  const load = startLoad(foreshock);
  await delay(SETTLE_MS);
  const latencies: number[] = [];
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const left = Array.from({ length: WATCHES }, (_, watch) => watch).filter((watch) => !paged(watch));
    if (left.length === 0) break;
    const sent = new Map<number, number>();
    const pushing: Promise<void>[] = [];
    for (const watch of left) {
      pushing.push(complain(watch).then((sentAt) => void sent.set(watch, sentAt)));
      await delay(APART_MS);
    }
    await Promise.all(pushing);
    await delay(SETTLE_MS);
    for (const [watch, sentAt] of sent)
      if (paged(watch)) latencies.push(hook.openedAt.get(`watch-${watch}`)! - sentAt);
  }
  const loadPerSecond = await load.stop();
  return { latencies: latencies.sort((a, b) => a - b), loadPerSecond };
}

function startLoad(foreshock: RunningForeshock): { stop(): Promise<number> } {
  let stopping = false;
  let sent = 0;
  const startedAt = performance.now();
  const running = (async () => {
    const underWay = new Set<Promise<unknown>>();
    while (!stopping) {
      const due = ((performance.now() - startedAt) / 1_000) * LOAD_PER_SECOND;
      while (sent + BATCH <= due) {
        const lines = Array.from({ length: BATCH }, (_, n) => loadLine(sent + n));
        sent += BATCH;
        const pushing = push(foreshock, `${lines.join('\n')}\n`, 'application/x-ndjson').then((status) => {
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

function loadLine(n: number): string {
  const about = n % Math.round(1 / LOAD_MATCHING) === 0 ? 'talk of the town' : 'nothing in particular';
  const text = `${about}: ${words(n)} ${words(n + 1)}`;
  return JSON.stringify({ id: `load-${n}`, author: `talker-${n % 5_000}`, text });
}

function push(foreshock: RunningForeshock, body: string, type: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = httpRequest(
      {
        agent,
        host: '127.0.0.1',
        port: foreshock.port,
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

async function webhookServer() {
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

/** Linux alone tells; elsewhere 0. */
function residentBytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

/** Eight words, other ones for every `n`: near-copies of one text would count as one voice. */
function words(n: number): string {
  const random = seeded(n);
  return Array.from({ length: 8 }, () => POOL[Math.floor(random() * POOL.length)]).join(' ');
}

function report(result: {
  latencies: number[];
  loadPerSecond: number;
  emptyMs: number;
  emptyBytes: number;
  firstMs: number;
  restartMs: number;
  idleBytes: number;
  busyBytes: number;
}): void {
  const { latencies } = result;
  const at = (part: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? Number.NaN;
  const round = (ms: number) => Math.round(ms * 100) / 100;
  const mib = (bytes: number) => Math.round(bytes / 1_048_576);
  const figures = {
    samples: latencies.length,
    p50Ms: round(at(0.5)),
    p90Ms: round(at(0.9)),
    p99Ms: round(at(0.99)),
    maxMs: round(at(1)),
    loadPerSecond: Math.round(result.loadPerSecond),
    watches: WATCHES,
    readyEmptyMs: Math.round(result.emptyMs),
    readyFirstMs: Math.round(result.firstMs),
    readyRestartMs: Math.round(result.restartMs),
    idleEmptyMib: mib(result.emptyBytes),
    idleMib: mib(result.idleBytes),
    busyMib: mib(result.busyBytes),
  };
  if (values.json) {
    console.log(JSON.stringify(figures));
    return;
  }
  console.log(
    `${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB; ` +
      'generator, process and receiver on this machine',
  );
  console.log(
    `deciding mention pushed → webhook received, ${figures.samples} samples, ${WATCHES} watches, ` +
      `${figures.loadPerSecond} other mentions/s (${LOAD_MATCHING * 100} % matching): ` +
      `p50 ${figures.p50Ms} ms, p90 ${figures.p90Ms} ms, p99 ${figures.p99Ms} ms, worst ${figures.maxMs} ms`,
  );
  console.log(
    `start → ready: empty store ${figures.readyEmptyMs} ms, learned store ${figures.readyRestartMs} ms, ` +
      `a learned day not yet folded ${figures.readyFirstMs} ms`,
  );
  console.log(
    `resident memory: idle with one watch ${figures.idleEmptyMib} MiB, idle with ${WATCHES} watches ${figures.idleMib} MiB, ` +
      `after the load ${figures.busyMib} MiB`,
  );
}
