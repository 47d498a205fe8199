import { recount } from '@foreshock/detect/recount';
import { readJson } from '@foreshock/model/canonical-json';
import type { Incident, IncidentBurst } from '@foreshock/model/incident';
import type { Match, MatchesRecord } from '@foreshock/model/match';
import { partitionOf, type TopicLog } from '@foreshock/topic-log/contract';

/** One burst of an incident, counted again from the log. */
export interface BurstRecount {
  readonly burst: string;
  readonly series: string;
  readonly from: string;
  readonly to: string;
  readonly told: { readonly people: number; readonly posts: number; readonly threshold: number };
  readonly recounted: { readonly people: number; readonly posts: number };
  /** The recounted people still reach what was needed to page. */
  readonly fires: boolean;
  /** The recount gives the told figures, or more where posts came late. */
  readonly agrees: boolean;
  readonly posts: readonly {
    readonly id: string;
    readonly at: string;
    readonly source: string;
    readonly text: string;
  }[];
}

export interface IncidentRecount {
  readonly incident: string;
  readonly watch: string;
  readonly title: string;
  readonly sentence: string;
  readonly agrees: boolean;
  readonly bursts: readonly BurstRecount[];
}

/**
 * Recomputes an incident’s verdicts from its mentions: every number leads to the posts behind it. Erased posts are
 * missing from the recount, which then says so by not agreeing. Undefined: no such incident.
 */
export async function recountIncident(log: TopicLog, id: string): Promise<IncidentRecount | undefined> {
  const incident = await newestIncident(log, id);
  if (!incident) return undefined;
  const matches = await matchesOf(log, incident);
  const bursts = incident.bursts.map((burst) => recountBurst(burst, matches));
  return {
    incident: incident.id,
    watch: incident.watch,
    title: incident.title,
    sentence: incident.sentence,
    agrees: bursts.every((burst) => burst.agrees),
    bursts,
  };
}

function recountBurst(burst: IncidentBurst, matches: ReadonlyMap<string, Match>): BurstRecount {
  const { figures, series } = burst;
  const counted = recount(matches.values(), { series, from: figures.from, to: figures.to });
  return {
    burst: burst.burst,
    series,
    from: new Date(figures.from).toISOString(),
    to: new Date(figures.to).toISOString(),
    told: { people: figures.people, posts: figures.posts, threshold: figures.threshold },
    recounted: { people: counted.people, posts: counted.posts },
    fires: counted.people >= figures.threshold,
    agrees: counted.people >= figures.people && counted.posts >= figures.posts,
    posts: counted.counted.map((postId) => {
      const match = matches.get(postId)!;
      return {
        id: postId,
        at: new Date(match.eventTime).toISOString(),
        source: match.source,
        text: match.content,
      };
    }),
  };
}

async function newestIncident(log: TopicLog, id: string): Promise<Incident | undefined> {
  let newest: Incident | undefined;
  const { start } = await log.bounds('incidents', 0);
  for await (const batch of log.scan('incidents', 0, { from: start }))
    for (const record of batch.records)
      if (record.key === id && record.value) {
        const incident = readJson(record.value) as Incident;
        if (!newest || incident.revision >= newest.revision) newest = incident;
      }
  return newest;
}

/** The watch’s matches in the windows of the incident, each once. */
async function matchesOf(log: TopicLog, incident: Incident): Promise<ReadonlyMap<string, Match>> {
  const matches = new Map<string, Match>();
  const partition = partitionOf(incident.watch, await log.partitions('matches'));
  const from = Math.min(...incident.bursts.map((burst) => burst.figures.from));
  const to = Math.max(...incident.bursts.map((burst) => burst.figures.to));
  const { start } = await log.bounds('matches', partition);
  for await (const batch of log.scan('matches', partition, { from: start }))
    for (const record of batch.records) {
      if (!record.value || !record.key?.startsWith(`${incident.watch}/`)) continue;
      const match = readJson(record.value) as MatchesRecord;
      if (match.kind !== 'match' || match.eventTime < from || match.eventTime >= to) continue;
      // The first of an id counted; an edit that came later did not count again.
      if (!matches.has(match.id)) matches.set(match.id, match);
    }
  return matches;
}
