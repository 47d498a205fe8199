import type { Incident, IncidentBurst } from '@foreshock/model/incident';
import type { Burst, Sight } from '@foreshock/model/signal';
import { leadOf, severityOf } from './severity.ts';

/** A new incident from its first burst. */
export function openIncident(
  burst: Burst,
  context: { number: number; watchName: string; offset: number },
): Incident {
  const part = partOf(burst);
  return {
    v: 1,
    id: `${burst.watch}-${context.number}`,
    watch: burst.watch,
    kind: 'trouble',
    title: titleOf(context.watchName, [part]),
    watchName: context.watchName,
    state: 'open',
    severity: severityOf([part], 'warning'),
    onset: burst.onset,
    firstPostAt: burst.firstPostAt,
    detectedAt: burst.at,
    openedAt: burst.at,
    endedAt: null,
    bursts: [part],
    lead: part.burst,
    sentence: burst.explanation.sentence,
    evidence: evidenceOf(part),
    replay: burst.replay,
    reopened: 0,
    notUseful: false,
    timeline: [{ at: burst.at, what: 'detected', note: part.series }],
    revision: context.offset,
  };
}

/** The incident with this burst’s news: a new trouble, growth, or an end. Severity never falls. */
export function joinBurst(incident: Incident, burst: Burst): Incident {
  const known = incident.bursts.find((part) => part.burst === burst.burst);
  const part = partOf(burst, known);
  const bursts = known
    ? incident.bursts.map((other) => (other.burst === part.burst ? part : other))
    : [...incident.bursts, part].slice(-BURSTS_KEPT);
  const lead = leadOf(bursts);
  const what = burst.phase === 'end' ? 'ended' : known ? 'grew' : 'joined';
  return {
    ...incident,
    title: titleOf(incident.watchName, bursts),
    severity: severityOf(bursts, incident.severity),
    onset: Math.min(incident.onset, burst.onset),
    firstPostAt: Math.min(incident.firstPostAt, burst.firstPostAt),
    bursts,
    lead: lead.burst,
    sentence: lead.explanation.sentence,
    evidence: evidenceOf(lead),
    // One real trouble makes it real. The calm window of an end says nothing about that.
    replay: incident.replay && (burst.replay || burst.phase === 'end'),
    timeline: [...incident.timeline, { at: burst.at, what, note: part.series }].slice(-200),
  };
}

/** Troubles of one incident that are remembered; a watch has no more series at once. */
const BURSTS_KEPT = 64;

function partOf(burst: Burst, known?: IncidentBurst): IncidentBurst {
  const stronger = !known || burst.phase === 'end' || burst.figures.rarityDays >= known.figures.rarityDays;
  return {
    burst: burst.burst,
    series: burst.series,
    onset: burst.onset,
    startedAt: known?.startedAt ?? burst.at,
    endedAt: burst.phase === 'end' ? burst.at : null,
    figures: stronger ? burst.figures : known.figures,
    // The end’s own window is calm: it explains nothing about the burst.
    explanation: known && (burst.phase === 'end' || !stronger) ? known.explanation : burst.explanation,
  };
}

const evidenceOf = (part: IncidentBurst): string[] =>
  [...new Set([...part.explanation.firstPosts, ...part.explanation.mostShared])].slice(0, 10);

/** “Orion X: stock, delivery”. */
function titleOf(watchName: string, bursts: readonly IncidentBurst[]): string {
  const issues = [...new Set(bursts.map((part) => part.series))]
    .filter((series) => series.startsWith('issue:'))
    .map((series) => series.slice('issue:'.length));
  return `${watchName}: ${issues.length > 0 ? issues.join(', ') : 'complaints'}`.slice(0, 256);
}

export function blindIncident(sight: Sight, context: { number: number; offset: number }): Incident {
  const minutes = Math.max(1, Math.round((sight.at - sight.since) / 60_000));
  return {
    v: 1,
    id: `blind-${sight.source}-${context.number}`,
    watch: sight.watch,
    kind: 'blind',
    title: `Blind: ${sight.source} is silent`,
    watchName: sight.source,
    state: 'open',
    severity: 'warning',
    onset: sight.since,
    firstPostAt: sight.since,
    detectedAt: sight.at,
    openedAt: sight.at,
    endedAt: null,
    bursts: [],
    lead: sight.source,
    sentence: `Nothing was heard from ${sight.source} for ${minutes} min (${sight.reason}). Its watches are blind, not calm.`,
    evidence: [],
    replay: false,
    reopened: 0,
    notUseful: false,
    timeline: [{ at: sight.at, what: 'blind', note: sight.reason }],
    revision: context.offset,
  };
}
