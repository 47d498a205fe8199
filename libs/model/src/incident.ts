import Type, { type Static } from 'typebox';
import { ID_CHARS_MAX } from './mention.ts';
import { Closed, Slug, Text, TimeMs, Version } from './record.ts';
import { Explanation, Figures } from './signal.ts';

export const Severity = Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('critical')]);
export type Severity = Static<typeof Severity>;

export const IncidentState = Type.Enum([
  'open',
  'acknowledged',
  'snoozed',
  'suppressed',
  'resolved',
  'closed',
]);
export type IncidentState = Static<typeof IncidentState>;

/** One burst that belongs to an incident: a watch’s series are grouped, the first names the trouble. */
export const IncidentBurst = Closed({
  burst: Text(256),
  series: Text(80),
  onset: TimeMs,
  startedAt: TimeMs,
  endedAt: Type.Union([TimeMs, Type.Null()]),
  figures: Figures,
  explanation: Explanation,
});
export type IncidentBurst = Static<typeof IncidentBurst>;

export const TimelineEntry = Closed({
  at: TimeMs,
  what: Text(64),
  who: Type.Optional(Text(128)),
  note: Type.Optional(Text(2_000)),
});
export type TimelineEntry = Static<typeof TimelineEntry>;

/** The whole state of one incident; the newest record under its key wins. Key: `id`. */
export const Incident = Closed({
  v: Version(1),
  /** Short, stable, speakable: `watch-n`. */
  id: Text(128),
  watch: Slug,
  /** `trouble`: people report a problem; `blind`: we cannot see. */
  kind: Type.Union([Type.Literal('trouble'), Type.Literal('blind')]),
  title: Text(256),
  /** Human names for the watch, as configured. */
  watchName: Text(128),
  state: IncidentState,
  severity: Severity,
  /** First minute of the unusual run, event time. */
  onset: TimeMs,
  /** Event time of the first post counted. */
  firstPostAt: TimeMs,
  /** Event time of the verdict. */
  detectedAt: TimeMs,
  openedAt: TimeMs,
  acknowledgedAt: Type.Optional(TimeMs),
  acknowledgedBy: Type.Optional(Text(128)),
  assignee: Type.Optional(Text(128)),
  snoozedUntil: Type.Optional(TimeMs),
  resolvedAt: Type.Optional(TimeMs),
  endedAt: Type.Union([TimeMs, Type.Null()]),
  bursts: Type.Array(IncidentBurst),
  /** The burst that speaks for the incident: the rarest so far. */
  lead: Text(256),
  sentence: Text(1_000),
  /** Ids of the posts kept as evidence (topic `texts`). */
  evidence: Type.Array(Text(ID_CHARS_MAX), { maxItems: 10 }),
  replay: Type.Boolean(),
  reopened: Type.Integer({ minimum: 0 }),
  notUseful: Type.Boolean(),
  /** Last 200 entries. */
  timeline: Type.Array(TimelineEntry, { maxItems: 200 }),
  /** `signals` offset of the newest transition: readers keep the highest. */
  revision: Type.Integer({ minimum: 0 }),
});
export type Incident = Static<typeof Incident>;

/** A post kept as evidence of an incident. Key: mention id; a tombstone erases it. */
export const EvidenceText = Closed({
  v: Version(1),
  id: Text(ID_CHARS_MAX),
  watch: Slug,
  source: Text(64),
  eventTime: TimeMs,
  content: Text(20_000),
  url: Type.Optional(Text(2_048)),
  author: Type.Integer({ minimum: 0 }),
  authorName: Type.Optional(Text(256)),
  reach: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type EvidenceText = Static<typeof EvidenceText>;
