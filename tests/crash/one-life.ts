import { PassThrough } from 'node:stream';
import { startAlerter } from '@foreshock/alerter/alerter-service';
import { startDetector } from '@foreshock/detector/detector-service';
import { TOPICS } from '@foreshock/model/topics';
import { VirtualClock } from '@foreshock/runtime/clock';
import { openConfigRevisions } from '@foreshock/runtime/config-revisions';
import type { FetchRequest, GuardedFetch } from '@foreshock/runtime/guarded-fetch';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import { Secret } from '@foreshock/runtime/secrets';
import type { NewRecord, TopicLog } from '@foreshock/topic-log/contract';
import { openSqliteLog } from '@foreshock/topic-log/sqlite/log';
import { type NightStep, nightConfig, PACKS, TROUBLE_START } from './night-steps.ts';

/** What the receivers were sent, over all lives of a store: bodies by receiver and idempotency key. */
export type Inbox = Map<string, string[]>;

/** How far the driver came: everything before `next` was acknowledged. */
export interface Progress {
  next: number;
  /** Acknowledged keys of mentions. */
  readonly acknowledged: Set<string>;
}

export interface LifeOptions {
  readonly path: string;
  readonly partitions: number;
  readonly steps: readonly NightStep[];
  readonly progress: Progress;
  readonly inbox: Inbox;
  /** Each life has its own, so that a body rendered twice is not the same twice. */
  readonly publicUrl: string;
  readonly startAt?: number;
  /** Long: a restart folds the whole evening again. Short: some batches of it. */
  readonly snapshotEveryMs: number;
  /** 1: the snapshots of two watches lie apart, as those of two hundred do. */
  readonly snapshotPartsMax: number;
  /** May throw: the process then dies at that boundary of input and output. */
  readonly onIo?: (point: string) => void;
  /** So many records of `matches` are appended again at the start, as an owner does that has not noticed its end. */
  readonly staleRecords: number;
  /** Takes a guard away, to see that its absence is noticed. */
  readonly tamper?: (log: TopicLog) => TopicLog;
}

const SECRET = new Secret(`whsec_${Buffer.alloc(32, 7).toString('base64')}`);

/**
 * One process over the store: the real stages, started as `foreshock run` starts them, while a driver appends what was
 * not yet acknowledged. Returns when everything is folded and told; rejects with what killed it.
 */
export async function live(options: LifeOptions): Promise<void> {
  const clock = new VirtualClock(options.startAt ?? TROUBLE_START);
  const config = nightConfig(options.partitions);
  const opened = await openSqliteLog({
    path: options.path,
    clock,
    // Repeats stay in the log, so that they can be counted.
    maintainEveryMs: null,
    ...(options.onIo ? { onIo: options.onIo } : {}),
  });
  const log = options.tamper ? options.tamper(opened) : opened;
  const stops: (() => Promise<unknown>)[] = [() => opened.close()];
  try {
    await opened.createTopics(
      Object.values(TOPICS).map(({ name, partitions, compacted }) => ({
        name,
        partitions: partitions === 'many' ? options.partitions : 1,
        compacted,
        retentionMs: null,
      })),
    );
    const revisions = await openConfigRevisions(log, clock);
    await revisions.adopt(config, PACKS);
    const shared = {
      log,
      revisions,
      clock,
      metrics: createMetrics(),
      logger: silentLogger,
      snapshotEveryMs: options.snapshotEveryMs,
      snapshotPartsMax: options.snapshotPartsMax,
    };
    const detector = await startDetector(shared);
    stops.push(() => detector.stop());
    const alerter = await startAlerter({
      ...shared,
      config,
      eventClock: clock,
      ticks: false,
      publicUrl: options.publicUrl,
      secrets: () => SECRET,
      fetch: receivers(options.inbox),
      out: new PassThrough(),
    });
    stops.push(() => alerter.stop());
    const failed = Promise.all([detector.stopped, alerter.stopped]);
    failed.catch(() => undefined);
    await Promise.race([drive({ ...options, log, clock }), failed]);
  } catch (error) {
    for (const stop of stops.toReversed()) await stop().catch(() => undefined);
    throw error;
  }
  for (const stop of stops.toReversed()) await stop();
}

async function drive(
  context: LifeOptions & { readonly log: TopicLog; readonly clock: VirtualClock },
): Promise<void> {
  const { log, clock, steps, progress } = context;
  if (context.staleRecords > 0) await appendAgain(log, context.staleRecords);
  while (progress.next < steps.length) {
    const step = steps[progress.next]!;
    if (step.quiet) await untilQuiet(log, clock);
    await log.append(step.topic, step.records);
    if (step.topic === 'mentions') for (const { key } of step.records) progress.acknowledged.add(key!);
    progress.next++;
    await clock.advance(1);
  }
  await untilQuiet(log, clock);
}

async function appendAgain(log: TopicLog, count: number): Promise<void> {
  for (let partition = 0; partition < (await log.partitions('matches')); partition++) {
    const { start, end } = await log.bounds('matches', partition);
    const stale: NewRecord[] = [];
    for await (const batch of log.scan('matches', partition, { from: Math.max(start, end - count), to: end }))
      for (const { key, value } of batch.records) stale.push({ key, value, partition });
    await log.append('matches', stale);
  }
}

/** Until nothing is appended any more although time passes: back-off of a receiver that refused included. */
async function untilQuiet(log: TopicLog, clock: VirtualClock): Promise<void> {
  let quietRounds = 0;
  let known = '';
  while (quietRounds < 6) {
    await clock.advance(2_000);
    const ends: number[] = [];
    for (const { name } of Object.values(TOPICS))
      for (let partition = 0; partition < (await log.partitions(name)); partition++)
        ends.push((await log.bounds(name, partition)).end);
    quietRounds = ends.join() === known ? quietRounds + 1 : 0;
    known = ends.join();
  }
}

function receivers(inbox: Inbox): GuardedFetch {
  return async (url: string, request: FetchRequest) => {
    const receiver = new URL(url).hostname.split('.')[0]!;
    const key = `${receiver} ${request.headers?.['webhook-id']}`;
    const bodies = inbox.get(key) ?? [];
    bodies.push(String(request.body));
    inbox.set(key, bodies);
    const status = receiver === 'flaky' && bodies.length === 1 ? 503 : 200;
    return { ok: true, status, headers: new Map(), body: Buffer.alloc(0), url };
  };
}
