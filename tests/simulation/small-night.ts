import type { ConfigRevision } from '@foreshock/model/config';
import type { Match, MatchesRecord } from '@foreshock/model/match';

/** A seeded generator in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const MINUTE_MS = 60_000;
export const NIGHT_START = Date.parse('2026-09-16T00:00:00Z');

export const nightConfig = (overrides: Partial<ConfigRevision['config']> = {}): ConfigRevision => ({
  v: 1,
  revision: 1,
  identityKey: '0'.repeat(32),
  packs: [
    {
      id: 'stock',
      name: 'Stock',
      description: 'Nothing left',
      language: 'en',
      phrases: ['sold out'],
      examples: ['sold out'],
      counterExamples: ['in stock'],
    },
  ],
  config: {
    version: 1,
    lateness: '5m',
    watches: [{ id: 'orion', any: ['orion'], page: { rarity: '3d', people: 5 } }],
    receivers: [{ id: 'console', kind: 'console' }],
    ...overrides,
  },
});

/** What a small night is made of, before it is put into an order of arrival. */
export interface Drafted {
  readonly eventTime: number;
  readonly match: Match;
}

/** Two days and a bit of chatter, then a stock trouble of `troublePeople` within about an hour. */
export function draftNight(options: { seed: number; troublePeople: number; hours?: number }): Drafted[] {
  const random = seeded(options.seed);
  const hours = options.hours ?? 32;
  const drafts: Drafted[] = [];
  let n = 0;
  const add = (eventTime: number, kind: 'chat' | 'complaint' | 'stock', author: number): void => {
    const id = `test:${n++}`;
    drafts.push({
      eventTime,
      match: {
        kind: 'match',
        v: 1,
        watch: 'orion',
        id,
        op: random() < 0.05 ? 'announce' : 'create',
        source: random() < 0.6 ? 'x' : 'reddit',
        eventTime,
        origin: { partition: 0, offset: 0 },
        author,
        replay: false,
        understanding: {
          sentiment: { score: kind === 'chat' ? 0.2 : -0.6, label: kind === 'chat' ? 'neutral' : 'negative' },
          language: 'en',
          issues: kind === 'stock' ? ['stock'] : [],
          intent: kind === 'chat' ? 'other' : 'complaint',
          ...(random() < 0.2 ? { copyKey: Math.floor(random() * 50) } : {}),
        },
        phrases: ['orion'],
        terms: kind === 'stock' ? ['sold', 'sold out'] : ['nice'],
        content: `${kind} ${id}`,
      },
    });
  };
  const endMs = NIGHT_START + hours * 3_600_000;
  for (let at = NIGHT_START + 1_000; at < endMs; at += Math.ceil(-Math.log(1 - random()) * 240_000))
    add(at, random() < 0.12 ? 'complaint' : 'chat', Math.floor(random() * 400));
  const troubleAt = endMs - 2 * 3_600_000;
  for (let i = 0; i < options.troublePeople; i++)
    add(
      troubleAt + Math.floor(random() * 3_600_000),
      'stock',
      1_000 + Math.floor(random() * 2 * options.troublePeople),
    );
  return drafts.sort((a, b) => a.eventTime - b.eventTime || (a.match.id < b.match.id ? -1 : 1));
}

/** The `matches` log of a night: a config marker, then statuses every half minute between arrivals. */
export function matchesLog(
  drafts: readonly { readonly arrival: number; readonly match: Match }[],
  options: { watermarkLagMs: number },
): MatchesRecord[] {
  const log: MatchesRecord[] = [];
  let offset = 0;
  const origin = () => ({ partition: 0, offset: offset++ });
  const status = (now: number): MatchesRecord => ({
    kind: 'forwarded',
    v: 1,
    origin: origin(),
    record: {
      op: 'status',
      source: 'test',
      eventTime: now,
      v: 1,
      name: 'test',
      mode: 'streaming',
      state: 'connected',
      completeUpTo: now - options.watermarkLagMs,
    },
  });
  log.push({
    kind: 'forwarded',
    v: 1,
    origin: origin(),
    record: { op: 'config', source: 'foreshock', eventTime: NIGHT_START, v: 1, revision: 1 },
  });
  let now = NIGHT_START;
  const arrivals = [...drafts].sort((a, b) => a.arrival - b.arrival || (a.match.id < b.match.id ? -1 : 1));
  for (const { arrival, match } of arrivals) {
    while (now + 30_000 <= arrival) {
      now += 30_000;
      log.push(status(now));
    }
    log.push({ ...match, origin: origin() });
  }
  for (let i = 0; i < 300; i++) {
    now += 30_000;
    log.push(status(now));
  }
  return log;
}
