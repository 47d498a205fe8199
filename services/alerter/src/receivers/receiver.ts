import type { EvidenceText } from '@foreshock/model/incident';
import type { Notice } from '@foreshock/model/notice';

/** Untried notices of one incident, oldest first, with the posts that may be quoted and where to read on. */
export interface IncidentInput {
  readonly kind: 'incident';
  readonly notices: readonly Notice[];
  /** At most three; fewer where posts were erased. */
  readonly evidence: readonly EvidenceText[];
  readonly link: string;
}

/** More incidents than a person can read one by one, the most severe first. */
export interface RollUpInput {
  readonly kind: 'roll-up';
  readonly incidents: readonly Omit<IncidentInput, 'evidence' | 'kind'>[];
  /** Where all of them are listed. */
  readonly link: string;
}

/** Foreshock itself needs somebody: told by our own sentence alone. */
export interface OperatorInput {
  readonly kind: 'operator';
  readonly at: number;
  readonly sentence: string;
}

export type RenderInput = IncidentInput | RollUpInput | OperatorInput;

export interface Rendered {
  readonly body: string;
  readonly contentType: string;
}

/** Why an attempt failed. Closed: metrics are labelled by it. */
export const ATTEMPT_FAULTS = [
  'rate-limited',
  'server-error',
  'client-error',
  'auth-error',
  'gone',
  'redirected',
  'unreachable',
  'timeout',
  'connection-broken',
  'odd-answer',
  'refused-address',
  'bad-url',
  'write-failed',
  'fault',
] as const;
export type AttemptFault = (typeof ATTEMPT_FAULTS)[number];

export type Answer =
  | { readonly kind: 'delivered'; readonly status?: number }
  | {
      readonly kind: 'retry';
      readonly reason: AttemptFault;
      readonly status?: number;
      /** How long the other side asked to be left alone. Binds the whole endpoint. */
      readonly waitMs?: number;
      /** The other side may have it all the same. */
      readonly ambiguous?: boolean;
    }
  | {
      readonly kind: 'rejected';
      readonly reason: AttemptFault;
      readonly status?: number;
      /** No other body would fare better: stop until the config or its secrets change. */
      readonly disable?: boolean;
    };

/**
 * One place to tell people. `render` is pure; its result is written down before the first attempt and sent byte for
 * byte until an answer is final. Retries, back-off, order and bookkeeping belong to the notifier, not to the receiver.
 */
export interface Receiver {
  readonly id: string;
  readonly kind: 'console' | 'webhook' | 'slack';
  render(input: RenderInput): Rendered;
  /** One attempt. Never throws for foreign faults; what it throws is a fault of ours, logged and tried again. `key` is constant over retries and restarts. */
  send(
    body: string,
    attempt: { readonly key: string; readonly attempt: number; readonly signal: AbortSignal },
  ): Promise<Answer>;
}

/** From request to the end of the answer. */
export const ATTEMPT_TIMEOUT_MS = 15_000;
/** Read of an answer; the rest is not looked at. */
export const ANSWER_BYTES_MAX = 65_536;
