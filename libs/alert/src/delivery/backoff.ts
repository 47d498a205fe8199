export const BACKOFF_MS_MIN = 500;
export const BACKOFF_MS_MAX = 300_000;
/** A receiver says how long to wait; beyond a day it is not believed. */
export const RETRY_AFTER_MS_MAX = 86_400_000;

/**
 * Full jitter in an exponential window of 0.5 s to 5 min. The window also stays within a fifth of the time the failing
 * has lasted (5 s at least), so that a receiver is tried again soon after it came back: within 5 s of an outage of
 * half a minute, within 5 min of one of a day.
 */
export function backoffMs(options: {
  /** Failed attempts so far, this one included: 1 or more. */
  readonly failures: number;
  /** Since the first of them. */
  readonly failingForMs: number;
  /** In [0, 1). */
  readonly random: number;
}): number {
  const exponential = BACKOFF_MS_MIN * 2 ** Math.min(options.failures - 1, 20);
  const soon = Math.max(5_000, options.failingForMs / 5);
  return Math.ceil(options.random * Math.min(exponential, soon, BACKOFF_MS_MAX));
}
