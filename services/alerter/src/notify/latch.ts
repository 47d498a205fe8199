import type { Clock } from '@foreshock/runtime/clock';

/** One waiter, woken by `set` or by time. A `set` while nobody waits is kept: no wake-up is lost. */
export class Latch {
  #isSet = false;
  #wake: (() => void) | undefined;

  set(): void {
    this.#isSet = true;
    this.#wake?.();
  }

  /** Resolves when set, when `until` has come (never, where null), or when `signal` aborts. */
  async wait(clock: Clock, until: number | null, signal: AbortSignal): Promise<void> {
    if (!this.#isSet && !signal.aborted) {
      const { promise: woken, resolve } = Promise.withResolvers<void>();
      const wake = () => resolve();
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
      const rest = new AbortController();
      const due = until === null ? woken : clock.sleep(Math.max(0, until - clock.now()), rest.signal);
      await Promise.race([woken, due]);
      signal.removeEventListener('abort', wake);
      rest.abort();
      this.#wake = undefined;
    }
    this.#isSet = false;
  }
}
