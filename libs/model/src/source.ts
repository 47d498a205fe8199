import type { Mention } from './mention.ts';

/**
 * What a connector must be. It turns a foreign stream into batches of mentions, each with the cursor that follows
 * it. The runner (services/ingest) owns everything else: fixing the event time, validation, appending, storing
 * the cursor after the append, status every 5 s, back-off with jitter, back-pressure.
 */
export interface SourceBatch {
  /** Mentions without the fields the runner fixes (`eventTime`, `v`). May be empty: then only the cursor moves. */
  readonly mentions: readonly SourceMention[];
  /** Cursor to store once these are durable. Absent: nothing to store. */
  readonly cursor?: string;
  /** Everything with an earlier event time has been handed over. Milliseconds. */
  readonly completeUpTo?: number;
  /** A stretch that was missed for good. */
  readonly gap?: { readonly from: number; readonly to: number };
  /** Authors whose account is gone: everything of theirs is to be erased. Each is an `authorIdentity`. */
  readonly erasures?: readonly { readonly author: string }[];
  /** Why records of this stretch could not become mentions, one entry a record, from the connector’s closed set. */
  readonly refused?: readonly string[];
}

export type SourceMention = Omit<Mention, 'eventTime' | 'v'>;

export interface SourceContext {
  /** The cursor stored last, or undefined on the first start. */
  readonly cursor: string | undefined;
  /** Resolves once the batch is durable and its cursor stored. Awaiting it is the back-pressure. */
  readonly emit: (batch: SourceBatch) => Promise<void>;
  /** Says that the source is there (again), or why not. */
  readonly status: (state: 'connected' | 'disconnected', reason?: string) => void;
  readonly signal: AbortSignal;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  /** Full-jitter random in [0, 1). */
  readonly random: () => number;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** How a connector ended by itself: try again (after `waitMs` if given), or stop until an operator acts. */
export type SourceEnd =
  | { readonly kind: 'retry'; readonly reason: string; readonly waitMs?: number }
  | { readonly kind: 'stop'; readonly reason: string };

export interface Source {
  readonly name: string;
  readonly kind: string;
  readonly mode: 'streaming' | 'polled' | 'pushed';
  /** Runs until `signal` aborts (then resolves `undefined`) or it cannot go on. Never throws for foreign faults. */
  run(context: SourceContext): Promise<SourceEnd | undefined>;
}
