const HOUR_MS = 3_600_000;
/** What publishers ask for by `ttl` and `max-age` is honoured up to here; beyond, an early warning would be none. */
const FRESH_MS_MAX = HOUR_MS;
const BACKOFF_MS_MAX = HOUR_MS;
const RETRY_AFTER_MS_MAX = 24 * HOUR_MS;

export interface PollTiming {
  readonly nowMs: number;
  readonly everyMs: number;
  /** In [0, 1): spreads feeds, so that those of one host do not beat together. */
  readonly random: number;
}

/** When to ask again after an answer: every `everyMs` give or take a tenth, later where the publisher wishes. */
export function dueAfterAnswer(
  { nowMs, everyMs, random }: PollTiming,
  wishes: { readonly maxAgeMs?: number; readonly ttlMs?: number; readonly skipHours?: readonly number[] },
): number {
  const fresh = Math.min(FRESH_MS_MAX, Math.max(wishes.maxAgeMs ?? 0, wishes.ttlMs ?? 0));
  const due = nowMs + Math.max(everyMs * (0.9 + 0.2 * random), fresh);
  return outside(Math.round(due), new Set(wishes.skipHours));
}

/** When to ask again after a failure: doubling from `everyMs` to an hour, half of it random, never before told. */
export function dueAfterFailure(
  { nowMs, everyMs, random }: PollTiming,
  failure: { readonly failures: number; readonly retryAfterMs?: number },
): number {
  const limit = Math.max(everyMs, BACKOFF_MS_MAX);
  const backoff = Math.min(limit, everyMs * 2 ** Math.min(20, failure.failures - 1)) * (0.5 + 0.5 * random);
  const told = Math.min(RETRY_AFTER_MS_MAX, failure.retryAfterMs ?? 0);
  return Math.round(nowMs + Math.max(backoff, told));
}

/** The first moment from `ms` on that is in none of the skipped hours; `ms` itself where all are skipped. */
function outside(ms: number, skipHours: ReadonlySet<number>): number {
  let moment = ms;
  for (let hours = 0; hours < 24; hours++) {
    if (!skipHours.has(new Date(moment).getUTCHours())) return moment;
    moment = (Math.floor(moment / HOUR_MS) + 1) * HOUR_MS;
  }
  return ms;
}

export interface Schedulable {
  readonly host: string;
  readonly dueAt: number;
  readonly busy: boolean;
  readonly memory: { readonly gone: boolean };
}

/** Feeds to ask now: the longest due first, at most `room`, and of one host never a second beside one under way. */
export function dueFeeds<F extends Schedulable>(feeds: readonly F[], nowMs: number, room: number): F[] {
  const hosts = new Set(feeds.filter(({ busy }) => busy).map(({ host }) => host));
  const waiting = feeds
    .filter(({ memory, dueAt, busy }) => !memory.gone && !busy && dueAt <= nowMs)
    .sort((a, b) => a.dueAt - b.dueAt);
  const chosen: F[] = [];
  for (const feed of waiting) {
    if (chosen.length >= room) break;
    if (hosts.has(feed.host)) continue;
    hosts.add(feed.host);
    chosen.push(feed);
  }
  return chosen;
}
