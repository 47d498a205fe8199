import type { IncidentList } from '../api-schemas.ts';
import { plural } from '../format.ts';
import { formatMoment } from './clock.ts';
import { IncidentFacts } from './incident-card.tsx';
import { incidentPath, query } from './router.ts';
import { incidents } from './store.ts';
import { useLoaded } from './use-loaded.ts';

const STATES = [
  ['active', 'Active'],
  ['resolved', 'Resolved'],
  ['all', 'All'],
] as const;

/** Every incident that is remembered, newest first. */
export function IncidentsPage() {
  const asked = query.value.get('state') ?? 'active';
  const state = STATES.some(([name]) => name === asked) ? asked : 'active';
  // Any change of an active incident is a reason to read the list anew.
  const change = incidents.value.reduce((sum, { revision }) => sum + revision, incidents.value.length);
  const list = useLoaded<IncidentList>(`/api/incidents?state=${state}`, change);
  return (
    <section aria-labelledby="list-title">
      <h1 id="list-title">Incidents</h1>
      <nav class="segments states" aria-label="State">
        {STATES.map(([name, label]) => (
          <a
            key={name}
            href={name === 'active' ? '/incidents' : `/incidents?state=${name}`}
            aria-current={name === state ? 'true' : undefined}
          >
            {label}
          </a>
        ))}
      </nav>
      {!list.value ? (
        <p class="wait" role="status">
          {list.problem || 'Reading …'}
        </p>
      ) : list.value.incidents.length === 0 ? (
        <p class="empty muted">None.</p>
      ) : (
        <>
          <ul class="incident-list plain">
            {list.value.incidents.map((incident) => (
              <li
                key={incident.id}
                class={`incident-card ${incident.severity} is-${incident.state}`}
                data-incident={incident.id}
              >
                <div class="incident-main">
                  <IncidentFacts incident={incident} />
                  <h2 class="card-title">
                    <a href={incidentPath(incident.id)} data-item>
                      {incident.title}
                    </a>
                  </h2>
                  <p class="sentence">{incident.sentence}</p>
                </div>
                <p class="muted opened">{formatMoment(incident.openedAt)}</p>
              </li>
            ))}
          </ul>
          {list.value.total > list.value.incidents.length && (
            <p class="muted">
              {plural(list.value.total - list.value.incidents.length, 'older one')} not shown.
            </p>
          )}
        </>
      )}
    </section>
  );
}
