import type { Incident } from '@foreshock/model/incident';
import type { Command } from '@foreshock/model/signal';
import { resolve, type Step, withEntry } from './step.ts';
import { COMMANDS_KEPT } from './triage-state.ts';

/** A snooze without an end is over by the next shift. */
const SNOOZE_MS = 12 * 3_600_000;

/** Applies what a person asked for. Idempotent by the command’s id; an unknown incident changes nothing. */
export function applyCommand(step: Step, command: Command): void {
  const { state } = step;
  if (state.commands.has(command.id)) return;
  state.commands.add(command.id);
  if (state.commands.size > COMMANDS_KEPT) state.commands.delete(state.commands.values().next().value!);
  if (command.verb === 'silence') {
    if (command.watch && command.until !== undefined) state.silences.set(command.watch, command.until);
    return;
  }
  const incident = command.incident === undefined ? undefined : state.incidents.get(command.incident);
  if (incident) applyToIncident(step, incident, command);
}

function applyToIncident(step: Step, incident: Incident, command: Command): void {
  const entry = {
    at: command.at,
    what: command.verb,
    who: `${command.actor} (${command.via})`.slice(0, 128),
    ...(command.note ? { note: command.note } : {}),
  };
  const noted: Incident = { ...incident, timeline: withEntry(incident, entry) };
  const isOver = incident.state === 'resolved' || incident.state === 'closed';
  switch (command.verb) {
    case 'acknowledge': {
      if (isOver || incident.state === 'acknowledged') return;
      const { snoozedUntil: _until, ...awake } = noted;
      const acknowledged = step.put({
        ...awake,
        state: 'acknowledged',
        acknowledgedAt: command.at,
        acknowledgedBy: command.actor,
      });
      if (!step.state.held.has(incident.id)) step.tell(acknowledged, 'acknowledged', command.at);
      return;
    }
    case 'unacknowledge': {
      if (incident.state !== 'acknowledged') return;
      const { acknowledgedAt: _at, acknowledgedBy: _by, ...open } = noted;
      step.put({ ...open, state: 'open' });
      return;
    }
    case 'snooze':
      if (!isOver)
        step.put({ ...noted, state: 'snoozed', snoozedUntil: command.until ?? command.at + SNOOZE_MS });
      return;
    case 'resolve':
      if (!isOver) resolve(step, incident, { at: command.at, who: entry.who });
      return;
    case 'assign':
      step.put({ ...noted, assignee: command.note ?? command.actor });
      return;
    case 'note':
      step.put(noted);
      return;
    case 'not-useful':
      step.put({ ...noted, notUseful: true });
      return;
    case 'silence':
      return;
  }
}
