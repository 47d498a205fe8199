import Type, { type Static } from 'typebox';
import { ConfigMarker, Heartbeat, ID_CHARS_MAX } from './mention.ts';
import { Closed, Position, Slug, Text, TimeMs, Version } from './record.ts';
import { SeriesName } from './series.ts';

const Count = Type.Integer({ minimum: 0 });
const Share = Type.Number({ minimum: 0, maximum: 1 });

/** The measured figures of a burst. Windows include their start and exclude their end. */
export const Figures = Closed({
  windowMs: Count,
  from: TimeMs,
  to: TimeMs,
  posts: Count,
  people: Count,
  expected: Type.Number({ minimum: 0 }),
  low: Type.Number({ minimum: 0 }),
  high: Type.Number({ minimum: 0 }),
  /** Mean days between two such windows here; the unit of the user’s knob. */
  rarityDays: Type.Number({ minimum: 0 }),
  /** People this window would have needed to page. */
  threshold: Count,
  /** This trouble’s part of everybody who spoke about the watch, and its usual part. */
  share: Share,
  usualShare: Share,
  negativeShare: Share,
  usualNegativeShare: Share,
  /** Posts that were reposts or copies of a text already counted. */
  copies: Count,
  learning: Type.Boolean(),
  learnedDays: Type.Number({ minimum: 0 }),
});
export type Figures = Static<typeof Figures>;

/** Why: every list is ordered, most telling first. */
export const Explanation = Closed({
  /** The sentence a person reads at 3 am. Holds figures, never post text. */
  sentence: Text(1_000),
  channels: Type.Array(Closed({ source: Text(64), people: Count, share: Share })),
  /** Phrases that rose significantly; each used by at least five people. */
  phrases: Type.Array(
    Closed({ phrase: Text(64), people: Count, expected: Type.Number(), lift: Type.Number() }),
  ),
  firstPosts: Type.Array(Text(ID_CHARS_MAX), { maxItems: 5 }),
  mostShared: Type.Array(Text(ID_CHARS_MAX), { maxItems: 5 }),
  /** Would it still have fired without its loudest author, source, phrase? */
  without: Type.Array(
    Closed({
      what: Type.Union([Type.Literal('author'), Type.Literal('source'), Type.Literal('phrase')]),
      name: Text(128),
      people: Count,
      fires: Type.Boolean(),
    }),
  ),
});
export type Explanation = Static<typeof Explanation>;

export const Burst = Closed({
  kind: Type.Literal('burst'),
  v: Version(1),
  /** `watch/series/n`: the n-th burst of this series. */
  burst: Text(256),
  watch: Slug,
  series: SeriesName,
  phase: Type.Union([Type.Literal('onset'), Type.Literal('growth'), Type.Literal('end')]),
  /** Event time of the verdict. */
  at: TimeMs,
  /** First minute of the run of unusual minutes that led here. */
  onset: TimeMs,
  /** Event time of the first post counted in the burst’s window: where the headline delay starts. */
  firstPostAt: TimeMs,
  /** `page`: rare enough and bad; `info`: unusual, but volume alone or a replayed history. */
  level: Type.Union([Type.Literal('page'), Type.Literal('info')]),
  /** True where the mentions are history or a rehearsal: no configured receiver is told. */
  replay: Type.Boolean(),
  /** Where the deciding record stands in `matches`, and which of its outputs this is. */
  origin: Position,
  index: Count,
  figures: Figures,
  explanation: Explanation,
});
export type Burst = Static<typeof Burst>;

/** A watch that cannot see, or sees again. Raised per source and watch by `detect`. */
export const Sight = Closed({
  kind: Type.Literal('sight'),
  v: Version(1),
  watch: Slug,
  source: Text(64),
  state: Type.Union([Type.Literal('blind'), Type.Literal('sighted')]),
  since: TimeMs,
  at: TimeMs,
  reason: Text(512),
  origin: Position,
  index: Count,
});
export type Sight = Static<typeof Sight>;

export const CommandVerb = Type.Enum([
  'acknowledge',
  'unacknowledge',
  'assign',
  'snooze',
  'resolve',
  'silence',
  'note',
  'not-useful',
]);
export type CommandVerb = Static<typeof CommandVerb>;

/** What a person asked for. `id` makes it idempotent: a second one with the same id changes nothing. */
export const Command = Closed({
  kind: Type.Literal('command'),
  v: Version(1),
  id: Text(128),
  verb: CommandVerb,
  incident: Type.Optional(Text(128)),
  watch: Type.Optional(Slug),
  actor: Text(128),
  via: Text(64),
  at: TimeMs,
  until: Type.Optional(TimeMs),
  note: Type.Optional(Text(2_000)),
});
export type Command = Static<typeof Command>;

/** Wall time as a record: inside the fold, now is the greatest tick. */
export const Tick = Closed({ kind: Type.Literal('tick'), v: Version(1), at: TimeMs });
export type Tick = Static<typeof Tick>;

/** What came of trying to tell a receiver. */
export const Outcome = Closed({
  kind: Type.Literal('outcome'),
  v: Version(1),
  receiver: Slug,
  notice: Text(256),
  incident: Text(128),
  result: Type.Union([Type.Literal('delivered'), Type.Literal('dead-lettered'), Type.Literal('merged')]),
  attempts: Count,
  at: TimeMs,
  status: Type.Optional(Type.Integer()),
  reason: Type.Optional(Text(512)),
});
export type Outcome = Static<typeof Outcome>;

export const SignalsForwarded = Closed({
  kind: Type.Literal('forwarded'),
  v: Version(1),
  record: Type.Union([ConfigMarker, Heartbeat]),
});

/** Everything the `signals` topic may hold, told apart by `kind`. One partition: one history. */
export const SignalsRecord = Type.Union([Burst, Sight, Command, Tick, Outcome, SignalsForwarded]);
export type SignalsRecord = Static<typeof SignalsRecord>;
