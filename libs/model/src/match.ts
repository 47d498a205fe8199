import Type, { type Static } from 'typebox';
import { ConfigMarker, Erasure, Heartbeat, ID_CHARS_MAX, Op, SourceStatus } from './mention.ts';
import { Closed, Position, Slug, Text, TimeMs, Version } from './record.ts';

export const SentimentLabel = Type.Enum(['negative', 'neutral', 'positive', 'unknown']);
export type SentimentLabel = Static<typeof SentimentLabel>;

/** `score` runs from −1 to 1 and is 0 with label `unknown` where the language is not supported. */
export const Sentiment = Closed({ score: Type.Number({ minimum: -1, maximum: 1 }), label: SentimentLabel });
export type Sentiment = Static<typeof Sentiment>;

export const Intent = Type.Enum([
  'complaint',
  'question',
  'praise',
  'request',
  'news',
  'promo_spam',
  'other',
]);
export type Intent = Static<typeof Intent>;

/** What we understood of one post. Pure function of the text, its language and the config. */
export const Understanding = Closed({
  sentiment: Sentiment,
  language: Text(35),
  issues: Type.Array(Slug, { maxItems: 32 }),
  intent: Intent,
  /**
   * Equal for reposts and near-copies of one text; absent where a text is too short for sameness to mean
   * copying. A 52-bit integer.
   */
  copyKey: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type Understanding = Static<typeof Understanding>;

/** A mention that matched one watch, with what we understood of it. Key: `watch/mention id`. */
export const Match = Closed({
  kind: Type.Literal('match'),
  v: Version(1),
  watch: Slug,
  id: Text(ID_CHARS_MAX),
  op: Op,
  source: Text(64),
  eventTime: TimeMs,
  /** Where the mention stands in `mentions`. `detect` folds each origin of a partition once. */
  origin: Position,
  /** Keyed 52-bit hash of the author; of the mention id where no author is known. */
  author: Type.Integer({ minimum: 0 }),
  replay: Type.Boolean(),
  understanding: Understanding,
  /** The watch’s phrases found, folded, each once. */
  phrases: Type.Array(Text(128), { maxItems: 32 }),
  /** Significant single words and pairs of the post, folded, for “phrases that rose”. */
  terms: Type.Array(Text(64), { maxItems: 24 }),
  reach: Type.Optional(Type.Integer({ minimum: 0, description: 'Followers of the author.' })),
  shares: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Text and link for evidence; empty after erasure. */
  content: Text(20_000),
  url: Type.Optional(Text(2_048)),
  authorName: Type.Optional(Text(256)),
});
export type Match = Static<typeof Match>;

const forwarded = { v: Version(1), origin: Position };

/** A control record of `mentions`, forwarded to every matches partition so that order is kept. */
export const Forwarded = Closed({
  kind: Type.Literal('forwarded'),
  ...forwarded,
  record: Type.Union([SourceStatus, Heartbeat, ConfigMarker, Erasure]),
});
export type Forwarded = Static<typeof Forwarded>;

export const MatchesRecord = Type.Union([Match, Forwarded]);
export type MatchesRecord = Static<typeof MatchesRecord>;
