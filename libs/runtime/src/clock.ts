import { setTimeout as delay } from 'node:timers/promises';

/** The only door to wall time and waiting. Shells get one; folds never do. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A timer holds no more; a longer one would fire at once. Twenty-four days, but a config may say `every: 30d`. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      let rest = ms;
      do {
        await delay(Math.min(rest, TIMER_MS_MAX), undefined, signal ? { signal } : {});
        rest -= TIMER_MS_MAX;
      } while (rest > 0);
    } catch {
      // Aborted: the caller looks at its signal.
    }
  },
};

/** A clock for tests: time moves only by `advance`, which wakes sleepers in the order they are due. */
export class VirtualClock implements Clock {
  #now: number;
  #sleepers: { due: number; wake: () => void }[] = [];

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { due: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
          resolve();
        },
        { once: true },
      );
    });
  }

  /** Moves time by `ms`, waking each sleeper at its own due time and letting what it starts settle. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    for (;;) {
      await settle();
      const next = this.#sleepers.filter((s) => s.due <= target).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.#sleepers = this.#sleepers.filter((s) => s !== next);
      this.#now = Math.max(this.#now, next.due);
      next.wake();
    }
    this.#now = target;
    await settle();
  }

  /** Sleepers waiting now. */
  get waiting(): number {
    return this.#sleepers.length;
  }
}

/** Lets pending promises and immediates run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
