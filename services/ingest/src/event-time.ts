import type { Mention } from '@foreshock/model/mention';

type Trust = Mention['publishedTrust'];

export interface EventTimeInput {
  /** When the author’s side says it was posted. Milliseconds. */
  readonly published: number;
  /** When we received it. */
  readonly observed: number;
  readonly trust: Trust;
  readonly replay: boolean;
  readonly latenessMs: number;
}

export type EventTime =
  | { readonly ok: true; readonly eventTime: number; readonly publishedTrust: Trust }
  | { readonly ok: false; readonly reason: string };

/** Nothing that is replayed as a post is older than the public Internet: 1970 is an unset clock, not a date. */
export const REPLAY_PUBLISHED_MIN = Date.UTC(1990, 0, 1);
/** Rehearsals replay nights that are still to come, but not years of empty minutes before them. */
export const REPLAY_AHEAD_MS_MAX = 366 * 86_400_000;

/**
 * Event time, fixed once: `published`, unless on a live mention it differs from `observed` by more than the
 * allowed lateness; then `observed`, because a wrong clock must neither hide a mention in the past nor hold a
 * window open in the future. History has no such second clock: there an impossible date is refused.
 */
export function fixEventTime(input: EventTimeInput): EventTime {
  const { published, observed, trust, latenessMs } = input;
  if (!Number.isSafeInteger(published)) return { ok: false, reason: 'published is not a time' };
  if (input.replay) {
    if (published < REPLAY_PUBLISHED_MIN)
      return { ok: false, reason: `published ${dateOf(published)} is before 1990: an unset clock?` };
    if (published > observed + REPLAY_AHEAD_MS_MAX)
      return {
        ok: false,
        reason: `published ${dateOf(published)} is more than a year ahead of ${dateOf(observed)}`,
      };
    return { ok: true, eventTime: published, publishedTrust: trust };
  }
  if (Math.abs(published - observed) <= latenessMs)
    return { ok: true, eventTime: published, publishedTrust: trust };
  return { ok: true, eventTime: observed, publishedTrust: trust === 'server' ? 'client' : trust };
}

function dateOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().slice(0, 10);
}
