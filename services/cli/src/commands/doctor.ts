import { existsSync, statfsSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { IDS_KEPT } from '@foreshock/detect/identity-window';
import { PAIRS_EXACT } from '@foreshock/detect/people';
import { CANDIDATES_KEPT, RING_MINUTES } from '@foreshock/detect/watch-state';
import { type Config, DEFAULTS } from '@foreshock/model/config';
import { systemClock } from '@foreshock/runtime/clock';
import { describeFaults } from '@foreshock/runtime/config-file/fault';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';
import { silentLogger } from '@foreshock/runtime/log';
import { LOADING } from '../config.ts';
import type { ExitCode } from '../fault.ts';
import { connectKafka } from '../pipeline/kafka-store.ts';
import { describeTopics } from '../pipeline/topic-positions.ts';
import { ask, runningAt } from '../running.ts';
import { type Terminal, table } from '../terminal.ts';
import { VERSION } from '../version.ts';

interface Finding {
  readonly what: string;
  readonly state: 'good' | 'warning' | 'bad';
  readonly detail: string;
}

const MIB = 1_048_576;
const DISK_LOW_BYTES = 1_024 * MIB;

/** `foreshock doctor`: looks at everything a responder would ask about first; 1 if something is bad. */
export async function doctorCommand(
  options: { config: string; port?: number; json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const findings: Finding[] = [machine(), ...(await configAndStore(options))];
  if (options.json) for (const finding of findings) terminal.out(`${JSON.stringify(finding)}\n`);
  else
    terminal.out(
      table(
        ['', 'what', 'finding'],
        findings.map((finding) => [finding.state, finding.what, finding.detail]),
      ),
    );
  return findings.some((finding) => finding.state === 'bad') ? 1 : 0;
}

function machine(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return {
    what: 'machine',
    state: major >= 24 ? 'good' : 'bad',
    detail: `Foreshock ${VERSION}, Node ${process.versions.node}, ${availableParallelism()} cores, ${Math.round(freemem() / MIB)} MB free`,
  };
}

async function configAndStore(options: { config: string; port?: number }): Promise<Finding[]> {
  const loaded = await loadConfig(options.config, LOADING);
  if (!loaded.ok)
    return [{ what: 'config', state: 'bad', detail: describeFaults(loaded.faults).trim().split('\n')[0]! }];
  const { config, packs, warnings } = loaded;
  const series = config.watches.reduce(
    (sum, watch) => sum + 2 + (watch.issues?.length ?? new Set(packs.map((pack) => pack.id)).size),
    0,
  );
  const findings: Finding[] = [
    {
      what: 'config',
      state: warnings.length > 0 ? 'warning' : 'good',
      detail: `${config.watches.length} watches, ${series} series, ${warnings.length} warnings (foreshock check ${options.config})`,
    },
    {
      what: 'state',
      state: 'good',
      detail: `at most ${stateBoundMb(config.watches.length, series)} MB for identities, minutes and evidence references`,
    },
    storeFinding(config.store ?? DEFAULTS.store),
    ...(config.kafka ? [await kafkaFinding(config)] : []),
  ];
  findings.push(await runningFinding(options, config));
  return findings;
}

/** Upper bound: every minute of every series at its exact limit, sketches included. */
function stateBoundMb(watches: number, series: number): number {
  const cell = PAIRS_EXACT * 16 + 512 + 200;
  const perSeries = RING_MINUTES * cell + CANDIDATES_KEPT * 200 + 3 * 1_024;
  return Math.ceil((watches * IDS_KEPT * 2 * 16 + series * perSeries) / MIB);
}

function storeFinding(store: string): Finding {
  const folder = dirname(resolve(store));
  if (!existsSync(folder))
    return { what: 'store', state: 'good', detail: `${store} will be made at the first start` };
  const disk = statfsSync(folder);
  const free = disk.bavail * disk.bsize;
  return {
    what: 'store',
    state: free < DISK_LOW_BYTES ? 'warning' : 'good',
    detail: `${store}: ${existsSync(store) ? 'is there' : 'not made yet'}, ${Math.round(free / MIB).toLocaleString('en')} MB free on its disk`,
  };
}

/** More than a stage reads in some seconds: it is not only busy. */
const BEHIND_MANY = 100_000;

async function kafkaFinding(config: Config): Promise<Finding> {
  const what = 'kafka';
  const where = `${config.kafka!.brokers.join(', ')}, prefix ${config.kafka!.prefix ?? DEFAULTS.kafkaPrefix}`;
  try {
    const log = await connectKafka({ config, clock: systemClock, logger: silentLogger });
    try {
      const rows = await describeTopics(log);
      const behind = rows.reduce(
        (sum, { position, end }) => sum + (position === undefined ? 0 : Math.max(0, end - position)),
        0,
      );
      const partitions = rows.filter(({ topic }) => topic === 'mentions').length;
      return {
        what,
        state: behind > BEHIND_MANY ? 'warning' : 'good',
        detail: `${where}: ${partitions} partitions, ${behind.toLocaleString('en')} records behind (foreshock topics list)`,
      };
    } finally {
      await log.close();
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { what, state: 'bad', detail: `${where}: ${detail}` };
  }
}

async function runningFinding(
  options: { port?: number },
  config: Parameters<typeof runningAt>[0],
): Promise<Finding> {
  try {
    const running = runningAt(config, options.port);
    const answer = await ask(running, '/readyz');
    if (!answer) return { what: 'process', state: 'warning', detail: `nothing listens on ${running.base}` };
    const { missing } = answer.json as { missing?: string[] };
    return answer.status === 200
      ? { what: 'process', state: 'good', detail: `ready on ${running.base}` }
      : { what: 'process', state: 'bad', detail: `not ready: ${missing?.join(', ') ?? answer.status}` };
  } catch (error) {
    return { what: 'process', state: 'bad', detail: error instanceof Error ? error.message : String(error) };
  }
}
