import type { IncidentSummary } from '../api-schemas.ts';
import { ask, isPending, type Verb } from './actions.ts';

const LABELS: readonly (readonly [Verb, string])[] = [
  ['resolve', 'Resolve'],
  ['snooze', 'Snooze until worse'],
  ['not-useful', 'Not useful'],
];

/** Acknowledge, and on the incident’s own page the rest. Nothing is asked twice: each can be undone instead. */
export function IncidentActions({
  incident,
  all = false,
}: {
  readonly incident: IncidentSummary;
  readonly all?: boolean;
}) {
  const over = incident.state === 'resolved' || incident.state === 'closed';
  const acknowledgeable = incident.state === 'open' && !over;
  return (
    <div class="actions">
      {acknowledgeable && (
        <button
          type="button"
          class="primary"
          aria-disabled={isPending('acknowledge', incident)}
          onClick={() => ask('acknowledge', incident)}
        >
          {isPending('acknowledge', incident) ? 'Acknowledging …' : 'Acknowledge'}
          <span class="visually-hidden"> {incident.title}</span>
        </button>
      )}
      {all &&
        LABELS.filter(([verb]) => (over ? verb === 'not-useful' : true))
          .filter(([verb]) => verb !== 'not-useful' || !incident.notUseful)
          .map(([verb, label]) => (
            <button
              key={verb}
              type="button"
              aria-disabled={isPending(verb, incident)}
              onClick={() => ask(verb, incident)}
            >
              {isPending(verb, incident) ? `${label} …` : label}
            </button>
          ))}
    </div>
  );
}
