import { type ConfigRevision, DEFAULTS, durationMs } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { Transition } from '@foreshock/model/notice';
import type { TriageOutput, TriageState } from './triage-state.ts';

/** One fold step: collects outputs and numbers the notices, so that the same history gives the same ids. */
export class Step {
  readonly outputs: TriageOutput[] = [];
  readonly state: TriageState;
  readonly offset: number;
  #index = 0;

  constructor(state: TriageState, offset: number) {
    this.state = state;
    this.offset = offset;
  }

  put(incident: Incident): Incident {
    const written = { ...incident, revision: this.offset };
    this.state.incidents.set(written.id, written);
    this.outputs.push({ kind: 'incident', incident: written });
    return written;
  }

  /** Tells the receivers of this incident, unless its watch is silenced. What is only history says so itself. */
  tell(incident: Incident, transition: Transition, at: number): void {
    const silencedUntil = this.state.silences.get(incident.watch) ?? 0;
    const silenced = incident.kind === 'trouble' && silencedUntil > this.state.now;
    // What was opened aloud is also ended aloud.
    if (silenced && !(transition === 'resolved' && this.state.asked.has(incident.id))) return;
    const receivers = receiversOf(this.state.revision, incident);
    this.outputs.push({
      kind: 'notice',
      notice: {
        v: 1,
        id: `${incident.id}/${this.offset}/${this.#index++}`,
        transition,
        at,
        receivers,
        incident,
      },
    });
    this.state.asked.set(incident.id, this.state.now);
  }

  settings() {
    const incidents = this.state.revision?.config.incidents;
    return {
      reopenWithinMs: durationMs(incidents?.reopenWithin ?? DEFAULTS.reopenWithin),
      groupWaitMs: durationMs(incidents?.groupWait ?? DEFAULTS.groupWait),
      repeatMs: durationMs(incidents?.repeat ?? DEFAULTS.repeat),
    };
  }
}

const TIMELINE_KEPT = 200;

export const withEntry = (incident: Incident, entry: Incident['timeline'][number]): Incident['timeline'] =>
  [...incident.timeline, entry].slice(-TIMELINE_KEPT);

function receiversOf(revision: ConfigRevision | undefined, incident: Incident): string[] {
  const all = revision?.config.receivers?.map((receiver) => receiver.id) ?? [];
  if (incident.kind === 'blind') return revision?.config.operator?.receivers ?? all;
  return revision?.config.watches.find((watch) => watch.id === incident.watch)?.receivers ?? all;
}

/** Ends an incident and tells so. */
export function resolve(step: Step, incident: Incident, by: { at: number; who: string | undefined }): void {
  const resolved = step.put({
    ...incident,
    state: 'resolved',
    resolvedAt: by.at,
    endedAt: incident.endedAt ?? by.at,
    timeline: withEntry(incident, { at: by.at, what: 'resolved', ...(by.who ? { who: by.who } : {}) }),
  });
  const held = step.state.held.delete(resolved.id);
  // What was over before anybody was told needs one message, not none and not two.
  step.tell(resolved, held ? 'opened' : 'resolved', by.at);
}
