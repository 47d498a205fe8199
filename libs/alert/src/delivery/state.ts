import type { Delivery, Notice } from '@foreshock/model/notice';

/** A notice that at least one receiver still has to be told of. */
export interface OpenNotice {
  readonly offset: number;
  readonly appendedAt: number;
  readonly notice: Notice;
  /** Receivers not finished with it. Empty: the notice leaves the state. */
  readonly owed: Set<string>;
  /** Receivers finished with it. `passed`: a later notice of the incident was already told there. */
  readonly done: Map<string, 'delivered' | 'dead-lettered' | 'passed'>;
}

/** A body that was written down before its first attempt and does not change until it is finished. */
export interface Frozen {
  readonly delivery: Delivery;
  readonly incidents: readonly string[];
  attempts: number;
  firstFailedAt: number | null;
  dueAt: number;
}

/** One receiver: what it is owed, in which order, and since when it does not answer. */
export interface Lane {
  readonly receiver: string;
  /** Untried notice ids by incident, oldest first. */
  readonly queues: Map<string, string[]>;
  /** Ids in `queues`. */
  untried: number;
  /** Pending deliveries by key. */
  readonly frozen: Map<string, Frozen>;
  /** Incidents of pending deliveries: what comes later waits for these, so that order is kept. */
  readonly busy: Set<string>;
  /** Incidents whose opening was delivered here and whose end was not. */
  readonly told: Set<string>;
  /** Nothing is sent before this time: the endpoint asked for it, or cannot be reached at all. */
  heldUntil: number;
  /** Failures of the endpoint as such in a row, and when they began. */
  failures: number;
  failingSince: number | null;
  /** Why nothing is sent at all any more. */
  disabled: string | null;
}

/**
 * Plain data, changed in place by the functions of `plan.ts` alone. Holds unfinished notices only: at most
 * `LANE_NOTICES_MAX` a receiver, a few KB each, shared between receivers.
 */
export interface DeliveryState {
  readonly notices: Map<string, OpenNotice>;
  readonly lanes: Map<string, Lane>;
  /** Notices finished lately, so that a record appended twice is told once. */
  readonly finished: Set<string>;
}

/** 5,000 notices of about 4 KB: 20 MB for a receiver that is dead while everything burns. */
export const LANE_NOTICES_MAX = 5_000;
/** 10,000 ids of about 40 characters, under 1 MB. */
export const FINISHED_IDS_MAX = 10_000;

export const emptyState = (receivers: Iterable<string>): DeliveryState => ({
  notices: new Map(),
  lanes: new Map([...receivers].map((receiver) => [receiver, emptyLane(receiver)])),
  finished: new Set(),
});

const emptyLane = (receiver: string): Lane => ({
  receiver,
  queues: new Map(),
  untried: 0,
  frozen: new Map(),
  busy: new Set(),
  told: new Set(),
  heldUntil: 0,
  failures: 0,
  failingSince: null,
  disabled: null,
});

/** Drops what rendering never reads: the timeline and the other bursts make up most of an incident. */
export function slim(notice: Notice): Notice {
  const { incident } = notice;
  const lead = incident.bursts.filter((burst) => burst.burst === incident.lead);
  return {
    ...notice,
    incident: { ...incident, timeline: [], bursts: lead.length > 0 ? lead : incident.bursts.slice(0, 1) },
  };
}
