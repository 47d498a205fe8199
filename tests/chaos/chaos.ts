/**
 * Torments three real brokers and the processes of every role, and holds what they noticed and told against what they
 * had to. `node tests/chaos/chaos.ts [--rounds 3] [--rate 20] [--seed N] [--faults kill-broker,…] [--logs FILE]
 * [--json]`
 */
import { randomInt } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { freePorts } from '../../deploy/kafka/ports.ts';
import { startCluster } from '../kafka/cluster.ts';
import { seeded } from '../simulation/small-night.ts';
import { type ChaosReport, chaosRun, troublesIn } from './chaos-run.ts';
import { FAULTS, type FaultName } from './faults.ts';
import { canCut, isInside, runInside } from './namespace.ts';

const DRAIN_MS_MAX = 10_000;
/** What a fault takes at worst, with what is waited for: the load must last longer than all of them. */
const FAULT_SECONDS = 25;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '20' },
    seed: { type: 'string' },
    faults: { type: 'string' },
    logs: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

if (isInside() || !canCut())
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => process.exit(130));
if (!isInside() && canCut()) process.exitCode = await runInside(import.meta.url, process.argv.slice(2));
else process.exitCode = await torment();

async function torment(): Promise<number> {
  const seed = Number(values.seed ?? randomInt(1_000_000));
  const perSecond = Number(values.rate);
  const faults = plan(seed);
  const ports = await freePorts(3);
  const cluster = await startCluster({ nodes: 3, ports }).catch((error: Error) => error);
  if (cluster instanceof Error) {
    console.error(cluster.message);
    return 1;
  }
  console.log(
    `seed ${seed}; Kafka ${cluster.version}, three nodes; ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]!.toFixed(1)}`,
  );
  if (!isInside())
    console.log('The way to a broker is not cut: this machine gives us no network of our own.');
  try {
    const report = await chaosRun({
      cluster,
      ports,
      faults,
      settled: faults.length / Number(values.rounds),
      seed,
      perSecond,
      troubles: troublesIn(faults.length * FAULT_SECONDS, perSecond),
      tell: (line) => console.log(line),
      ...(values.logs
        ? { onEnd: (title, said) => appendFileSync(values.logs!, `== ${title}\n${said}`) }
        : {}),
    });
    if (values.json) console.log(JSON.stringify(summary(report)));
    return told(report, faults.length);
  } finally {
    await cluster.stop();
  }
}

function plan(seed: number): FaultName[] {
  const random = seeded(seed);
  const asked = values.faults?.split(',') as FaultName[] | undefined;
  const known = (asked ?? FAULTS).filter((fault) => isInside() || fault !== 'cut-broker');
  const wrong = known.find((fault) => !FAULTS.includes(fault));
  if (wrong) throw new Error(`there is no fault ${wrong}; there are ${FAULTS.join(', ')}`);
  return Array.from({ length: Number(values.rounds) }, (_, round) =>
    round === 0 ? [...known] : shuffled(known, random),
  ).flat();
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function summary({ recoveries, delays, drains, readyMs, ...report }: ChaosReport) {
  const noticed = [...delays.noticedMs.values()];
  return {
    ...report,
    noticedP50: at(noticed, 0.5),
    noticedP99: at(noticed, 0.99),
    recoveryP50: at(
      recoveries.map(({ ms }) => ms),
      0.5,
    ),
    recoveryP99: at(
      recoveries.map(({ ms }) => ms),
      0.99,
    ),
    lagMax: delays.lagMax,
    ...delays.suppressed,
    readyP50: at(readyMs, 0.5),
    readyMax: at(readyMs, 1),
    drainMax: at(
      drains.map(({ tookMs }) => tookMs),
      1,
    ),
    drainFailures: drains.filter(({ code }) => code !== 0).length,
  };
}

function told(report: ChaosReport, faults: number): number {
  for (const what of report.lost) console.log(`LOST ${what}`);
  for (const what of report.extra) console.log(`EXTRA ${what}`);
  for (const what of report.endedThemselves) console.log(`ENDED ${what}`);
  const worst = Map.groupBy(report.recoveries, ({ fault }) => fault);
  for (const [fault, all] of worst)
    console.log(`  ${fault}: noticed again within ${Math.round(Math.max(...all.map(({ ms }) => ms)))} ms`);
  const figures = summary(report);
  console.log(
    [
      `${faults} faults, ${figures.acknowledged} posts acknowledged, ${figures.refusals} offers repeated: ${report.lost.length} lost, ${report.extra.length} extra`,
      `suppressed: ${figures.duplicates} posts that came twice, ${figures.reemitted} matches emitted again, ${figures.messagesRepeated} messages sent again under their key`,
      `from offered to noticed p50 ${figures.noticedP50} ms, p99 ${figures.noticedP99} ms; worst after a fault p50 ${figures.recoveryP50} ms, p99 ${figures.recoveryP99} ms`,
      `largest lag ${figures.lagMax} posts; start to ready p50 ${figures.readyP50} ms, worst ${figures.readyMax} ms; drain worst ${figures.drainMax} ms, ${figures.drainFailures} not clean`,
      `${report.endedThemselves.length} processes ended by themselves and were started again`,
    ].join('\n'),
  );
  const good =
    report.lost.length + report.extra.length + figures.drainFailures === 0 &&
    figures.drainMax <= DRAIN_MS_MAX;
  return good ? 0 : 1;
}

function at(list: readonly number[], part: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
}
