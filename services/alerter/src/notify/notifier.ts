import { finishedRecord } from '@foreshock/alert/delivery/outcome';
import type { OfferedNotice } from '@foreshock/alert/delivery/progress';
import type { Config } from '@foreshock/model/config';
import type { EvidenceText } from '@foreshock/model/incident';
import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import { createSnapshotReader, type SnapshotReader } from '@foreshock/runtime/snapshots';
import type { LogBatch, Member, TopicLog } from '@foreshock/topic-log/contract';
import type { Receiver } from '../receivers/receiver.ts';
import { createDeliveryLog, type DeliveryLog } from './delivery-log.ts';
import { deliveryRules } from './delivery-rules.ts';
import { countSuppressed, type Desk, openDesk } from './desk.ts';
import { NOTIFY_GROUP, positionRecord, readBack, readNotice } from './recovery.ts';

export interface NotifyOptions {
  readonly log: TopicLog;
  readonly config: Config;
  /** One for each receiver of the config. */
  readonly receivers: readonly Receiver[];
  /** Where people reach the page, without a slash at the end. */
  readonly publicUrl: string;
  /** Receivers of a demo or rehearsal: they alone are told of replayed incidents. */
  readonly replayReceivers?: ReadonlySet<string>;
  readonly textOf: (mentionId: string) => EvidenceText | undefined;
  /** Resolves soon, when `textOf` knows what was written before the call. */
  readonly textsReady?: () => Promise<void>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Where its position stands; absent: a reader of its own. */
  readonly snapshots?: SnapshotReader;
}

export interface Notify {
  /** Resolves when stopped by the signal or `stop`; rejects with what broke it. */
  readonly stopped: Promise<void>;
  /** Lets requests in flight end for 5 s, notes the position, leaves. Idempotent. */
  stop(): Promise<void>;
}

/** Positions are for the next start alone: once a second is often enough. */
const COMMIT_EVERY_MS = 1_000;

/**
 * Tells people: reads `notices`, writes each body down in `deliveries` before its first attempt, and sends it until
 * the receiver took it or it is in the dead letters. It serves one config revision; for another, stop it and start
 * it again, which also gives disabled receivers a new chance.
 */
export async function startNotify(options: NotifyOptions): Promise<Notify> {
  const { log, clock, metrics, logger } = options;
  const rules = deliveryRules(options.config, options.replayReceivers ?? new Set());
  const receivers = new Map(options.receivers.map((receiver) => [receiver.id, receiver]));
  for (const id of rules.receivers.keys())
    if (!receivers.has(id)) throw new Error(`no receiver was made for ${id}`);
  const snapshots = options.snapshots ?? createSnapshotReader(log, [NOTIFY_GROUP]);
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  const stopping = new AbortController();
  let member: Member | undefined;
  let desk: Desk | undefined;
  let deliveries: DeliveryLog | undefined;
  let nextOffset = 0;
  let committed = { position: -1, at: Number.NEGATIVE_INFINITY };

  async function commit(): Promise<void> {
    const position = desk?.safePosition(nextOffset);
    if (position === undefined || position === committed.position || !member) return;
    committed = { position, at: clock.now() };
    if (!(await member.owns(0))) return;
    await log.append('snapshots', [positionRecord(position)], { derived: true });
    // For people and their tools alone: brokers forget a group’s offsets after a while.
    await member.commit(new Map([[0, position]]));
  }

  function commitSoon(): void {
    if (clock.now() - committed.at < COMMIT_EVERY_MS) return;
    commit().catch((error: unknown) => {
      if (!stopping.signal.aborted)
        logger.warn({ reason: String(error) }, 'The position of notices could not be noted.');
    });
  }

  member = await log.join({
    group: NOTIFY_GROUP,
    topic: 'notices',
    async onAssigned() {
      const cutting = new AbortController();
      deliveries = createDeliveryLog({
        log,
        clock,
        logger,
        signal: cutting.signal,
        // What is written while it is restored, every owner writes, and it must not wait for a share that went on.
        owns: async () => desk === undefined || !member || member.owns(0),
      });
      const back = await readBack(log, { snapshots, rules, now: clock.now(), signal: stopping.signal });
      countSuppressed(metrics, back.suppressed);
      await deliveries.outcomes(back.finished);
      for (const orphan of back.orphans) {
        const outcome = { state: 'dead-lettered' as const, attempts: orphan.attempts, now: clock.now() };
        metrics.deadLetters.inc({ stage: 'notify', code: 'undeliverable' });
        await deliveries.finish(finishedRecord(orphan, { ...outcome, reason: 'receiver-removed' }), {
          offset: undefined,
        });
      }
      nextOffset = back.nextOffset;
      desk = openDesk({
        ...options,
        state: back.state,
        rules,
        receivers,
        deliveries,
        cutting,
        mine: async () => member?.owns(0) ?? true,
        textsReady: options.textsReady ?? (async () => undefined),
        onProgress: commitSoon,
      });
      desk.stopped.catch(broken.reject);
      return new Map([[0, nextOffset]]);
    },
    async onBatch(batch) {
      if (!desk || !deliveries) throw new Error('a batch came before its partition was assigned');
      const notices = await readBatch(batch, deliveries, metrics);
      nextOffset = batch.nextOffset;
      metrics.lag.set({ stage: 'notify' }, batch.endOffset - batch.nextOffset);
      desk.offer(notices);
    },
    async onRevoked() {
      await desk?.stop();
      await commit().catch(() => undefined);
      desk = undefined;
    },
  });

  const joined = member;
  let ending: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    ending ??= joined.stop().finally(() => stopping.abort());
    return ending;
  };
  options.signal.addEventListener('abort', () => void stop(), { once: true });
  if (options.signal.aborted) void stop();
  const stopped = Promise.race([joined.stopped, broken.promise]).finally(stop);
  stopped.catch(() => undefined);
  return { stopped, stop };
}

async function readBatch(
  batch: LogBatch,
  deliveries: DeliveryLog,
  metrics: Metrics,
): Promise<OfferedNotice[]> {
  const notices: OfferedNotice[] = [];
  for (const record of batch.records) {
    if (record.value === null) continue;
    const notice = readNotice(record);
    if (notice.ok) {
      notices.push({ offset: record.offset, appendedAt: record.appendedAt, notice: notice.value });
      continue;
    }
    metrics.deadLetters.inc({ stage: 'notify', code: 'unreadable' });
    const { path, reason } = notice.refusal;
    await deliveries.unreadable(`${path} ${reason}`.trim(), {
      partition: batch.partition,
      offset: record.offset,
    });
  }
  return notices;
}
