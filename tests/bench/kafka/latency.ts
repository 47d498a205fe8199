import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { kafkaLog } from '../../e2e/open-log.ts';
import { livePastDays } from '../../e2e/past-days.ts';
import { quantile, table, whole } from '../figures.ts';
import { chatter, LOAD_MATCHING, latencyConfig, measureLatency, webhookServer } from '../latency-driver.ts';
import type { Bed } from './bed.ts';
import { install } from './installation.ts';

const SETTLE_MS = 2_000;
const APART_MS = 100;

export interface LatencyFigure {
  readonly part: 'latency';
  readonly processes: number;
  readonly load: number;
  /** What the generator managed. */
  readonly loadPerSecond: number;
  readonly samples: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** From the push of the deciding mention to the webhook, with the roles in four processes and in one. */
export async function measureKafkaLatency(
  bed: Bed,
  options: { readonly loads: readonly number[]; readonly samples: number; readonly partitions: number },
): Promise<LatencyFigure[]> {
  const { loads, samples, partitions } = options;
  // A watch pages once: each measurement has watches of its own.
  const watches = samples * loads.length * 2;
  const hook = await webhookServer();
  const installed = install(bed, `bench-${randomUUID()}`, {
    ...latencyConfig({ watches, hook: hook.url }),
    partitions,
  });
  const figures: LatencyFigure[] = [];
  let used = 0;
  const measure = async (port: number, processes: number): Promise<void> => {
    for (const load of loads) {
      await delay(SETTLE_MS);
      const from = used;
      used += samples;
      const { ms, loadPerSecond } = await measureLatency({
        port,
        hook,
        watches: Array.from({ length: samples }, (_, watch) => from + watch),
        loadPerSecond: load,
        apartMs: APART_MS,
      });
      const [p50Ms, p90Ms, p99Ms, maxMs] = [0.5, 0.9, 0.99, 1].map((part) => quantile(ms, part)) as [
        number,
        number,
        number,
        number,
      ];
      const rest = { samples: ms.length, p50Ms, p90Ms, p99Ms, maxMs };
      figures.push({ part: 'latency', processes, load, loadPerSecond, ...rest });
    }
  };
  try {
    await livePastDays({
      config: installed.config,
      open: kafkaLog,
      source: 'till',
      posts: (fromMs, toMs) => chatter(watches, fromMs, toMs),
    });
    // Whoever follows needs the topics, so the first starts alone.
    const ingest = await installed.run('ingest');
    const others = await Promise.all([
      installed.run('detector'),
      installed.run('alerter'),
      installed.run('dashboard'),
    ]);
    await measure(ingest.port, 4);
    await Promise.all([ingest, ...others].map((each) => each.stop()));
    const all = await installed.run();
    await measure(all.port, 1);
    await all.stop();
    return figures;
  } finally {
    await installed.close();
    hook.close();
  }
}

export function tellLatency(figures: readonly LatencyFigure[]): string {
  const rows = figures.map((each) => [
    `${each.processes === 1 ? 'one process' : `${each.processes} processes`}, ${whole(each.load)} other mentions/s`,
    whole(each.loadPerSecond),
    ...[each.p50Ms, each.p90Ms, each.p99Ms, each.maxMs].map((ms) => ms.toFixed(1)),
    String(each.samples),
  ]);
  return (
    `From the push of the deciding mention to the webhook, ${LOAD_MATCHING * 100} % of the load about a watch; generator, broker, processes and receiver on this machine\n\n` +
    table([['', 'managed', 'p50 ms', 'p90 ms', 'p99 ms', 'worst ms', 'samples'], ...rows])
  );
}
