import { startDetector } from '@foreshock/detector/detector-service';
import { encodeJson } from '@foreshock/model/canonical-json';
import type { Mention, SourceStatus } from '@foreshock/model/mention';
import { systemClock } from '@foreshock/runtime/clock';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';
import { type ConfigRevisions, openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import { foldText } from '@foreshock/text/fold';
import { type NewRecord, partitionOf, type TopicLog } from '@foreshock/topic-log/contract';
import type { OpenLog } from './open-log.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A day is learned before anything pages. */
export const LEARNED_MINUTES = 26 * 60;
const STATUS_EVERY_MINUTES = 15;

export interface PastPost {
  readonly id: string;
  readonly atMs: number;
  readonly text: string;
  readonly author: string;
}

/**
 * Makes the log of an installation that has been listening for a good day: the config’s marker, the source’s
 * statuses and what was said, with the event times they would have had. The log takes them now, before the first
 * start, so the process that opens it folds them as any restart folds what it had not yet folded. Where there are
 * several partitions a detector follows hour by hour, as one would have that was there: a day that is read at once is
 * read one partition after the other, and by the time of the first the others are late.
 */
export async function livePastDays(options: {
  readonly config: string;
  readonly open: OpenLog;
  readonly source: string;
  /** The past ends here. Now, unless told. */
  readonly now?: number;
  readonly posts: (fromMs: number, toMs: number) => readonly PastPost[];
}): Promise<void> {
  const loaded = await loadConfig(options.config, { foldPhrase: foldText });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const { config, packs } = loaded;
  const now = options.now ?? systemClock.now();
  const fromMs = now - LEARNED_MINUTES * MINUTE_MS;
  const log = await options.open(config);
  try {
    const revisions = await openConfigRevisions(log, { now: () => fromMs });
    await revisions.adopt(config, packs);
    const partitions = await log.partitions('mentions');
    const timed = options.posts(fromMs, now - MINUTE_MS).map((post) => ({
      atMs: post.atMs,
      records: [postRecord(post, options.source, partitions)],
    }));
    for (let atMs = fromMs; atMs < now; atMs += STATUS_EVERY_MINUTES * MINUTE_MS)
      timed.push({ atMs, records: statusRecords(atMs, options.source, partitions) });
    timed.sort((a, b) => a.atMs - b.atMs);
    if (partitions > 1) await followHours(log, revisions, timed);
    else await appendAll(log, timed);
  } finally {
    await log.close();
  }
}

interface Timed {
  readonly atMs: number;
  readonly records: readonly NewRecord[];
}

async function appendAll(log: TopicLog, timed: readonly Timed[]): Promise<void> {
  const records = timed.flatMap((entry) => entry.records);
  for (let from = 0; from < records.length; from += 500)
    await log.append('mentions', records.slice(from, from + 500));
}

async function followHours(
  log: TopicLog,
  revisions: ConfigRevisions,
  timed: readonly Timed[],
): Promise<void> {
  const detector = await startDetector({
    log,
    revisions,
    clock: systemClock,
    metrics: createMetrics(),
    logger: silentLogger,
  });
  for (const hour of Map.groupBy(timed, ({ atMs }) => Math.floor(atMs / HOUR_MS)).values()) {
    await appendAll(log, hour);
    await Promise.race([detector.drained(), detector.stopped]);
  }
  await detector.stop();
}

/** What was said as the push source would have stored it. */
export function postRecord(post: PastPost, source: string, partitions: number): NewRecord {
  const published = new Date(post.atMs).toISOString();
  const mention: Mention = {
    op: 'create',
    source,
    eventTime: post.atMs,
    id: `${source}:${post.id}`,
    v: 1,
    type: 'Note',
    access: 'public',
    nativeId: post.id,
    published,
    publishedTrust: 'server',
    observed: published,
    content: post.text,
    attributedTo: { id: post.author },
    ingest: { connector: 'push', version: '1', replay: false },
  };
  return { key: mention.id, partition: partitionOf(mention.id, partitions), value: encodeJson(mention) };
}

/** The source’s word, for every partition, that it is complete up to then. */
export function statusRecords(atMs: number, source: string, partitions: number): NewRecord[] {
  const status: SourceStatus = {
    op: 'status',
    source,
    eventTime: atMs,
    v: 1,
    name: source,
    mode: 'pushed',
    state: 'connected',
    completeUpTo: atMs,
  };
  return Array.from({ length: partitions }, (_, partition) => ({
    key: `@status/${source}/${atMs}`,
    partition,
    value: encodeJson(status),
  }));
}
