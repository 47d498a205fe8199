export const BACK_OFF = { firstMs: 1_000, mostMs: 60_000 } as const;
/** Longer waits than a day are taken as a day: timers overflow at 25 days, and senders are wrong at times. */
const WAIT_MS_MAX = 86_400_000;
/** A connector that asks for no wait at all is not let into a hot loop. */
const WAIT_MS_MIN = 100;

/** Full jitter: anything between nothing and 1 s, 2 s, 4 s … 60 s. `attempt` counts from 0. */
export function backOffMs(attempt: number, random: () => number): number {
  return random() * Math.min(BACK_OFF.mostMs, BACK_OFF.firstMs * 2 ** Math.min(attempt, 16));
}

/** What the other side asked for is obeyed as it is, within sane bounds. */
export const askedWaitMs = (waitMs: number): number => Math.min(WAIT_MS_MAX, Math.max(WAIT_MS_MIN, waitMs));
