import Type, { type Static } from 'typebox';
import { Closed, Slug, Text, TimeMs, Version } from './record.ts';

/**
 * The name of a series inside a watch: `all`, `negative`, `issue:<pack>` or `source:<source>`.
 * Troubles (what may page) are `negative` and every `issue:…`; the others tell only how much is said.
 */
export const SeriesName = Type.String({ pattern: '^(all|negative|issue:[a-z0-9_-]+|source:[a-z0-9_-]+)$' });
export type SeriesName = Static<typeof SeriesName>;

export const isTrouble = (series: string): boolean => series === 'negative' || series.startsWith('issue:');

/** One closed minute of one series. People are distinct authors with distinct texts, copies collapsed. */
export const SeriesPoint = Closed({
  series: SeriesName,
  posts: Type.Integer({ minimum: 0 }),
  people: Type.Integer({ minimum: 0 }),
  /** People in the ten minutes that end with this minute, and what was expected there. */
  window: Type.Integer({ minimum: 0 }),
  expected: Type.Number({ minimum: 0 }),
  low: Type.Number({ minimum: 0 }),
  high: Type.Number({ minimum: 0 }),
  /** Days between two such ten minutes here; 0 where nothing is unusual. */
  rarityDays: Type.Number({ minimum: 0 }),
  learning: Type.Boolean(),
  /** People in these ten minutes at which this series would page; absent where it never pages. */
  pageAt: Type.Optional(Type.Number({ minimum: 0 })),
});
export type SeriesPoint = Static<typeof SeriesPoint>;

/** One closed minute of one watch. Key: watch. A later record for the same minute replaces the earlier. */
export const SeriesMinute = Closed({
  v: Version(1),
  watch: Slug,
  /** Start of the minute. */
  minute: TimeMs,
  /** True where a source of this watch was silent: the minute says nothing, it is not calm. */
  blind: Type.Boolean(),
  points: Type.Array(SeriesPoint),
  negativePosts: Type.Integer({ minimum: 0 }),
  channels: Type.Array(Closed({ source: Text(64), posts: Type.Integer({ minimum: 0 }) })),
});
export type SeriesMinute = Static<typeof SeriesMinute>;
