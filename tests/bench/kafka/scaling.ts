import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';
import { openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { foldText } from '@foreshock/text/fold';
import { kafkaLog } from '../../e2e/open-log.ts';
import { median, table, whole } from '../figures.ts';
import { benchRevision, mentionMaker, START, statusAt } from '../mentions.ts';
import type { Bed } from './bed.ts';
import { install, metricOf } from './installation.ts';
import { fill, placed } from './placing.ts';

const LOOK_EVERY_MS = 50;

export interface ScalingFigure {
  readonly part: 'scaling';
  readonly detectors: number;
  readonly perSecond: number;
  readonly ratio: number;
}

/** How fast one and two detector processes work off the same mentions, of which all match: that is what takes them time. */
export async function measureScaling(
  bed: Bed,
  options: {
    readonly rounds: number;
    readonly mentions: number;
    readonly watches: number;
    readonly partitions: number;
  },
): Promise<ScalingFigure[]> {
  const rates = new Map<number, number[]>([
    [1, []],
    [2, []],
  ]);
  for (let round = 0; round < options.rounds; round++)
    for (const [detectors, found] of rates) found.push(await workOff(bed, { ...options, detectors }));
  const one = median(rates.get(1)!);
  return [...rates].map(([detectors, found]) => ({
    part: 'scaling',
    detectors,
    perSecond: median(found),
    ratio: median(found) / one,
  }));
}

async function workOff(
  bed: Bed,
  options: {
    readonly detectors: number;
    readonly mentions: number;
    readonly watches: number;
    readonly partitions: number;
  },
): Promise<number> {
  const { detectors, partitions } = options;
  const { config } = await benchRevision(options.watches);
  const installed = install(bed, `bench-${randomUUID()}`, { ...config, partitions });
  const loaded = await loadConfig(installed.config, { foldPhrase: foldText });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const log = await kafkaLog(loaded.config);
  try {
    await (await openConfigRevisions(log, { now: () => START })).adopt(loaded.config, loaded.packs);
    const maker = mentionMaker(options.watches);
    // New watches close the minutes before them, and code warms up, before anything is measured.
    const opening = maker.stream({ count: options.mentions / 4, share: 1 });
    const opened = [{ id: undefined, value: Buffer.from(JSON.stringify(statusAt(START))) }, ...opening];
    await fill(log, 'mentions', placed(opened, partitions));
    const running = await Promise.all(Array.from({ length: detectors }, () => installed.run('detector')));
    const counted = async (metric: string) => {
      const each = await Promise.all(running.map(({ address }) => metricOf(address, metric)));
      return each.reduce((sum, value) => sum + value, 0);
    };
    const until = async (count: number) => {
      while ((await counted('foreshock_matches_total')) < count) await delay(LOOK_EVERY_MS);
    };
    await until(opening.length);
    const rest = placed(
      maker.stream({ count: options.mentions, share: 1, from: opening.length }),
      partitions,
    );
    const from = performance.now();
    await fill(log, 'mentions', rest);
    await until(opening.length + options.mentions);
    return options.mentions / ((performance.now() - from) / 1_000);
  } finally {
    await log.close();
    await installed.close();
  }
}

export function tellScaling(figures: readonly ScalingFigure[], cores: number): string {
  const rows = figures.map((each) => [
    each.detectors === 1 ? 'one detector' : `${each.detectors} detectors`,
    whole(each.perSecond),
    each.ratio.toFixed(2),
  ]);
  return (
    `Scaling: detectors work off mentions that all match; broker, producer and detectors share ${cores} cores\n\n` +
    table([['', 'mentions/s', 'ratio'], ...rows])
  );
}
