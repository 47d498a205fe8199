import type { IncidentSummary, PhraseView } from '../api-schemas.ts';
import { ago, formatAge, formatLift, formatRarity, INCIDENT_STATE_WORD, SEVERITY_WORD } from '../format.ts';
import { ageOf } from './clock.ts';
import { IncidentActions } from './incident-actions.tsx';
import { PostList } from './post-list.tsx';
import { incidentPath } from './router.ts';

export function stateWords(incident: IncidentSummary): string {
  if (incident.state === 'acknowledged' && incident.acknowledgedBy)
    return `Acknowledged by ${incident.acknowledgedBy}`;
  return INCIDENT_STATE_WORD[incident.state];
}

/** Severity word, watch, rarity, age and state: what is read first, at three in the morning. */
export function IncidentFacts({ incident }: { readonly incident: IncidentSummary }) {
  const over = incident.state === 'resolved' || incident.state === 'closed';
  return (
    <div class="incident-line">
      <p class="incident-kicker">
        <strong class={`severity ${incident.severity}`}>{SEVERITY_WORD[incident.severity]}</strong>{' '}
        <span>{incident.watchName}</span>
        {incident.replay && <span class="tag">Recorded</span>}
      </p>
      <p class="incident-facts">
        {incident.rarityDays !== undefined && <span>{formatRarity(incident.rarityDays)}</span>}
        <span>
          {over ? `opened ${ago(ageOf(incident.openedAt))}` : `open ${formatAge(ageOf(incident.openedAt))}`}
        </span>
        <span class={`state-${incident.state}`}>{stateWords(incident)}</span>
      </p>
    </div>
  );
}

export function PhraseChips({ phrases }: { readonly phrases: readonly PhraseView[] }) {
  if (phrases.length === 0) return null;
  return (
    <ul class="chips" aria-label="Phrases that rose">
      {phrases.map(({ phrase, people, lift, expected }) => (
        <li key={phrase}>
          <bdi>{phrase}</bdi> <b>{people}</b> <span class="muted">{formatLift(lift, expected)}</span>
        </li>
      ))}
    </ul>
  );
}

/** One open incident with its evidence. */
export function IncidentCard({ incident }: { readonly incident: IncidentSummary }) {
  return (
    <li class={`incident-card ${incident.severity} is-${incident.state}`} data-incident={incident.id}>
      <div class="incident-main">
        <IncidentFacts incident={incident} />
        <h3 class="card-title">
          <a href={incidentPath(incident.id)} data-item>
            {incident.title}
          </a>
        </h3>
        <p class="sentence">{incident.sentence}</p>
      </div>
      <IncidentActions incident={incident} />
      <div class="incident-evidence">
        <PhraseChips phrases={incident.phrases} />
        {incident.posts.length > 0 && <PostList posts={incident.posts} clamp />}
      </div>
    </li>
  );
}
