import { foldTriage } from '@foreshock/alert/triage';
import {
  decodeTriage,
  emptyTriageState,
  encodeTriage,
  TRIAGE_STATE_VERSION,
  type TriageOutput,
  type TriageState,
} from '@foreshock/alert/triage-state';
import { encodeJson, readJson } from '@foreshock/model/canonical-json';
import { type Config, DEFAULTS, durationMs } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { SignalsRecord } from '@foreshock/model/signal';
import type { Clock } from '@foreshock/runtime/clock';
import type { ConfigRevisions } from '@foreshock/runtime/config-revisions';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { Outputs, Stage } from '@foreshock/runtime/stage-runner';

/** Signals in; incidents and notices out. One partition: one history that can be folded again exactly. */
export function triageStage(options: {
  revisions: ConfigRevisions;
  metrics: Metrics;
  clock: Pick<Clock, 'now'>;
}): Stage {
  const { revisions, metrics, clock } = options;
  let state: TriageState = emptyTriageState();
  const context = { revisionOf: (revision: number) => revisions.of(revision) };

  return {
    name: 'triage',
    input: 'signals',
    async assign(_partition, snapshots) {
      const snapshot = snapshots[0];
      state = emptyTriageState();
      if (!snapshot) return undefined;
      if (snapshot.stateVersion !== TRIAGE_STATE_VERSION)
        throw new Error(
          `the triage snapshot has state version ${snapshot.stateVersion}, this Foreshock reads ${TRIAGE_STATE_VERSION}: use the version that wrote the store`,
        );
      // Whoever ran this stage before may have known a newer one.
      if (!revisions.has(snapshot.revision)) await revisions.refresh();
      state = decodeTriage(
        snapshot.state,
        snapshot.revision > 0 ? revisions.of(snapshot.revision) : undefined,
      );
      return snapshot.position;
    },
    async prepare(batch) {
      for (const record of batch.records) {
        if (!record.value) continue;
        const signal = readJson(record.value) as SignalsRecord;
        if (
          signal.kind === 'forwarded' &&
          signal.record.op === 'config' &&
          !revisions.has(signal.record.revision)
        )
          await revisions.refresh();
      }
    },
    fold(_partition, record, outputs) {
      if (record.value === null) return;
      const signal = readJson(record.value) as SignalsRecord;
      const before = new Set(state.incidents.keys());
      for (const output of foldTriage(state, { offset: record.offset, record: signal }, context)) {
        emit(output, outputs, metrics);
        if (output.kind === 'incident' && !before.has(output.incident.id))
          noteOpened(output.incident, clock.now());
        if (output.kind === 'incident' && signal.kind === 'command' && signal.verb === 'acknowledge')
          metrics.timeToAck.observe(Math.max(0, signal.at - output.incident.openedAt) / 1_000);
        if (output.kind === 'incident' && signal.kind === 'command' && signal.verb === 'not-useful')
          metrics.incidentsNotUseful.inc();
      }
    },
    acknowledged() {
      if (state.revision) metrics.configRevision.set(state.revision.revision);
      if (state.revision) metrics.pagesPromised.set(pagesPromisedPerDay(state.revision.config));
      const open = { info: 0, warning: 0, critical: 0 };
      for (const incident of state.incidents.values())
        if (incident.state !== 'resolved' && incident.state !== 'closed') open[incident.severity]++;
      for (const [severity, count] of Object.entries(open)) metrics.incidentsOpen.set({ severity }, count);
    },
    snapshot: (partition, position) => [
      {
        v: 1,
        stage: 'triage',
        partition,
        position,
        revision: state.revision?.revision ?? 0,
        stateVersion: TRIAGE_STATE_VERSION,
        state: encodeTriage(state),
      },
    ],
    revoke: () => undefined,
  };

  function noteOpened(incident: Incident, nowMs: number): void {
    metrics.incidents.inc({ severity: incident.severity, kind: incident.kind });
    // Half of the headline: how long people complained before we knew.
    if (incident.kind === 'trouble' && !incident.replay)
      metrics.detectDelay.observe(Math.max(0, nowMs - incident.firstPostAt) / 1_000);
  }
}

const DAY_MS = 86_400_000;

/** Each watch may page once in its rarity for no good reason; those without one share the budget, if there is any. */
function pagesPromisedPerDay({ watches, budget }: Config): number {
  const named = watches.filter(({ page }) => page?.rarity !== undefined);
  const perDay = (rarity: string) => DAY_MS / durationMs(rarity);
  const own = named.reduce((sum, { page }) => sum + perDay(page?.rarity ?? DEFAULTS.pageRarity), 0);
  const sharing = watches.length - named.length;
  if (sharing === 0) return own;
  return own + (budget ? budget.pages * perDay(budget.per) : sharing * perDay(DEFAULTS.pageRarity));
}

function emit(output: TriageOutput, outputs: Outputs, metrics: Metrics): void {
  switch (output.kind) {
    case 'incident':
      outputs.add('incidents', { key: output.incident.id, value: encodeJson(output.incident) });
      break;
    case 'notice':
      outputs.add('notices', { key: output.notice.incident.id, value: encodeJson(output.notice) });
      break;
    case 'heartbeat':
      metrics.heartbeat.set({ stage: 'triage' }, output.sentAt / 1_000);
      break;
  }
}
