import type { Delivery } from '@foreshock/model/notice';
import { type DeliveryRules, incidentOf, rankInIncident } from './policy.ts';
import { froze, noteTold, type OfferedNotice, offer, type Suppressed } from './progress.ts';
import { noteFinished } from './queue.ts';
import { type DeliveryState, emptyState } from './state.ts';

/**
 * Gathers what the log knows, newest record of a delivery winning. Bounded by the notices not yet finished, the bodies
 * pending and the incidents open; of finished deliveries of older notices only `told` and the ids in `finished` stay.
 */
export interface Recovery {
  readonly notices: readonly OfferedNotice[];
  /** Their ids. */
  readonly known: ReadonlySet<string>;
  readonly deliveries: Map<string, Delivery>;
  readonly told: Map<string, Set<string>>;
  /** Finished notices from before the committed position: triage may write those again when it restarts. */
  readonly finished: Set<string>;
}

/** Begins with the notices from the committed position on, in the order of the log. */
export const recover = (notices: readonly OfferedNotice[]): Recovery => ({
  notices,
  known: new Set(notices.map(({ notice }) => notice.id)),
  deliveries: new Map(),
  told: new Map(),
  finished: new Set(),
});

export function recoverDelivery(recovery: Recovery, delivery: Delivery): void {
  const { deliveries, known, told, finished } = recovery;
  if (delivery.state === 'delivered') {
    const incidents = told.get(delivery.receiver) ?? new Set();
    told.set(delivery.receiver, incidents);
    noteTold(incidents, delivery);
  }
  if (delivery.state === 'pending' || delivery.notices.some((id) => known.has(id)))
    deliveries.set(delivery.key, delivery);
  else {
    deliveries.delete(delivery.key);
    for (const id of delivery.notices) noteFinished(finished, id);
  }
}

export interface Recovered {
  readonly state: DeliveryState;
  readonly suppressed: readonly Suppressed[];
  /** Finished, but perhaps its outcome was never appended. */
  readonly finished: readonly Delivery[];
  /** Pending for receivers that are no longer configured. */
  readonly orphans: readonly Delivery[];
}

/**
 * The state as it was when the log was written. Order is kept per receiver and incident, so whatever is not above
 * the newest notice that a receiver has a delivery for is past: told, merged, or not meant for it.
 */
export function recovered(recovery: Recovery, rules: DeliveryRules, now: number): Recovered {
  const state = emptyState(rules.receivers.keys());
  for (const id of recovery.finished) state.finished.add(id);
  const finished: Delivery[] = [];
  const orphans: Delivery[] = [];
  for (const [receiver, incidents] of recovery.told)
    for (const incident of incidents) state.lanes.get(receiver)?.told.add(incident);
  const reached = new Map<string, Map<string, number>>();
  const holders = new Map<string, Set<string>>();
  const ends = new Map<string, Map<string, 'delivered' | 'dead-lettered'>>();
  for (const delivery of recovery.deliveries.values()) {
    const { receiver } = delivery;
    if (delivery.state !== 'pending') finished.push(delivery);
    else if (state.lanes.has(receiver)) froze(state, delivery, now);
    else orphans.push(delivery);
    for (const id of delivery.notices) {
      raise(inner(reached, receiver), incidentOf(id), rankInIncident(id));
      if (delivery.state !== 'pending') inner(ends, id).set(receiver, delivery.state);
      else if (state.lanes.has(receiver)) holders.set(id, (holders.get(id) ?? new Set()).add(receiver));
    }
  }
  const suppressed: Suppressed[] = [];
  for (const offered of recovery.notices) {
    const { id, incident } = offered.notice;
    const frozen = holders.get(id) ?? new Set<string>();
    const done = new Map<string, 'delivered' | 'dead-lettered' | 'passed'>(ends.get(id));
    const rank = rankInIncident(id);
    for (const [receiver, ranks] of reached)
      if (!frozen.has(receiver) && !done.has(receiver) && rank <= (ranks.get(incident.id) ?? -1))
        done.set(receiver, 'passed');
    suppressed.push(...offer(state, rules, offered, { done, frozen }));
  }
  return { state, suppressed, finished, orphans };
}

function inner<K>(outer: Map<string, Map<string, K>>, key: string): Map<string, K> {
  const map = outer.get(key) ?? new Map<string, K>();
  outer.set(key, map);
  return map;
}

function raise(map: Map<string, number>, key: string, value: number): void {
  map.set(key, Math.max(map.get(key) ?? -1, value));
}
