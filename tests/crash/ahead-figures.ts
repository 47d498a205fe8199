import { startDetector } from '@foreshock/detector/detector-service';
import { readJson, sortedJson } from '@foreshock/model/canonical-json';
import type { SignalsRecord } from '@foreshock/model/signal';
import { systemClock } from '@foreshock/runtime/clock';
import { openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import type { OpenLog } from '../e2e/open-log.ts';
import { postRecord, statusRecords } from '../e2e/past-days.ts';
import { openKilled } from './killed-verdict.ts';
import { AHEAD_MS, type Pushed, SOURCE } from './pushed-posts.ts';

const MINUTE_MS = 60_000;
const STATUS_EVERY_MS = 10 * MINUTE_MS;
/** From the first post ahead to long after the last: their trouble has ended by then. */
const CLOSING_MS = 8 * 60 * MINUTE_MS;

/**
 * Lets the time come that `later` was posted for, in a log that nobody works on: the source says it is complete, the
 * detector closes the minutes. Returns onset and figures of every trouble of that watch that ended.
 */
export async function aheadFigures(options: {
  readonly config: string;
  readonly open: OpenLog;
  readonly startedAt: number;
  /** Appended first, where they did not come by HTTP. */
  readonly posts?: readonly Pushed[];
}): Promise<string[]> {
  const { log } = await openKilled(options);
  try {
    const partitions = await log.partitions('mentions');
    for (const { id, text, author, atMs, watch } of options.posts ?? [])
      if (watch === 'later')
        await log.append('mentions', [postRecord({ id, text, author, atMs }, SOURCE, partitions)]);
    const until = options.startedAt + AHEAD_MS + CLOSING_MS;
    for (let atMs = Date.now(); atMs < until; atMs += STATUS_EVERY_MS)
      await log.append('mentions', statusRecords(atMs, SOURCE, partitions));
    const detector = await startDetector({
      log,
      revisions: await openConfigRevisions(log, systemClock),
      clock: systemClock,
      metrics: createMetrics(),
      logger: silentLogger,
    });
    await Promise.race([detector.drained(), detector.stopped]);
    await detector.stop();
    const ended = new Map<string, string>();
    const { start } = await log.bounds('signals', 0);
    for await (const batch of log.scan('signals', 0, { from: start }))
      for (const { value } of batch.records) {
        const signal = readJson(value!) as SignalsRecord;
        if (signal.kind !== 'burst' || signal.watch !== 'later' || signal.phase !== 'end') continue;
        const { burst, series, onset, figures } = signal;
        ended.set(burst, sortedJson({ series, onset, figures }));
      }
    return [...ended.values()].sort();
  } finally {
    await log.close();
  }
}
