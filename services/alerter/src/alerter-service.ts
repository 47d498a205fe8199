import type { Config } from '@foreshock/model/config';
import type { Clock } from '@foreshock/runtime/clock';
import type { ConfigRevisions } from '@foreshock/runtime/config-revisions';
import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { SnapshotReader } from '@foreshock/runtime/snapshots';
import { drainAndStop, type RunningStage, runStage } from '@foreshock/runtime/stage-runner';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { startDeadman } from './deadman.ts';
import { followEvidenceTexts } from './notify/evidence-texts.ts';
import { startBodyEraser } from './notify/finished-bodies.ts';
import { startNotify } from './notify/notifier.ts';
import { createReceiver, type ReceiverContext } from './receiver-registry.ts';
import { runTicker } from './ticker.ts';
import { triageStage } from './triage-stage.ts';

export interface AlerterOptions extends Omit<ReceiverContext, 'clock'> {
  readonly log: TopicLog;
  readonly revisions: ConfigRevisions;
  readonly config: Config;
  /** Wall time: for attempts and back-off. */
  readonly clock: Clock;
  /** Time that triage lives in: wall time, or the played night’s. */
  readonly eventClock: Pick<Clock, 'now'>;
  /** False where somebody else appends the ticks (a played night). */
  readonly ticks: boolean;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly publicUrl: string;
  /** False while the rest of the process does not do its work: then the dead-man ping stays away. */
  readonly healthy?: () => boolean;
  readonly snapshots?: SnapshotReader;
  readonly snapshotEveryMs?: number;
}

/** Starts triage, the ticks it lives by, the receivers and the dead-man ping. */
export async function startAlerter(options: AlerterOptions): Promise<RunningStage> {
  const { log, config, clock, metrics, logger } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const receivers = (config.receivers ?? []).map((receiver) => createReceiver(receiver, options));
  const bodies = startBodyEraser({ log, clock, logger });
  const texts = await followEvidenceTexts({
    log,
    clock,
    onErased: () => bodies.ask(),
  });
  const notify = await startNotify({
    log,
    config,
    receivers,
    publicUrl: options.publicUrl,
    textOf: (id) => texts.textOf(id),
    textsReady: () => texts.caughtUp(),
    clock,
    random: Math.random,
    metrics,
    logger,
    signal,
    ...(options.snapshots ? { snapshots: options.snapshots } : {}),
  });
  const triage = await runStage({
    ...options,
    stage: triageStage({ ...options, clock: options.eventClock }),
  });
  const ticking = options.ticks
    ? runTicker({ log, clock, logger, signal, wanted: triage.works })
    : Promise.resolve();
  const deadman = startDeadman({ ...options, signal });
  return {
    caughtUp: triage.caughtUp,
    drained: () => triage.drained(),
    works: triage.works,
    stopped: Promise.all([triage.stopped, notify.stopped, texts.stopped]).then(() => undefined),
    async stop() {
      await drainAndStop(triage, clock);
      stopping.abort();
      await Promise.all([ticking, deadman]);
      await notify.stop();
      await texts.stop();
      await bodies.stop();
    },
  };
}
