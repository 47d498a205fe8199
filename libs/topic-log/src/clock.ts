/** The part of a clock that drivers need: what the runtime’s clocks offer, stated here because libs/runtime builds on this package. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
