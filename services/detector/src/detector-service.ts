import type { Clock } from '@foreshock/runtime/clock';
import type { ConfigRevisions } from '@foreshock/runtime/config-revisions';
import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { SnapshotReader } from '@foreshock/runtime/snapshots';
import { drainAndStop, type RunningStage, runStage } from '@foreshock/runtime/stage-runner';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { detectStage } from './detect-stage.ts';
import { matchStage } from './match-stage.ts';

export interface DetectorOptions {
  readonly log: TopicLog;
  readonly revisions: ConfigRevisions;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly snapshots?: SnapshotReader;
  readonly snapshotEveryMs?: number;
  readonly snapshotPartsMax?: number;
}

/** Starts both halves of the detector: mentions → matches → bursts. */
export async function startDetector(options: DetectorOptions): Promise<RunningStage> {
  const matchesPartitions = await options.log.partitions('matches');
  const match = await runStage({ ...options, stage: matchStage({ ...options, matchesPartitions }) });
  const detect = await runStage({ ...options, stage: detectStage({ ...options, matchesPartitions }) });
  const drained = async (): Promise<void> => {
    await match.drained();
    await detect.drained();
  };
  // What match had still to match is part of what stood in the log.
  const caughtUp = match.caughtUp.then(() => detect.drained());
  // `stopped` tells what stopped a stage on the way.
  caughtUp.catch(() => undefined);
  return {
    caughtUp,
    drained,
    works: () => match.works() || detect.works(),
    stopped: Promise.all([match.stopped, detect.stopped]).then(() => undefined),
    async stop() {
      // In the order of the stream, so that what is matched is also detected and covered by a snapshot.
      await drainAndStop(match, options.clock);
      await drainAndStop(detect, options.clock);
    },
  };
}
