import { randomUUID } from 'node:crypto';
import { systemClock } from '@foreshock/runtime/clock';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';
import { openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { createSnapshotReader } from '@foreshock/runtime/snapshots';
import { foldText } from '@foreshock/text/fold';
import type { NewRecord } from '@foreshock/topic-log/contract';
import { kafkaLog } from '../../e2e/open-log.ts';
import { postRecord, statusRecords } from '../../e2e/past-days.ts';
import { median, whole } from '../figures.ts';
import { chatter, latencyConfig } from '../latency-driver.ts';
import type { Bed } from './bed.ts';
import { type Installation, install } from './installation.ts';
import { fill } from './placing.ts';

const MINUTE_MS = 60_000;
const STATUS_EVERY_MINUTES = 5;

export interface RestoreFigure {
  readonly part: 'restore';
  readonly watches: number;
  readonly series: number;
  readonly snapshotBytes: number;
  /** From the start of the process to its first 200 of `/readyz`, after an orderly stop. */
  readonly readyMs: number;
  /** The same after SIGKILL: what came since the last snapshots is folded again. */
  readonly readyAfterKillMs: number;
  /** Of a process with one watch, which has nothing to restore. */
  readonly readyEmptyMs: number;
}

/** How long a detector with many series takes from its start until it works. */
export async function measureRestore(
  bed: Bed,
  options: {
    readonly rounds: number;
    readonly watches: number;
    readonly hours: number;
    readonly partitions: number;
  },
): Promise<RestoreFigure> {
  const installed = await learned(bed, options);
  const empty = await learned(bed, { ...options, watches: 1 });
  try {
    const held = await heldIn(installed);
    const ready: number[] = [];
    const afterKill: number[] = [];
    const readyEmpty: number[] = [];
    for (let round = 0; round < options.rounds; round++) {
      const one = await installed.run('detector');
      ready.push(one.readyMs);
      await one.kill();
      const two = await installed.run('detector');
      afterKill.push(two.readyMs);
      await two.stop();
      const three = await empty.run('detector');
      readyEmpty.push(three.readyMs);
      await three.stop();
    }
    return {
      part: 'restore',
      watches: options.watches,
      ...held,
      readyMs: median(ready),
      readyAfterKillMs: median(afterKill),
      readyEmptyMs: median(readyEmpty),
    };
  } finally {
    await installed.close();
    await empty.close();
  }
}

/** A log that was listened to for some hours, folded once, with the snapshots of an orderly stop. */
async function learned(
  bed: Bed,
  options: { readonly watches: number; readonly hours: number; readonly partitions: number },
): Promise<Installation> {
  const { watches, partitions } = options;
  const installed = install(bed, `bench-${randomUUID()}`, {
    ...latencyConfig({ watches, hook: 'http://127.0.0.1:1/hook' }),
    partitions,
  });
  const loaded = await loadConfig(installed.config, { foldPhrase: foldText });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const log = await kafkaLog(loaded.config);
  try {
    const to = systemClock.now();
    const from = to - options.hours * 60 * MINUTE_MS;
    await (await openConfigRevisions(log, { now: () => from })).adopt(loaded.config, loaded.packs);
    const timed: { readonly atMs: number; readonly records: readonly NewRecord[] }[] = chatter(
      watches,
      from,
      to,
    ).map((post) => ({ atMs: post.atMs, records: [postRecord(post, 'till', partitions)] }));
    for (let atMs = from; atMs < to; atMs += STATUS_EVERY_MINUTES * MINUTE_MS)
      timed.push({ atMs, records: statusRecords(atMs, 'till', partitions) });
    timed.sort((a, b) => a.atMs - b.atMs);
    await fill(
      log,
      'mentions',
      timed.flatMap(({ records }) => records),
    );
  } finally {
    await log.close();
  }
  const first = await installed.run('detector');
  await first.stop();
  return installed;
}

async function heldIn({ settings }: Installation): Promise<{ series: number; snapshotBytes: number }> {
  const log = await kafkaLog(settings);
  try {
    const snapshots = [...(await createSnapshotReader(log, []).read('detect')).values()].flat();
    let series = 0;
    let snapshotBytes = 0;
    for (const { state } of snapshots) {
      series += (state as { series?: { $map: unknown[] } } | null)?.series?.$map.length ?? 0;
      snapshotBytes += JSON.stringify(state).length;
    }
    return { series, snapshotBytes };
  } finally {
    await log.close();
  }
}

export function tellRestore(figure: RestoreFigure): string {
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  return (
    `Restoring: a detector with ${whole(figure.watches)} watches, ${whole(figure.series)} series, ` +
    `${(figure.snapshotBytes / 1_048_576).toFixed(0)} MiB of snapshots: ready ${seconds(figure.readyMs)} s after its start, ` +
    `${seconds(figure.readyAfterKillMs)} s after a kill; one with a single watch ${seconds(figure.readyEmptyMs)} s`
  );
}
