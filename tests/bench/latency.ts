/**
 * From the push of the deciding mention to the webhook that leaves, through the real process: HTTP in, the log on disk,
 * match, detect, triage, notify, HTTP out. Beside it: memory while idle, and the time from start to ready. Watches that
 * a closing minute opened instead of a post are left out.
 * `node tests/bench/latency.ts [--watches 250] [--load 1000] [--apart 100] [--json]`
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  type RunningForeshock,
  removeFolder,
  runForeshock,
  temporaryFolder,
  writeConfig,
} from '../e2e/foreshock-process.ts';
import { storeFile } from '../e2e/open-log.ts';
import { livePastDays } from '../e2e/past-days.ts';
import { machine, quantile } from './figures.ts';
import {
  chatter,
  type Latencies,
  LOAD_MATCHING,
  latencyConfig,
  measureLatency,
  webhookServer,
} from './latency-driver.ts';

const { values } = parseArgs({
  options: {
    watches: { type: 'string', default: '250' },
    load: { type: 'string', default: '1000' },
    apart: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
});
const WATCHES = Number(values.watches);
const SETTLE_MS = 2_000;

const folder = temporaryFolder();
const hook = await webhookServer();
let running: RunningForeshock | undefined;
try {
  const empty = await measureEmpty();
  const store = join(folder, 'learned.sqlite');
  const config = writeConfig(
    folder,
    { ...latencyConfig({ watches: WATCHES, hook: hook.url }), store },
    'learned.yaml',
  );
  await livePastDays({
    config,
    open: storeFile(store),
    source: 'till',
    posts: (fromMs, toMs) => chatter(WATCHES, fromMs, toMs),
  });
  const first = await runForeshock(config);
  await first.stop();
  running = await runForeshock(config);
  const restartMs = running.readyMs;
  await delay(SETTLE_MS);
  const idleBytes = residentBytes(running.pid);
  const measured = await measureLatency({
    port: running.port,
    hook,
    watches: Array.from({ length: WATCHES }, (_, watch) => watch),
    loadPerSecond: Number(values.load),
    apartMs: Number(values.apart),
  });
  const busyBytes = residentBytes(running.pid);
  report(measured, { ...empty, restartMs, firstMs: first.readyMs, idleBytes, busyBytes });
} finally {
  await running?.kill();
  hook.close();
  removeFolder(folder);
}

async function measureEmpty(): Promise<{ emptyMs: number; emptyBytes: number }> {
  const store = join(folder, 'empty.sqlite');
  const config = writeConfig(
    folder,
    { ...latencyConfig({ watches: 1, hook: hook.url }), store },
    'empty.yaml',
  );
  const empty = await runForeshock(config);
  await delay(SETTLE_MS);
  const emptyBytes = residentBytes(empty.pid);
  await empty.stop();
  return { emptyMs: empty.readyMs, emptyBytes };
}

/** Linux alone tells; elsewhere 0. */
function residentBytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

function report(
  { ms, loadPerSecond }: Latencies,
  start: {
    readonly emptyMs: number;
    readonly emptyBytes: number;
    readonly firstMs: number;
    readonly restartMs: number;
    readonly idleBytes: number;
    readonly busyBytes: number;
  },
): void {
  const round = (value: number) => Math.round(value * 100) / 100;
  const mib = (bytes: number) => Math.round(bytes / 1_048_576);
  const figures = {
    samples: ms.length,
    p50Ms: round(quantile(ms, 0.5)),
    p90Ms: round(quantile(ms, 0.9)),
    p99Ms: round(quantile(ms, 0.99)),
    maxMs: round(quantile(ms, 1)),
    loadPerSecond: Math.round(loadPerSecond),
    watches: WATCHES,
    readyEmptyMs: Math.round(start.emptyMs),
    readyFirstMs: Math.round(start.firstMs),
    readyRestartMs: Math.round(start.restartMs),
    idleEmptyMib: mib(start.emptyBytes),
    idleMib: mib(start.idleBytes),
    busyMib: mib(start.busyBytes),
  };
  if (values.json) {
    console.log(JSON.stringify(figures));
    return;
  }
  console.log(`${machine()}; generator, process and receiver on this machine`);
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
