import { type DetectOutput, type DetectState, emptyDetectState, foldDetect } from '@foreshock/detect/detect';
import { rulesOf } from '@foreshock/detect/rules';
import { decodeWatch, encodeWatch, WATCH_STATE_VERSION } from '@foreshock/detect/snapshot';
import { emptyWatchState } from '@foreshock/detect/watch-state';
import { encodeJson, readJson } from '@foreshock/model/canonical-json';
import type { MatchesRecord } from '@foreshock/model/match';
import type { Snapshot } from '@foreshock/model/state';
import type { Clock } from '@foreshock/runtime/clock';
import type { ConfigRevisions } from '@foreshock/runtime/config-revisions';
import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { Outputs, Stage } from '@foreshock/runtime/stage-runner';
import { type LogBatch, partitionOf, type TopicLog } from '@foreshock/topic-log/contract';
import { Eraser } from './eraser.ts';
import { EvidenceReader } from './evidence.ts';

/** Matches in; bursts, closed minutes and evidence out. */
export function detectStage(options: {
  log: TopicLog;
  revisions: ConfigRevisions;
  matchesPartitions: number;
  clock: Pick<Clock, 'now'>;
  metrics: Metrics;
  logger: Logger;
}): Stage {
  const { revisions, matchesPartitions, metrics, logger } = options;
  const states = new Map<number, DetectState>();
  /** Of the slowest watch of each partition, in seconds. */
  const watermarks = new Map<number, number>();
  const evidence = new EvidenceReader(options.log);
  const eraser = new Eraser(options.log, options.clock);
  const watchesUpTo = watchesEver(revisions);
  const contextOf = (partition: number) => ({
    revisionOf: (revision: number) => revisions.of(revision),
    isMine: (watch: string) => partitionOf(watch, matchesPartitions) === partition,
  });

  return {
    name: 'detect',
    input: 'matches',
    async assign(partition, snapshots) {
      // Whoever had the partition before may have known a newer one.
      if (!snapshots.every(({ revision }) => revisions.has(revision))) await revisions.refresh();
      const restored = restore(partition, snapshots, { revisions, isMine: contextOf(partition).isMine });
      states.set(partition, restored.state);
      if (restored.refused > 0)
        logger.warn(
          { partition, watches: restored.refused },
          'Snapshots of another state version; those watches are folded again from the log.',
        );
      return restored.position;
    },
    async prepare(batch) {
      await refreshFor(batch, revisions);
    },
    fold(partition, record, outputs) {
      if (record.value === null) return;
      const parsed = readJson(record.value) as MatchesRecord;
      const results = foldDetect(
        states.get(partition)!,
        { offset: record.offset, record: parsed },
        contextOf(partition),
      );
      if (parsed.kind === 'forwarded' && parsed.record.op === 'erase') {
        const revision = states.get(partition)!.revision;
        if (revision)
          eraser.note(parsed.record, {
            watches: watchesUpTo(revision.revision),
            identityKey: revision.identityKey,
          });
      }
      for (const output of results) emit(output, { outputs, partition, metrics, evidence });
    },
    complete: (outputs) => evidence.complete(outputs),
    beforeSnapshot: () => eraser.flush(),
    async acknowledged(partition) {
      await eraser.flushIfDue();
      const { watches } = states.get(partition)!;
      let watermark = Number.POSITIVE_INFINITY;
      for (const watch of watches.values()) watermark = Math.min(watermark, watch.closedMinute * 60);
      watermarks.set(partition, watermark);
      const slowest = Math.min(...watermarks.values());
      if (Number.isFinite(slowest)) metrics.watermark.set(slowest);
      let held = 0;
      for (const state of states.values()) held += state.watches.size;
      metrics.stateKeys.set({ kind: 'watch' }, held);
    },
    parts(partition) {
      const { watches } = states.get(partition)!;
      return watches.size > 0 ? [...watches.keys()] : [''];
    },
    snapshot(partition, position, parts) {
      const state = states.get(partition)!;
      const shared = {
        v: 1,
        stage: 'detect',
        partition,
        position,
        revision: state.revision?.revision ?? 0,
        stateVersion: WATCH_STATE_VERSION,
      } as const;
      // Where no watch lives, the position still must not be lost: heartbeats and erasures would come again.
      if (state.watches.size === 0) return state.revision ? [{ ...shared, state: null }] : [];
      const watches = [...state.watches.values()].filter(({ watch }) => parts?.has(watch) ?? true);
      return watches.map((watch) => ({
        ...shared,
        watch: watch.watch,
        state: encodeWatch({ ...watch, position }),
      }));
    },
    revoke(partition) {
      states.delete(partition);
      watermarks.delete(partition);
      // Who has nothing to watch over has no watermark; an old one would look like a stall.
      if (watermarks.size === 0) metrics.watermark.remove();
    },
  };
}

/** Every watch there has been up to a revision: what a removed one matched is still in the log. */
function watchesEver(revisions: ConfigRevisions): (revision: number) => readonly string[] {
  const ids = new Set<string>();
  let seen = 0;
  let list: readonly string[] = [];
  return (revision) => {
    if (revision <= seen) return list;
    for (let number = seen + 1; number <= revision; number++)
      if (revisions.has(number)) for (const { id } of revisions.of(number).config.watches) ids.add(id);
    seen = revision;
    list = [...ids];
    return list;
  };
}

async function refreshFor(batch: LogBatch, revisions: ConfigRevisions): Promise<void> {
  for (const record of batch.records) {
    if (!record.value || !record.key?.startsWith('@control/')) continue;
    const text = Buffer.from(record.value).toString('latin1');
    const marker = /"op":"config".*"revision":(\d+)/.exec(text);
    if (marker && !revisions.has(Number(marker[1]))) {
      await revisions.refresh();
      return;
    }
  }
}

/** Each watch from its own snapshot; the stage goes back to the lowest position among them. */
function restore(
  partition: number,
  snapshots: readonly Snapshot[],
  context: { revisions: ConfigRevisions; isMine: (watch: string) => boolean },
): { state: DetectState; position: number | undefined; refused: number } {
  const state = emptyDetectState(partition);
  const usable = snapshots.filter(({ stateVersion }) => stateVersion === WATCH_STATE_VERSION);
  const refused = snapshots.length - usable.length;
  if (usable.length === 0 || refused > 0) return { state, position: undefined, refused };
  const ofWatches = usable.filter(({ watch }) => watch !== undefined);
  const { position, revision } = (ofWatches.length > 0 ? ofWatches : usable).reduce((least, snapshot) =>
    snapshot.position < least.position ? snapshot : least,
  );
  if (revision === 0) return { state, position, refused };
  state.revision = context.revisions.of(revision);
  for (const snapshot of ofWatches) {
    const watch = decodeWatch(snapshot.state);
    state.watches.set(watch.watch, watch);
  }
  for (const configured of state.revision.config.watches) {
    if (!context.isMine(configured.id)) continue;
    state.rules.set(configured.id, rulesOf(configured, state.revision));
    if (state.watches.has(configured.id)) continue;
    // New when the process died, and its first snapshot was not taken: it begins anew rather than never.
    state.watches.set(configured.id, { ...emptyWatchState(configured.id, revision), position });
  }
  return { state, position, refused };
}

function emit(
  output: DetectOutput,
  context: { outputs: Outputs; partition: number; metrics: Metrics; evidence: EvidenceReader },
): void {
  const { outputs, metrics } = context;
  switch (output.kind) {
    case 'signal':
      outputs.add('signals', { key: null, value: encodeJson(output.signal) });
      if (output.signal.kind === 'burst')
        metrics.bursts.inc({ phase: output.signal.phase, level: output.signal.level });
      else metrics.blind.set({ watch: output.signal.watch }, output.signal.state === 'blind' ? 1 : 0);
      break;
    case 'series':
      outputs.add('series', { key: output.minute.watch, value: encodeJson(output.minute) });
      break;
    case 'evidence':
      context.evidence.request(output.refs);
      break;
    case 'heartbeat':
      metrics.heartbeat.set({ stage: 'detect' }, output.sentAt / 1_000);
      if (context.partition === 0)
        outputs.add('signals', {
          key: null,
          value: encodeJson({
            kind: 'forwarded',
            v: 1,
            record: { op: 'heartbeat', source: 'foreshock', eventTime: output.sentAt, v: 1, id: output.id },
          }),
        });
      break;
    case 'fate':
      metrics.matches.inc({ watch: output.watch, fate: output.fate });
      if (output.fate === 'late') metrics.late.inc();
      break;
  }
}
