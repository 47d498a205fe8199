import type { Incident, IncidentBurst } from '@foreshock/model/incident';
import type { IncidentDetail, IncidentSummary, Marker, PostView } from './api-schemas.ts';
import type { Post } from './post-store.ts';
import type { View } from './view.ts';

export const leadOf = (incident: Incident): IncidentBurst | undefined =>
  incident.bursts.find((burst) => burst.burst === incident.lead) ?? incident.bursts[0];

export function presentPost(post: Post, role?: PostView['role']): PostView {
  return {
    id: post.id,
    source: post.source,
    eventTime: post.eventTime,
    text: post.text,
    ...(post.url === undefined ? {} : { url: post.url }),
    ...(post.reach === undefined ? {} : { reach: post.reach }),
    ...(post.shares === undefined ? {} : { shares: post.shares }),
    ...(post.sentiment === undefined ? {} : { sentiment: post.sentiment }),
    ...(role === undefined ? {} : { role }),
  };
}

/** Evidence of an incident in its own order, and how much of it is gone. */
function evidenceOf(view: View, incident: Incident): { posts: PostView[]; gone: number } {
  const explanation = leadOf(incident)?.explanation;
  const mostShared = new Set(explanation?.mostShared);
  const firstPosts = new Set(explanation?.firstPosts);
  const ids = new Set([...incident.evidence, ...mostShared, ...firstPosts]);
  const posts: PostView[] = [];
  for (const id of ids) {
    const post = view.posts.get(id);
    if (post)
      posts.push(
        presentPost(post, mostShared.has(id) ? 'most-shared' : firstPosts.has(id) ? 'first' : undefined),
      );
  }
  return { posts, gone: ids.size - posts.length };
}

export function presentIncident(view: View, incident: Incident): IncidentSummary {
  const lead = leadOf(incident);
  const trouble = incident.kind === 'trouble' ? lead : undefined;
  return {
    id: incident.id,
    watch: incident.watch,
    watchName: incident.watchName,
    kind: incident.kind,
    title: incident.title,
    state: incident.state,
    severity: incident.severity,
    sentence: incident.sentence,
    onset: incident.onset,
    openedAt: incident.openedAt,
    ...(incident.endedAt === null ? {} : { endedAt: incident.endedAt }),
    ...(incident.acknowledgedBy === undefined ? {} : { acknowledgedBy: incident.acknowledgedBy }),
    ...(incident.snoozedUntil === undefined ? {} : { snoozedUntil: incident.snoozedUntil }),
    ...(trouble
      ? {
          rarityDays: trouble.figures.rarityDays,
          people: trouble.figures.people,
          expected: trouble.figures.expected,
          series: trouble.series,
        }
      : {}),
    notUseful: incident.notUseful,
    replay: incident.replay,
    revision: incident.revision,
    phrases: (lead?.explanation.phrases ?? []).slice(0, 3),
    posts: evidenceOf(view, incident).posts.slice(0, 3),
  };
}

export function presentIncidentDetail(view: View, incident: Incident): IncidentDetail {
  const lead = leadOf(incident);
  const { posts, gone } = evidenceOf(view, incident);
  return {
    now: view.now(),
    summary: presentIncident(view, incident),
    ...(lead ? { figures: lead.figures, explanation: lead.explanation } : {}),
    bursts: incident.bursts.map((burst) => ({
      series: burst.series,
      onset: burst.onset,
      endedAt: burst.endedAt,
      sentence: burst.explanation.sentence,
    })),
    posts,
    postsGone: gone,
    timeline: incident.timeline,
    similar: view.incidents
      .list()
      .filter((other) => other.id !== incident.id && other.watch === incident.watch)
      .slice(0, 5)
      .map(({ id, title, severity, openedAt, state }) => ({ id, title, severity, openedAt, state })),
    eventId: view.events.newest,
  };
}

/** Where incidents of a watch stand in a graph of [from, to). */
export function markersOf(view: View, watch: string, from: number, to: number): Marker[] {
  const markers: Marker[] = [];
  for (const incident of view.incidents.list()) {
    if (incident.watch !== watch) continue;
    const add = (letter: Marker['letter'], at: number | undefined | null, text: string) => {
      if (typeof at === 'number' && at >= from && at < to)
        markers.push({ at, letter, text, incident: incident.id });
    };
    add('A', incident.detectedAt, `Alert: ${incident.title}`.slice(0, 300));
    add('K', incident.acknowledgedAt, `Acknowledged by ${incident.acknowledgedBy ?? 'somebody'}`);
    add('R', incident.resolvedAt ?? incident.endedAt, 'Resolved');
  }
  return markers.sort((a, b) => a.at - b.at).slice(-200);
}
