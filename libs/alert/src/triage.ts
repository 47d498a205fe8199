import type { ConfigRevision } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { Transition } from '@foreshock/model/notice';
import type { Burst, Outcome, Sight, SignalsRecord } from '@foreshock/model/signal';
import { applyCommand } from './commands.ts';
import { blindIncident, joinBurst, openIncident } from './incident-changes.ts';
import { isWorse } from './severity.ts';
import { resolve, Step, withEntry } from './step.ts';
import { OUTCOMES_KEPT, type TriageOutput, type TriageState } from './triage-state.ts';

/**
 * The fold that turns signals into incidents and notices: (state, record) → outputs, no clock but ticks. `state` is
 * changed in place; every incident in the outputs is a new value.
 */
export function foldTriage(
  state: TriageState,
  input: { readonly offset: number; readonly record: SignalsRecord },
  context: { readonly revisionOf: (revision: number) => ConfigRevision },
): TriageOutput[] {
  const { record } = input;
  const step = new Step(state, input.offset);
  switch (record.kind) {
    case 'burst':
      if (isNew(state, record)) foldBurst(step, record);
      break;
    case 'sight':
      if (isNew(state, record)) foldSight(step, record);
      break;
    case 'command':
      applyCommand(step, record);
      break;
    case 'tick':
      foldTick(step, record.at);
      break;
    case 'outcome':
      noteOutcome(step, record);
      break;
    case 'forwarded':
      if (record.record.op === 'config') state.revision = context.revisionOf(record.record.revision);
      else step.outputs.push({ kind: 'heartbeat', id: record.record.id, sentAt: record.record.eventTime });
      break;
  }
  return step.outputs;
}

/** A watch lives in one partition of `matches`, so its signals’ origins only ever rise. */
function isNew(state: TriageState, signal: Burst | Sight): boolean {
  const { offset } = signal.origin;
  const last = state.folded.get(signal.watch);
  if (last && (offset < last.offset || (offset === last.offset && signal.index <= last.index))) return false;
  state.folded.set(signal.watch, { offset, index: signal.index });
  return true;
}

/** Receivers’ answers are at-least-once: the notifier writes those of its last seconds again when it restarts. */
function noteOutcome(step: Step, outcome: Outcome): void {
  const { outcomes, incidents } = step.state;
  const known = `${outcome.receiver}/${outcome.notice}`;
  const incident = incidents.get(outcome.incident);
  if (!incident || outcomes.has(known)) return;
  outcomes.add(known);
  if (outcomes.size > OUTCOMES_KEPT) outcomes.delete(outcomes.values().next().value!);
  step.put({
    ...incident,
    timeline: withEntry(incident, {
      at: outcome.at,
      what: outcome.result,
      who: outcome.receiver,
      ...(outcome.reason ? { note: outcome.reason } : {}),
    }),
  });
}

function foldBurst(step: Step, burst: Burst): void {
  if (burst.level === 'info') return;
  const current = troubleOf(step.state, burst.watch);
  const isOn = current && current.state !== 'resolved' && current.state !== 'closed';
  if (!isOn) {
    if (burst.phase === 'end') {
      noteEnd(step, current, burst);
      return;
    }
    const within = current?.endedAt != null && burst.at - current.endedAt <= step.settings().reopenWithinMs;
    if (current && within && current.replay === burst.replay) reopen(step, current, burst);
    else openNew(step, burst);
    return;
  }
  const joined = step.put(joinBurst(current, burst));
  if (current.replay && !joined.replay) {
    announce(step, joined, 'opened', burst.at);
    return;
  }
  if (joined.bursts.every((part) => part.endedAt !== null)) {
    resolve(step, joined, { at: burst.at, who: undefined });
    return;
  }
  if (isWorse(joined.severity, current.severity)) escalate(step, joined, burst.at);
}

/** A trouble that somebody resolved by hand ends later: should its incident reopen, this is no longer on. */
function noteEnd(step: Step, incident: Incident | undefined, burst: Burst): void {
  if (incident?.bursts.some((part) => part.burst === burst.burst && part.endedAt === null))
    step.put(joinBurst(incident, burst));
}

function openNew(step: Step, burst: Burst): void {
  const { state } = step;
  const number = (state.numbers.get(burst.watch) ?? 0) + 1;
  state.numbers.set(burst.watch, number);
  const watch = state.revision?.config.watches.find((candidate) => candidate.id === burst.watch);
  const incident = step.put(
    openIncident(burst, { number, watchName: watch?.name ?? burst.watch, offset: step.offset }),
  );
  announce(step, incident, 'opened', burst.at);
}

/** The first notice: at once, or when the tick that ends `groupWait` comes. */
function announce(step: Step, incident: Incident, transition: Transition, at: number): void {
  const { groupWaitMs } = step.settings();
  if (groupWaitMs === 0) step.tell(incident, transition, at);
  else step.state.held.set(incident.id, step.state.now + groupWaitMs);
}

function reopen(step: Step, incident: Incident, burst: Burst): void {
  const { resolvedAt: _resolved, ...open } = joinBurst(incident, burst);
  const reopened = step.put({
    ...open,
    state: 'open',
    endedAt: null,
    reopened: incident.reopened + 1,
    timeline: withEntry(open, { at: burst.at, what: 'reopened' }),
  });
  step.state.asked.delete(incident.id);
  announce(step, reopened, 'reopened', burst.at);
}

function escalate(step: Step, incident: Incident, at: number): void {
  const { snoozedUntil: _until, ...unsnoozed } = incident;
  const awake: Incident = {
    ...(incident.state === 'snoozed' ? unsnoozed : incident),
    state: incident.state === 'snoozed' ? 'open' : incident.state,
    timeline: withEntry(incident, { at, what: `severity ${incident.severity}` }),
  };
  const told = step.put(awake);
  if (!step.state.held.has(told.id)) step.tell(told, 'escalated', at);
}

/** The newest incident of this watch’s troubles, whatever its state. */
function troubleOf(state: TriageState, watch: string): Incident | undefined {
  let newest: Incident | undefined;
  for (const incident of state.incidents.values())
    if (
      incident.kind === 'trouble' &&
      incident.watch === watch &&
      (!newest || incident.openedAt >= newest.openedAt)
    )
      newest = incident;
  return newest;
}

/** One operator incident per silent source, however many watches it blinds. */
function foldSight(step: Step, sight: Sight): void {
  const { state } = step;
  const watches = state.blind.get(sight.source) ?? new Set<string>();
  const open = [...state.incidents.values()].find(
    (incident) =>
      incident.kind === 'blind' && incident.lead === sight.source && incident.state !== 'resolved',
  );
  if (sight.state === 'blind') {
    watches.add(sight.watch);
    state.blind.set(sight.source, watches);
    if (open) return;
    const number = (state.numbers.get(`blind/${sight.source}`) ?? 0) + 1;
    state.numbers.set(`blind/${sight.source}`, number);
    const incident = step.put(blindIncident(sight, { number, offset: step.offset }));
    step.tell(incident, 'blind', sight.at);
    return;
  }
  watches.delete(sight.watch);
  if (watches.size > 0 || !open) return;
  state.blind.delete(sight.source);
  const resolved = step.put({
    ...open,
    state: 'resolved',
    resolvedAt: sight.at,
    endedAt: sight.at,
    sentence: `${sight.source} is ${sight.reason}.`,
    timeline: withEntry(open, { at: sight.at, what: 'sighted' }),
  });
  step.tell(resolved, 'sighted', sight.at);
}

const openingOf = (incident: Incident): Transition => (incident.reopened > 0 ? 'reopened' : 'opened');

/** Time passes: held notices leave, snoozes end, reminders come, old incidents close. Only the last due step counts. */
function foldTick(step: Step, at: number): void {
  const { state } = step;
  if (at <= state.now) return;
  state.now = at;
  const { reopenWithinMs, repeatMs } = step.settings();
  for (const [id, due] of state.held) {
    const incident = state.incidents.get(id);
    if (due > at || !incident) continue;
    state.held.delete(id);
    step.tell(incident, openingOf(incident), at);
  }
  for (const incident of state.incidents.values()) {
    // A silence kept it from being told; `tell` sees whether that is over.
    const untold = !state.asked.has(incident.id) && !state.held.has(incident.id);
    if (incident.state === 'open' && untold) step.tell(incident, openingOf(incident), at);
    else if (
      incident.state === 'snoozed' &&
      incident.snoozedUntil !== undefined &&
      incident.snoozedUntil <= at
    ) {
      const { snoozedUntil: _until, ...rest } = incident;
      const awake = step.put({
        ...rest,
        state: 'open',
        timeline: withEntry(incident, { at, what: 'snooze ended' }),
      });
      step.tell(awake, 'reminder', at);
    } else if (incident.state === 'open' && at - (state.asked.get(incident.id) ?? at) >= repeatMs) {
      step.tell(incident, 'reminder', at);
    } else if (incident.state === 'resolved' && at - (incident.resolvedAt ?? at) > reopenWithinMs) {
      step.put({ ...incident, state: 'closed' });
      state.incidents.delete(incident.id);
      state.asked.delete(incident.id);
    }
  }
}
