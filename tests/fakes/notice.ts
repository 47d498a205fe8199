import type { EvidenceText, Incident, Severity } from '@foreshock/model/incident';
import type { Notice, Transition } from '@foreshock/model/notice';
import type { Explanation, Figures } from '@foreshock/model/signal';

/** The launch night that tests tell of: 12 November 2026, 21:58 UTC. */
export const NIGHT = Date.UTC(2026, 10, 12, 21, 58);

const figures: Figures = {
  windowMs: 600_000,
  from: NIGHT - 600_000,
  to: NIGHT,
  posts: 52,
  people: 37,
  expected: 6,
  low: 4,
  high: 9,
  rarityDays: 41.2,
  threshold: 30,
  share: 0.31,
  usualShare: 0.04,
  negativeShare: 0.62,
  usualNegativeShare: 0.2,
  copies: 9,
  learning: false,
  learnedDays: 21,
};

const explanation: Explanation = {
  sentence:
    '37 people reported stock in 10 minutes, expected 4 to 9: this happens here once in 41 days; you page at 30.',
  channels: [
    { source: 'bluesky', people: 29, share: 0.78 },
    { source: 'forum', people: 8, share: 0.22 },
  ],
  phrases: [
    { phrase: 'out of stock', people: 22, expected: 0.4, lift: 55 },
    { phrase: 'sold out', people: 14, expected: 0.3, lift: 46 },
    { phrase: 'no delivery date', people: 9, expected: 0.2, lift: 45 },
    { phrase: 'still waiting', people: 6, expected: 0.5, lift: 12 },
  ],
  firstPosts: ['bluesky::a', 'forum::b'],
  mostShared: ['bluesky::c'],
  without: [{ what: 'author', name: 'loudest', people: 36, fires: true }],
};

export function incidentOf(changes: Partial<Incident> = {}): Incident {
  return {
    v: 1,
    id: 'orion-x-7',
    watch: 'orion-x',
    kind: 'trouble',
    title: 'Orion X: stock',
    watchName: 'Orion X',
    state: 'open',
    severity: 'critical',
    onset: NIGHT - 540_000,
    firstPostAt: NIGHT - 520_000,
    detectedAt: NIGHT,
    openedAt: NIGHT,
    endedAt: null,
    bursts: [
      {
        burst: 'orion-x/issue:stock/3',
        series: 'issue:stock',
        onset: NIGHT - 540_000,
        startedAt: NIGHT,
        endedAt: null,
        figures,
        explanation,
      },
    ],
    lead: 'orion-x/issue:stock/3',
    sentence: explanation.sentence,
    evidence: ['bluesky::a', 'forum::b', 'bluesky::c'],
    replay: false,
    reopened: 0,
    notUseful: false,
    timeline: [{ at: NIGHT, what: 'detected', note: 'issue:stock' }],
    revision: 100,
    ...changes,
  };
}

const SEVERITY: Severity = 'critical';

/** A notice of incident `incident`, at `signals` offset `n`, `n` seconds after `NIGHT`. */
export function noticeOf(
  transition: Transition,
  options: {
    readonly incident?: string;
    readonly n?: number;
    readonly severity?: Severity;
    readonly receivers?: readonly string[];
    readonly changes?: Partial<Incident>;
  } = {},
): Notice {
  const { incident = 'orion-x-7', n = 0, severity = SEVERITY, receivers = ['slack'], changes } = options;
  const at = NIGHT + n * 1_000;
  const over = transition === 'resolved' || transition === 'sighted';
  return {
    v: 1,
    id: `${incident}/${100 + n}/0`,
    transition,
    at,
    receivers: [...receivers],
    incident: incidentOf({
      id: incident,
      severity,
      revision: 100 + n,
      ...(over ? { state: 'resolved', resolvedAt: at, endedAt: at } : {}),
      ...(transition === 'acknowledged'
        ? { state: 'acknowledged', acknowledgedAt: at, acknowledgedBy: 'Ana' }
        : {}),
      ...changes,
    }),
  };
}

const post = (id: string, content: string, changes: Partial<EvidenceText> = {}): EvidenceText => ({
  v: 1,
  id,
  watch: 'orion-x',
  source: id.split(':', 1)[0]!,
  eventTime: NIGHT - 520_000,
  content,
  author: 4_242,
  ...changes,
});

export const POSTS: readonly EvidenceText[] = [
  post('bluesky::a', 'Orion X is out of stock everywhere, my pre-order got cancelled', {
    url: 'https://bsky.app/profile/a.example/post/1',
    authorName: 'Ines',
    reach: 1_200,
  }),
  post('forum::b', 'Still no delivery date. Support says nothing.', { url: 'https://forum.example/t/99' }),
  post('bluesky::c', 'sold out?? at launch?', { eventTime: NIGHT - 60_000 }),
];
