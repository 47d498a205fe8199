import { encodeJson } from '@foreshock/model/canonical-json';
import type { Config, ConfigRevision } from '@foreshock/model/config';
import type { EvidenceText, Incident } from '@foreshock/model/incident';
import type { Forwarded, Match } from '@foreshock/model/match';
import type { SourceStatus } from '@foreshock/model/mention';
import type { SeriesMinute, SeriesPoint } from '@foreshock/model/series';
import type { Explanation, Figures } from '@foreshock/model/signal';
import { TOPICS } from '@foreshock/model/topics';
import type { TopicLog } from '@foreshock/topic-log/contract';

/** Records as the pipeline writes them, for tests of the view, the API and the page. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** A quiet Friday night, on the minute. */
export const NIGHT = Date.UTC(2026, 10, 20, 22, 5);

export const createAllTopics = (log: TopicLog, matchesPartitions = 2): Promise<void> =>
  log.createTopics(
    Object.values(TOPICS).map((topic) => ({
      name: topic.name,
      partitions: topic.partitions === 'many' ? matchesPartitions : 1,
      compacted: topic.compacted,
      retentionMs: topic.retentionMs,
    })),
  );

const append = async (log: TopicLog, topic: string, key: string | null, value: unknown) =>
  void (await log.append(topic, [{ key, value: encodeJson(value) }]));

export const configRevision = (config: Partial<Config> = {}, revision = 1): ConfigRevision => ({
  v: 1,
  revision,
  config: {
    version: 1,
    sources: [
      { name: 'shop', kind: 'push' },
      { name: 'sky', kind: 'bluesky' },
    ],
    watches: [
      { id: 'orion-stock', name: 'Orion X stock', any: ['orion x'], page: { rarity: '30d', people: 5 } },
      { id: 'orion-price', name: 'Orion X price', any: ['orion price'] },
      { id: 'returns', name: 'Returns', any: ['return'] },
    ],
    ...config,
  },
  packs: [],
  identityKey: '00112233445566778899aabbccddeeff',
});

export const appendConfig = (log: TopicLog, revision: ConfigRevision): Promise<void> =>
  append(log, 'config', String(revision.revision), revision);

export const seriesPoint = (point: Partial<SeriesPoint> = {}): SeriesPoint => ({
  series: 'all',
  posts: 2,
  people: 2,
  window: 20,
  expected: 20,
  low: 12,
  high: 31,
  rarityDays: 0,
  learning: false,
  ...point,
});

export const seriesMinute = (minute: Partial<SeriesMinute> & { minute: number }): SeriesMinute => ({
  v: 1,
  watch: 'orion-stock',
  blind: false,
  points: [seriesPoint()],
  negativePosts: 0,
  channels: [],
  ...minute,
});

export const appendSeries = (log: TopicLog, minute: SeriesMinute): Promise<void> =>
  append(log, 'series', minute.watch, minute);

export const figures = (changed: Partial<Figures> = {}): Figures => ({
  windowMs: 10 * MINUTE_MS,
  from: NIGHT - 14 * MINUTE_MS,
  to: NIGHT - 4 * MINUTE_MS,
  posts: 214,
  people: 180,
  expected: 23,
  low: 12,
  high: 31,
  rarityDays: 41,
  threshold: 64,
  share: 0.61,
  usualShare: 0.08,
  negativeShare: 0.68,
  usualNegativeShare: 0.24,
  copies: 34,
  learning: false,
  learnedDays: 21,
  ...changed,
});

export const SENTENCE =
  '214 posts by 180 people in 10 min, expected 23 (12–31): here once in 41 days; you page at 30.';

export const explanation = (changed: Partial<Explanation> = {}): Explanation => ({
  sentence: SENTENCE,
  channels: [
    { source: 'bluesky', people: 110, share: 0.61 },
    { source: 'reddit', people: 40, share: 0.22 },
    { source: 'reviews', people: 30, share: 0.17 },
  ],
  phrases: [
    { phrase: 'out of stock', people: 88, expected: 2.8, lift: 31 },
    { phrase: 'order cancelled', people: 41, expected: 0, lift: 410 },
    { phrase: 'waiting since', people: 12, expected: 3.1, lift: 3.9 },
  ],
  firstPosts: ['sky:1'],
  mostShared: ['sky:2'],
  without: [
    { what: 'phrase', name: 'out of stock', people: 92, fires: false },
    { what: 'author', name: 'the loudest author', people: 179, fires: true },
    { what: 'source', name: 'bluesky', people: 70, fires: true },
  ],
  ...changed,
});

export const incident = (changed: Partial<Incident> = {}): Incident => ({
  v: 1,
  id: 'orion-stock-142',
  watch: 'orion-stock',
  kind: 'trouble',
  title: 'Orion X stock: “out of stock”, 180 people',
  watchName: 'Orion X stock',
  state: 'open',
  severity: 'critical',
  onset: NIGHT - 18 * MINUTE_MS,
  firstPostAt: NIGHT - 17 * MINUTE_MS,
  detectedAt: NIGHT - 14 * MINUTE_MS,
  openedAt: NIGHT - 14 * MINUTE_MS,
  endedAt: null,
  bursts: [
    {
      burst: 'orion-stock/issue:stock/1',
      series: 'issue:stock',
      onset: NIGHT - 18 * MINUTE_MS,
      startedAt: NIGHT - 14 * MINUTE_MS,
      endedAt: null,
      figures: figures(),
      explanation: explanation(),
    },
  ],
  lead: 'orion-stock/issue:stock/1',
  sentence: SENTENCE,
  evidence: ['sky:1', 'sky:2', 'shop:3'],
  replay: false,
  reopened: 0,
  notUseful: false,
  timeline: [
    { at: NIGHT - 14 * MINUTE_MS, what: 'opened' },
    { at: NIGHT - 14 * MINUTE_MS + 210, what: 'delivered', who: 'slack' },
    { at: NIGHT - 13 * MINUTE_MS, what: 'paged', who: 'ops-primary' },
  ],
  revision: 100,
  ...changed,
});

export const appendIncident = (log: TopicLog, state: Incident): Promise<void> =>
  append(log, 'incidents', state.id, state);

export const evidenceText = (changed: Partial<EvidenceText> & { id: string }): EvidenceText => ({
  v: 1,
  watch: 'orion-stock',
  source: 'bluesky',
  eventTime: NIGHT - 15 * MINUTE_MS,
  content: 'Orion X out of stock again, order cancelled after two hours.',
  url: `https://sky.example/post/${encodeURIComponent(changed.id)}`,
  author: 7,
  reach: 1_240,
  ...changed,
});

export const appendText = (log: TopicLog, text: EvidenceText): Promise<void> =>
  append(log, 'texts', text.id, text);

export const match = (changed: Partial<Match> & { id: string }): Match => ({
  kind: 'match',
  v: 1,
  watch: 'orion-stock',
  op: 'create',
  source: 'bluesky',
  eventTime: NIGHT - 5 * MINUTE_MS,
  origin: { partition: 0, offset: 1 },
  author: 9,
  replay: false,
  understanding: {
    sentiment: { score: -0.6, label: 'negative' },
    language: 'en',
    issues: ['stock'],
    intent: 'complaint',
  },
  phrases: ['orion x'],
  terms: ['out of stock'],
  content: 'still no orion x anywhere',
  ...changed,
});

export const appendMatch = (log: TopicLog, record: Match): Promise<void> =>
  append(log, 'matches', `${record.watch}/${record.id}`, record);

export const sourceStatus = (changed: Partial<SourceStatus> = {}): SourceStatus => ({
  op: 'status',
  source: 'bluesky',
  eventTime: NIGHT,
  v: 1,
  name: 'sky',
  mode: 'streaming',
  state: 'connected',
  completeUpTo: NIGHT,
  ...changed,
});

export const appendForwarded = (log: TopicLog, record: Forwarded['record']): Promise<void> =>
  append(log, 'matches', `@control/0/${record.op}`, {
    kind: 'forwarded',
    v: 1,
    origin: { partition: 0, offset: 1 },
    record,
  } satisfies Forwarded);
