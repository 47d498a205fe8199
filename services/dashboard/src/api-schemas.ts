import { IncidentState, Severity, TimelineEntry } from '@foreshock/model/incident';
import { SentimentLabel } from '@foreshock/model/match';
import { Closed, Slug, Text, TimeMs } from '@foreshock/model/record';
import { SeriesName } from '@foreshock/model/series';
import { Explanation, Figures } from '@foreshock/model/signal';
import Type, { type Static } from 'typebox';

/** The HTTP interface, once: validation, serialisation, OpenAPI and the page’s own types come from here. */

const optional = Type.Optional;
const Count = Type.Integer({ minimum: 0 });
const nullable = (type: string) => Type.Unsafe<number | null>({ type: [type, 'null'] });
/** `null` where nothing is known of that time. */
const Column = Type.Array(nullable('number'));
const Stretch = Closed({ from: TimeMs, to: TimeMs });

export const ApiError = Closed(
  {
    error: Closed({
      code: Text(64, 'Stable; made for programs.'),
      message: Text(1_000, 'What went wrong and what to do.'),
    }),
  },
  'Every refusal has this shape.',
);
export type ApiError = Static<typeof ApiError>;

export const PostView = Closed(
  {
    id: Text(512),
    source: Text(64),
    eventTime: TimeMs,
    text: Text(1_010, 'Plain text, at most 1,000 characters. Written by strangers: show it as text only.'),
    url: optional(Text(2_048)),
    reach: optional(Count),
    shares: optional(Count),
    sentiment: optional(SentimentLabel),
    role: optional(Type.Enum(['first', 'most-shared'])),
  },
  'One post. Who wrote it is not told.',
);
export type PostView = Static<typeof PostView>;

export const PhraseView = Closed({
  phrase: Text(64),
  people: Count,
  expected: Type.Number(),
  lift: Type.Number(),
});
export type PhraseView = Static<typeof PhraseView>;

export const IncidentSummary = Closed({
  id: Text(128),
  watch: Slug,
  watchName: Text(128),
  kind: Type.Enum(['trouble', 'blind']),
  title: Text(256),
  state: IncidentState,
  severity: Severity,
  sentence: Text(1_000),
  onset: TimeMs,
  openedAt: TimeMs,
  endedAt: optional(TimeMs),
  acknowledgedBy: optional(Text(128)),
  snoozedUntil: optional(TimeMs),
  /** Days between two such windows here; absent for an incident of blindness. */
  rarityDays: optional(Type.Number({ minimum: 0 })),
  people: optional(Count),
  expected: optional(Type.Number({ minimum: 0 })),
  series: optional(Text(80)),
  notUseful: Type.Boolean(),
  replay: Type.Boolean(),
  revision: Count,
  phrases: Type.Array(PhraseView, { maxItems: 3 }),
  posts: Type.Array(PostView, { maxItems: 3 }),
});
export type IncidentSummary = Static<typeof IncidentSummary>;

export const IncidentDetail = Closed({
  now: TimeMs,
  summary: IncidentSummary,
  /** The burst that speaks for the incident. */
  figures: optional(Figures),
  explanation: optional(Explanation),
  bursts: Type.Array(
    Closed({ series: Text(80), onset: TimeMs, endedAt: nullable('integer'), sentence: Text(1_000) }),
  ),
  posts: Type.Array(PostView),
  /** Evidence that was erased or is no longer kept. */
  postsGone: Count,
  timeline: Type.Array(TimelineEntry),
  similar: Type.Array(
    Closed({ id: Text(128), title: Text(256), severity: Severity, openedAt: TimeMs, state: IncidentState }),
  ),
  eventId: Text(64),
});
export type IncidentDetail = Static<typeof IncidentDetail>;

export const IncidentList = Closed({
  now: TimeMs,
  incidents: Type.Array(IncidentSummary),
  total: Count,
  eventId: Text(64),
});
export type IncidentList = Static<typeof IncidentList>;

export const WatchState = Type.Enum(['unusual', 'normal', 'zero', 'learning', 'blind', 'stale', 'waiting'], {
  description:
    'unusual: above what is expected; zero: nobody speaks, and we would know; learning: too young to judge; ' +
    'blind: a source is silent; stale: no minute closed for five minutes; waiting: none closed yet.',
});
export type WatchState = Static<typeof WatchState>;

/** The small graph of a row: six hours in five-minute buckets, each its highest minute. */
export const SparkGraph = Closed({
  from: TimeMs,
  to: TimeMs,
  bucketMs: Count,
  start: TimeMs,
  observed: Column,
  low: Column,
  high: Column,
  blind: Type.Array(Stretch),
});
export type SparkGraph = Static<typeof SparkGraph>;

export const WatchRow = Closed({
  id: Slug,
  name: Text(128),
  state: WatchState,
  /** The series that the row shows: the trouble of its active incident, else all mentions. */
  focus: SeriesName,
  newestMinute: optional(TimeMs),
  /** Since when this watch has been counted, as far as is remembered. */
  knownSince: optional(TimeMs),
  /** People in the newest ten minutes, and what was expected of them. */
  people: optional(Count),
  expected: optional(Type.Number()),
  low: optional(Type.Number()),
  high: optional(Type.Number()),
  rarityDays: optional(Type.Number()),
  /** Of the last hour, and of the day before it; absent where too few posts say anything. */
  negativeShare: optional(Type.Number({ minimum: 0, maximum: 1 })),
  usualNegativeShare: optional(Type.Number({ minimum: 0, maximum: 1 })),
  postsLastHour: Count,
  sourcesConnected: Count,
  sourcesTotal: Count,
  incident: optional(Closed({ id: Text(128), severity: Severity, state: IncidentState })),
  graph: SparkGraph,
});
export type WatchRow = Static<typeof WatchRow>;

export const SourceView = Closed({
  name: Text(64),
  kind: Text(64),
  mode: optional(Type.Enum(['streaming', 'polled', 'pushed'])),
  state: Type.Enum(['connected', 'disconnected', 'stopped', 'silent', 'waiting']),
  completeUpTo: optional(TimeMs),
  statusAt: optional(TimeMs),
  reason: optional(Text(512)),
  gap: optional(Stretch),
});
export type SourceView = Static<typeof SourceView>;

export const SourceList = Closed({ now: TimeMs, sources: Type.Array(SourceView) });
export type SourceList = Static<typeof SourceList>;

export const Overview = Closed({
  /** The present of what is shown: wall time, or event time while a recorded night is played. */
  now: TimeMs,
  /** Follow on from here: `/api/events?after=`. */
  eventId: Text(64),
  /** Topics not yet read after a start: figures may be incomplete. */
  restoring: Type.Array(Text(64)),
  incidents: Type.Array(IncidentSummary),
  watches: Type.Array(WatchRow),
  sources: Type.Array(SourceView),
});
export type Overview = Static<typeof Overview>;

export const WatchList = Closed({ now: TimeMs, watches: Type.Array(WatchRow) });
export type WatchList = Static<typeof WatchList>;

export const WatchDetail = Closed({
  now: TimeMs,
  watch: WatchRow,
  series: Type.Array(SeriesName),
  page: Closed({ rarity: Text(16), people: Count }),
  channels: Type.Array(Closed({ source: Text(64), posts: Count, share: Type.Number() })),
  posts: Type.Array(PostView),
});
export type WatchDetail = Static<typeof WatchDetail>;

export const Marker = Closed({
  at: TimeMs,
  letter: Type.Enum(['A', 'K', 'R'], { description: 'A alert, K acknowledged, R resolved.' }),
  text: Text(300),
  incident: Text(128),
});
export type Marker = Static<typeof Marker>;

export const SeriesGraph = Closed({
  now: TimeMs,
  watch: Slug,
  series: SeriesName,
  from: TimeMs,
  to: TimeMs,
  bucketMs: Count,
  t: Type.Array(TimeMs),
  /** People in the ten minutes that end with the bucket’s highest minute. */
  observed: Column,
  posts: Column,
  expected: Column,
  low: Column,
  high: Column,
  rarityDays: Column,
  /** People at which this series would page; null where it is not known. */
  pageAt: Column,
  blind: Type.Array(Stretch),
  learning: Type.Array(Stretch),
  markers: Type.Array(Marker),
});
export type SeriesGraph = Static<typeof SeriesGraph>;

export const SeriesQuery = Closed({
  from: optional(TimeMs),
  to: optional(TimeMs),
  series: optional(SeriesName),
  points: optional(Type.Integer({ minimum: 1, maximum: 2_000, default: 600 })),
});
export type SeriesQuery = Static<typeof SeriesQuery>;

export const IncidentQuery = Closed({
  state: optional(
    Type.Enum(['active', 'all', 'open', 'acknowledged', 'snoozed', 'suppressed', 'resolved', 'closed'], {
      default: 'active',
      description: 'active: open, acknowledged or snoozed.',
    }),
  ),
  limit: optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
});
export type IncidentQuery = Static<typeof IncidentQuery>;

/** What a person asks for. `id` makes it idempotent; without one it is derived from what is asked and of which state. */
export const CommandBody = Closed({
  id: optional(Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9._:/-]+$' })),
  actor: optional(Text(128, 'Who asks; shown in the timeline.')),
  note: optional(Text(2_000)),
  until: optional(TimeMs),
});
export type CommandBody = Static<typeof CommandBody>;

export const CommandAccepted = Closed({
  command: Text(128),
  /** True where the same command had been taken before: nothing was added. */
  repeated: Type.Boolean(),
});
export type CommandAccepted = Static<typeof CommandAccepted>;

export const IncidentParams = Closed({ id: Text(128) });
export const WatchParams = Closed({ id: Slug });
export const EventsQuery = Closed({ after: optional(Text(64, 'Id of the last event already known.')) });
export type EventsQuery = Static<typeof EventsQuery>;

/** Readiness as injected: `missing` names in words what is not there yet. */
export const HealthReport = Closed({ ready: Type.Boolean(), missing: Type.Array(Text(200)) });
export type HealthReport = Static<typeof HealthReport>;
