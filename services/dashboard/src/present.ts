import { DEFAULTS, type Watch } from '@foreshock/model/config';
import type {
  Overview,
  SeriesGraph,
  SeriesQuery,
  SourceView,
  WatchDetail,
  WatchRow,
  WatchState,
} from './api-schemas.ts';
import { ACTIVE_STATES, byUrgency } from './incident-store.ts';
import { leadOf, markersOf, presentIncident, presentPost } from './present-incident.ts';
import { thinSeries } from './series-thin.ts';
import type { SourceRow } from './source-board.ts';
import type { View } from './view.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const SPARK_MS = 6 * HOUR_MS;
const SPARK_POINTS = 72;
/** Without a closed minute for this long a graph shows the past. */
const STALE_MS = 5 * MINUTE_MS;
/** Fewer posts than this have no share worth telling. */
const SHARE_POSTS_MIN = 10;
/** Once a day is no news; rarer is marked. */
const UNUSUAL_DAYS_MIN = 1;
const INCIDENTS_ON_OVERVIEW = 100;

export function presentSource(row: SourceRow): SourceView {
  return {
    name: row.name,
    kind: row.kind,
    state: row.state,
    ...(row.mode === undefined ? {} : { mode: row.mode }),
    ...(row.completeUpTo === undefined ? {} : { completeUpTo: row.completeUpTo }),
    ...(row.statusAt === undefined ? {} : { statusAt: row.statusAt }),
    ...(row.reason === undefined ? {} : { reason: row.reason }),
    ...(row.gap === undefined ? {} : { gap: row.gap }),
  };
}

function shareOf(view: View, watch: string, from: number, to: number): number | undefined {
  const { posts, negative } = view.series.tally(watch, from, to);
  return posts >= SHARE_POSTS_MIN ? Math.min(1, negative / posts) : undefined;
}

interface StateFacts {
  readonly sinceClosedMs: number | undefined;
  readonly blind: boolean;
  readonly point: ReturnType<View['series']['at']>;
}

function stateOf({ sinceClosedMs, blind, point }: StateFacts): WatchState {
  if (sinceClosedMs === undefined) return 'waiting';
  if (sinceClosedMs > STALE_MS) return 'stale';
  if (blind) return 'blind';
  if (!point) return 'zero';
  if (point.window > point.high && point.rarityDays >= UNUSUAL_DAYS_MIN) return 'unusual';
  if (point.learning) return 'learning';
  return point.window === 0 ? 'zero' : 'normal';
}

export function presentWatch(view: View, watch: Watch, sources: readonly SourceRow[]): WatchRow {
  const now = view.now();
  const incident = view.incidents.activeOf(watch.id);
  const lead = incident?.kind === 'trouble' ? leadOf(incident) : undefined;
  const focus = lead?.series ?? 'all';
  const newest = view.series.newest(watch.id);
  const point = newest === undefined ? undefined : view.series.at(watch.id, focus, newest);
  const graph = thinSeries(view.series, {
    watch: watch.id,
    series: focus,
    from: now - SPARK_MS,
    to: now,
    points: SPARK_POINTS,
  });
  const negativeShare = shareOf(view, watch.id, now - HOUR_MS, now);
  const usualNegativeShare = shareOf(view, watch.id, now - DAY_MS - HOUR_MS, now - HOUR_MS);
  const knownSince = view.series.oldest(watch.id);
  const own = sources.filter((source) => !watch.sources || watch.sources.includes(source.name));
  return {
    id: watch.id,
    name: watch.name ?? watch.id,
    state: stateOf({
      sinceClosedMs: view.sinceClosed(watch.id),
      blind: newest !== undefined && view.series.sight(watch.id, newest) === 'blind',
      point,
    }),
    focus,
    ...(newest === undefined ? {} : { newestMinute: newest }),
    ...(knownSince === undefined ? {} : { knownSince }),
    ...(point
      ? {
          people: point.window,
          expected: point.expected,
          low: point.low,
          high: point.high,
          rarityDays: point.rarityDays,
        }
      : {}),
    ...(negativeShare === undefined ? {} : { negativeShare }),
    ...(usualNegativeShare === undefined ? {} : { usualNegativeShare }),
    postsLastHour: view.series.tally(watch.id, now - HOUR_MS, now).posts,
    sourcesConnected: own.filter((source) => source.state === 'connected').length,
    sourcesTotal: own.length,
    ...(incident
      ? { incident: { id: incident.id, severity: incident.severity, state: incident.state } }
      : {}),
    graph: {
      from: graph.from,
      to: graph.to,
      bucketMs: graph.bucketMs,
      start: graph.t[0] ?? graph.from,
      observed: graph.observed,
      low: graph.low,
      high: graph.high,
      blind: graph.blind,
    },
  };
}

/** Open incidents first, then the rarest, then by name. */
function byInterest(view: View): (a: WatchRow, b: WatchRow) => number {
  const urgency = (row: WatchRow) => (row.incident ? view.incidents.get(row.incident.id) : undefined);
  return (a, b) => {
    const [left, right] = [urgency(a), urgency(b)];
    if (left && right) return byUrgency(left, right);
    if (left || right) return left ? -1 : 1;
    const rarity =
      (b.state === 'unusual' ? (b.rarityDays ?? 0) : 0) - (a.state === 'unusual' ? (a.rarityDays ?? 0) : 0);
    return rarity || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  };
}

export function presentWatches(view: View): WatchRow[] {
  const sources = view.sources();
  return view
    .watches()
    .map((watch) => presentWatch(view, watch, sources))
    .sort(byInterest(view));
}

export function presentOverview(view: View): Overview {
  // Read first: whatever happens while the rest is put together is told again by the events after it.
  const eventId = view.events.newest;
  return {
    now: view.now(),
    eventId,
    restoring: [...view.missing()],
    incidents: [...view.incidents.list(ACTIVE_STATES)]
      .sort(byUrgency)
      .slice(0, INCIDENTS_ON_OVERVIEW)
      .map((incident) => presentIncident(view, incident)),
    watches: presentWatches(view),
    sources: view.sources().map(presentSource),
  };
}

const WATCH_POSTS = 20;

export function presentWatchDetail(view: View, watch: Watch): WatchDetail {
  const now = view.now();
  const channels = [...view.series.channels(watch.id, now - HOUR_MS, now)].sort(([, a], [, b]) => b - a);
  const total = channels.reduce((sum, [, posts]) => sum + posts, 0);
  return {
    now,
    watch: presentWatch(view, watch, view.sources()),
    series: view.series.seriesOf(watch.id) as WatchDetail['series'],
    page: {
      rarity: watch.page?.rarity ?? DEFAULTS.pageRarity,
      people: watch.page?.people ?? DEFAULTS.pagePeople,
    },
    channels: channels.map(([source, posts]) => ({ source, posts, share: posts / total })),
    posts: view.posts.recent(watch.id, WATCH_POSTS).map((post) => presentPost(post)),
  };
}

const RANGE_DEFAULT_MS = 6 * HOUR_MS;
/** More is never kept; a longer question is answered for its newest part. */
const RANGE_MAX_MS = 31 * DAY_MS;
const POINTS_DEFAULT = 600;

export function presentSeries(view: View, watch: Watch, query: SeriesQuery): SeriesGraph {
  const now = view.now();
  const to = query.to ?? now;
  const from = Math.min(Math.max(0, to - RANGE_MAX_MS, query.from ?? to - RANGE_DEFAULT_MS), to);
  const graph = thinSeries(view.series, {
    watch: watch.id,
    series: query.series ?? 'all',
    from,
    to,
    points: query.points ?? POINTS_DEFAULT,
  });
  return { now, ...graph, markers: markersOf(view, watch.id, from, to) };
}
