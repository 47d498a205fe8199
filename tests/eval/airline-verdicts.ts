import type { LabelledSpan } from './airline-data.ts';
import { covers, EARLY_MS, type EpisodeVerdict, judgeEpisodes, mergeSpans } from './episodes.ts';

/**
 * Waves of one trouble with pauses up to this long are one episode. Without the pause (overlapping labels only) the
 * waves are judged too: a responder wants to know of the second wave, but as the same incident getting worse.
 */
export const EPISODE_GAP_MS = 3 * 3_600_000;

export interface AirlineVerdict {
  readonly episodes: readonly EpisodeVerdict[];
  readonly waves: readonly EpisodeVerdict[];
  /** Labels near the limits of what is visible: told apart, never counted as missed. */
  readonly uncertain: readonly EpisodeVerdict[];
  readonly onHype: number;
  readonly onSingleAuthor: number;
  readonly onArtefact: number;
  readonly falseAlerts: number;
  readonly alerts: number;
}

/**
 * Sorts alerts by what they fell on. An alert belongs to an incident label if there is one (from half an hour before
 * it), else to hype, one author or the collection's cold start; whatever is left is false.
 */
export function judgeAirline(labels: readonly LabelledSpan[], alertsMs: readonly number[]): AirlineVerdict {
  const incidents = labels.filter((label) => label.kind === 'incident');
  const certain = incidents.filter((label) => label.certainty !== 'low');
  const counts = { hype: 0, single_author: 0, artefact: 0, none: 0 };
  for (const atMs of alertsMs) {
    if (mergeSpans(certain, EPISODE_GAP_MS).some((span) => covers(span, atMs, EARLY_MS))) continue;
    if (incidents.some((span) => covers(span, atMs, EARLY_MS))) continue;
    const on = (['single_author', 'hype', 'artefact'] as const).find((kind) =>
      labels.some((label) => label.kind === kind && covers(label, atMs)),
    );
    counts[on ?? 'none'] += 1;
  }
  return {
    episodes: judgeEpisodes(mergeSpans(certain, EPISODE_GAP_MS), alertsMs),
    waves: judgeEpisodes(mergeSpans(certain, 0), alertsMs),
    uncertain: judgeEpisodes(
      mergeSpans(
        incidents.filter((label) => label.certainty === 'low'),
        0,
      ),
      alertsMs,
    ),
    onHype: counts.hype,
    onSingleAuthor: counts.single_author,
    onArtefact: counts.artefact,
    falseAlerts: counts.none,
    alerts: alertsMs.length,
  };
}
