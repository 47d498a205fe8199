import type { Source, SourceBatch, SourceContext, SourceEnd } from '../../libs/model/src/source.ts';
import { VirtualClock } from '../../libs/runtime/src/clock.ts';

export interface SourceRun {
  readonly clock: VirtualClock;
  readonly batches: SourceBatch[];
  readonly statuses: { state: string; reason?: string }[];
  readonly warnings: { fields: object; message: string }[];
  /** The cursor of the newest batch that was made durable. */
  readonly cursor: string | undefined;
  readonly end: SourceEnd | undefined;
  readonly ended: boolean;
  /** Waits on the real sockets until `condition` holds. Time moves only while more than `idle` sleepers wait. */
  until(condition: () => boolean, idle?: number): Promise<void>;
  stop(): Promise<void>;
}

export interface SourceRunOptions {
  readonly cursor?: string;
  readonly clock?: VirtualClock;
  /** Holds every batch until it resolves: a slow log. */
  readonly durable?: (batch: SourceBatch) => Promise<void>;
  readonly random?: () => number;
}

/** Runs a source as the ingest runner would, in virtual time, remembering what it hands over. */
export function runSource(source: Source, options: SourceRunOptions = {}): SourceRun {
  const clock = options.clock ?? new VirtualClock(Date.parse('2026-09-21T13:00:00Z'));
  const stop = new AbortController();
  const state: { cursor: string | undefined; end: SourceEnd | undefined; ended: boolean; fault?: unknown } = {
    cursor: options.cursor,
    end: undefined,
    ended: false,
  };
  const batches: SourceBatch[] = [];
  const statuses: { state: string; reason?: string }[] = [];
  const warnings: { fields: object; message: string }[] = [];
  const context: SourceContext = {
    cursor: options.cursor,
    async emit(batch) {
      await options.durable?.(batch);
      batches.push(batch);
      if (batch.cursor !== undefined) state.cursor = batch.cursor;
    },
    status: (name, reason) => statuses.push({ state: name, ...(reason ? { reason } : {}) }),
    signal: stop.signal,
    clock,
    random: options.random ?? (() => 0.5),
    log: { info: () => undefined, warn: (fields, message) => warnings.push({ fields, message }) },
  };
  const finished = source
    .run(context)
    .then((end) => {
      state.end = end;
    })
    .catch((fault: unknown) => {
      state.fault = fault;
    })
    .finally(() => {
      state.ended = true;
    });
  return {
    clock,
    batches,
    statuses,
    warnings,
    get cursor() {
      return state.cursor;
    },
    get end() {
      return state.end;
    },
    get ended() {
      return state.ended;
    },
    async until(condition, idle = Number.POSITIVE_INFINITY) {
      await eventually(async () => {
        if (state.fault) throw state.fault;
        if (!condition() && clock.waiting > idle) await clock.advance(100);
        return condition();
      });
    },
    async stop() {
      stop.abort();
      await finished;
      if (state.fault) throw state.fault;
    },
  };
}

/** Polls until `condition` holds: for what real sockets do in their own time. Gives up after 20 s. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`still not so after 20 s: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
