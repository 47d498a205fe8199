import type { Delivery, Notice } from '@foreshock/model/notice';
import { backoffMs, RETRY_AFTER_MS_MAX } from './backoff.ts';
import { handOver } from './fallback.ts';
import { type DeliveryRules, incidentOf, reachesFloor, roleOf } from './policy.ts';
import { close, enqueue, settle, unqueue } from './queue.ts';
import { type DeliveryState, type Frozen, type Lane, type OpenNotice, slim } from './state.ts';

export type SuppressReason = 'replay' | 'below-severity' | 'opening-not-told' | 'not-configured';
export interface Suppressed {
  readonly receiver: string;
  readonly notice: string;
  readonly reason: SuppressReason;
}

export interface OfferedNotice {
  readonly offset: number;
  readonly appendedAt: number;
  readonly notice: Notice;
}

/**
 * Takes a notice in and queues it for the receivers it is for: those it names, and those that know of the incident
 * already (a fallback that was drawn in, or a receiver that the watch named then). A notice taken in before changes
 * nothing.
 */
export function offer(
  state: DeliveryState,
  rules: DeliveryRules,
  offered: OfferedNotice,
  /** Receivers that are past this notice, or hold it in a frozen body: known when a log is read again. */
  known: { readonly done?: OpenNotice['done']; readonly frozen?: ReadonlySet<string> } = {},
): Suppressed[] {
  const { notice } = offered;
  if (state.notices.has(notice.id) || state.finished.has(notice.id)) return [];
  const open: OpenNotice = {
    offset: offered.offset,
    appendedAt: offered.appendedAt,
    notice: slim(notice),
    owed: new Set(known.frozen),
    done: new Map(known.done),
  };
  state.notices.set(notice.id, open);
  const suppressed: Suppressed[] = [];
  for (const receiver of targetsOf(state, notice)) {
    if (open.owed.has(receiver) || open.done.has(receiver)) continue;
    const reason = suppression(state, rules, receiver, notice);
    if (reason) suppressed.push({ receiver, notice: notice.id, reason });
    else enqueue(state.lanes.get(receiver)!, open);
  }
  // Read again after a crash: the dead letter was written, but nobody else was told of the page yet.
  for (const [from, how] of open.done)
    if (how === 'dead-lettered') handOver(state, rules, { from, notices: [open], lost: true });
  if (open.owed.size === 0) close(state, open);
  return suppressed;
}

function targetsOf(state: DeliveryState, notice: Notice): Set<string> {
  const targets = new Set(notice.receivers);
  if (roleOf(notice.transition) !== 'test')
    for (const lane of state.lanes.values()) if (knows(lane, notice.incident.id)) targets.add(lane.receiver);
  return targets;
}

const knows = (lane: Lane, incident: string): boolean =>
  lane.told.has(incident) || lane.queues.has(incident) || lane.busy.has(incident);

function suppression(
  state: DeliveryState,
  rules: DeliveryRules,
  receiver: string,
  notice: Notice,
): SuppressReason | undefined {
  const rule = rules.receivers.get(receiver);
  const lane = state.lanes.get(receiver);
  if (!rule || !lane) return 'not-configured';
  const role = roleOf(notice.transition);
  if (role === 'test') return undefined;
  if (notice.incident.replay && !rule.replay) return 'replay';
  if (knows(lane, notice.incident.id)) return undefined;
  if (role === 'opening') return reachesFloor(rule, notice) ? undefined : 'below-severity';
  return 'opening-not-told';
}

/** A body was written down. It leaves the queues and is due at once. */
export function froze(state: DeliveryState, delivery: Delivery, now: number): void {
  const lane = state.lanes.get(delivery.receiver)!;
  unqueue(lane, delivery.notices);
  const incidents = [...new Set(delivery.notices.map(incidentOf))];
  for (const incident of incidents) lane.busy.add(incident);
  lane.frozen.set(delivery.key, {
    delivery,
    incidents,
    attempts: delivery.attempts,
    firstFailedAt: null,
    dueAt: now,
  });
}

/** Nobody waits for these notices at this receiver. An end that is not wanted still ends. */
export function drop(state: DeliveryState, receiver: string, ids: readonly string[]): void {
  const lane = state.lanes.get(receiver)!;
  unqueue(lane, ids);
  for (const id of ids) {
    const open = state.notices.get(id);
    if (!open) continue;
    if (roleOf(open.notice.transition) === 'end') lane.told.delete(open.notice.incident.id);
    settle(state, open, receiver, 'passed');
  }
}

/**
 * An attempt failed and may be repeated. Returns `give-up` where the body has become too old: then write it down as
 * dead-lettered and fold `finish`.
 */
export function postpone(
  state: DeliveryState,
  rules: DeliveryRules,
  failed: {
    readonly receiver: string;
    readonly key: string;
    /** The endpoint asked for this pause: it binds every body for it. */
    readonly waitMs?: number;
    /** The endpoint as such did not answer: no other body would fare better. */
    readonly unreachable?: boolean;
    readonly now: number;
    readonly random: number;
  },
): 'retry' | 'give-up' {
  const { now, random } = failed;
  const lane = state.lanes.get(failed.receiver)!;
  const frozen = lane.frozen.get(failed.key)!;
  frozen.attempts += 1;
  frozen.firstFailedAt ??= now;
  if (failed.unreachable === true) {
    lane.failures += 1;
    lane.failingSince ??= now;
  } else {
    lane.failures = 0;
    lane.failingSince = null;
  }
  if (now >= freshAt(state, frozen) + rules.receivers.get(failed.receiver)!.giveUpAfterMs) return 'give-up';
  if (failed.waitMs !== undefined) {
    // Half a second at least: `Retry-After: 0` must not become a busy loop.
    const waitMs = Math.min(Math.max(failed.waitMs, 500), RETRY_AFTER_MS_MAX);
    lane.heldUntil = Math.max(lane.heldUntil, now + waitMs);
    frozen.dueAt = now + waitMs;
  } else if (failed.unreachable === true) {
    const failingForMs = now - (lane.failingSince ?? now);
    lane.heldUntil = now + backoffMs({ failures: lane.failures, failingForMs, random });
    frozen.dueAt = lane.heldUntil;
  } else {
    const failingForMs = now - frozen.firstFailedAt;
    frozen.dueAt = now + backoffMs({ failures: frozen.attempts, failingForMs, random });
  }
  return 'retry';
}

/** When the newest thing that this body tells was written. */
function freshAt(state: DeliveryState, frozen: Frozen): number {
  const times = frozen.delivery.notices.flatMap((id) => state.notices.get(id)?.appendedAt ?? []);
  return times.length > 0 ? Math.max(...times) : frozen.delivery.createdAt;
}

/** The receiver refuses us for good, until the config or its secrets change. */
export function disable(state: DeliveryState, receiver: string, reason: string): void {
  state.lanes.get(receiver)!.disabled = reason;
}

/**
 * A delivery was finished and that was written down. A page among what was dead-lettered is handed to another
 * receiver. Returns the receivers that got something to do.
 */
export function finish(state: DeliveryState, rules: DeliveryRules, delivery: Delivery): Set<string> {
  const lane = state.lanes.get(delivery.receiver)!;
  const frozen = lane.frozen.get(delivery.key);
  lane.frozen.delete(delivery.key);
  for (const incident of frozen?.incidents ?? []) lane.busy.delete(incident);
  unqueue(lane, delivery.notices);
  const handed = new Set<string>();
  if (delivery.state === 'delivered') {
    lane.failures = 0;
    lane.failingSince = null;
    noteTold(lane.told, delivery);
  } else {
    const open = delivery.notices.flatMap((id) => state.notices.get(id) ?? []);
    for (const one of open) one.done.set(delivery.receiver, 'dead-lettered');
    for (const to of handOver(state, rules, { from: delivery.receiver, notices: open, lost: true }))
      handed.add(to);
  }
  for (const id of delivery.notices) {
    const open = state.notices.get(id);
    if (open)
      settle(state, open, delivery.receiver, delivery.state === 'delivered' ? 'delivered' : 'dead-lettered');
  }
  return handed;
}

/** Keeps `told` after a delivered body: its incidents are known there, except those it ended. */
export function noteTold(told: Set<string>, delivery: Delivery): void {
  for (const id of delivery.notices) told.add(incidentOf(id));
  for (const incident of delivery.ends ?? []) told.delete(incident);
}

/** Where reading may go on after a restart: everything before it is finished with all its receivers. */
export function safePosition(state: DeliveryState, nextOffset: number): number {
  const [oldest] = state.notices.values();
  return oldest ? Math.min(oldest.offset, nextOffset) : nextOffset;
}
