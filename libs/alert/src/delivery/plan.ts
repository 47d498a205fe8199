import type { Notice } from '@foreshock/model/notice';
import { type DeliveryRules, type ReceiverRule, roleOf, severityRank } from './policy.ts';
import { type DeliveryState, type Frozen, LANE_NOTICES_MAX, type Lane } from './state.ts';

/** Untried notices of one incident, oldest first: they are told together. */
export interface Group {
  readonly incident: string;
  readonly notices: readonly Notice[];
}

/** What one receiver should do now. The shell does it and folds what came of it; then it asks again. */
export type Step =
  /** Render these into one body, write it down, fold `froze`. More than one group: a roll-up. */
  | { readonly kind: 'freeze'; readonly key: string; readonly groups: readonly Group[] }
  | { readonly kind: 'attempt'; readonly frozen: Frozen }
  /** Nobody waits for these: fold `drop`. */
  | { readonly kind: 'drop'; readonly notices: readonly string[]; readonly reason: DropReason }
  /** Untried, and they will never be: write a dead-lettered delivery down, fold `finish`. */
  | { readonly kind: 'discard'; readonly key: string; readonly group: Group; readonly reason: string }
  /** Tried, and given up: the same. */
  | { readonly kind: 'dead-letter'; readonly frozen: Frozen; readonly reason: string }
  /** Nothing to do before this time, or before something new comes. */
  | { readonly kind: 'wait'; readonly until: number | null };

export type DropReason = 'opening-not-told' | 'resolved-not-wanted';

/** Notices in one roll-up: 1,000 ids of about 40 characters in its record. */
export const ROLL_UP_NOTICES_MAX = 1_000;

/**
 * Decides the next step of one receiver. One request is in flight at a time, so this is asked only between requests.
 * The most severe incident goes first, an opening before an end, then the oldest; a body that waits for its next
 * attempt holds up its own incidents and nobody else’s, unless the endpoint as a whole has to wait.
 */
export function nextStep(state: DeliveryState, rules: DeliveryRules, receiver: string, now: number): Step {
  const lane = state.lanes.get(receiver);
  const rule = rules.receivers.get(receiver);
  if (!lane || !rule) throw new Error(`no such receiver: ${receiver}`);

  const ready: Ranked<{ group: Group }>[] = [];
  for (const [incident, ids] of lane.queues) {
    if (lane.busy.has(incident)) continue;
    const group = { incident, notices: ids.map((id) => noticeOf(state, id)) };
    const drop = untellable(lane, rule, group);
    if (drop) return drop;
    ready.push({ group, ...rankOf(state, group.notices) });
  }
  ready.sort(byRank);

  if (lane.disabled !== null) return closeDown(lane, ready, lane.disabled);
  if (lane.untried > LANE_NOTICES_MAX && ready.length > 0)
    return discard(lane, ready[ready.length - 1]!.group, 'backlog-full');
  if (lane.heldUntil > now) return { kind: 'wait', until: lane.heldUntil };

  const due: Ranked<{ frozen: Frozen }>[] = [];
  let until: number | null = null;
  for (const frozen of lane.frozen.values()) {
    if (frozen.dueAt <= now) due.push({ frozen, ...rankFrozen(state, frozen) });
    else until = Math.min(until ?? frozen.dueAt, frozen.dueAt);
  }
  due.sort(byRank);

  const again = due[0];
  const fresh = ready[0];
  if (again && (!fresh || byRank(again, fresh) <= 0)) return { kind: 'attempt', frozen: again.frozen };
  if (fresh) {
    const groups =
      rule.rollUpAbove !== null && ready.length > rule.rollUpAbove ? rollUp(ready) : [fresh.group];
    return { kind: 'freeze', key: keyOf(lane, groups[0]!), groups };
  }
  return { kind: 'wait', until };
}

/** The idempotency key: of the newest notice told, so that equal histories give equal keys. */
const keyOf = (lane: Lane, group: Group): string =>
  `${lane.receiver}/${group.notices[group.notices.length - 1]!.id}`;

function noticeOf(state: DeliveryState, id: string): Notice {
  const open = state.notices.get(id);
  if (!open) throw new Error(`a queued notice is not open: ${id}`);
  return open.notice;
}

/** News and ends go to those who heard of the opening, or hear of it in the same body. */
function untellable(lane: Lane, rule: ReceiverRule, group: Group): Step | undefined {
  if (group.notices.some(({ transition }) => ['opening', 'test'].includes(roleOf(transition))))
    return undefined;
  if (!lane.told.has(group.incident))
    return { kind: 'drop', notices: group.notices.map(({ id }) => id), reason: 'opening-not-told' };
  if (rule.sendResolved) return undefined;
  const ends = group.notices.filter(({ transition }) => roleOf(transition) === 'end');
  return ends.length === 0
    ? undefined
    : { kind: 'drop', notices: ends.map(({ id }) => id), reason: 'resolved-not-wanted' };
}

function closeDown(lane: Lane, ready: readonly { group: Group }[], reason: string): Step {
  const [frozen] = lane.frozen.values();
  if (frozen) return { kind: 'dead-letter', frozen, reason };
  const [first] = ready;
  return first ? discard(lane, first.group, reason) : { kind: 'wait', until: null };
}

const discard = (lane: Lane, group: Group, reason: string): Step => ({
  kind: 'discard',
  key: keyOf(lane, group),
  group,
  reason,
});

function rollUp(ready: readonly { group: Group }[]): Group[] {
  const groups: Group[] = [];
  let notices = 0;
  for (const { group } of ready) {
    notices += group.notices.length;
    if (groups.length > 0 && notices > ROLL_UP_NOTICES_MAX) break;
    groups.push(group);
  }
  return groups;
}

type Ranked<T> = T & { readonly severity: number; readonly opening: number; readonly offset: number };
type Rank = Ranked<object>;
const byRank = (a: Rank, b: Rank): number =>
  b.severity - a.severity || b.opening - a.opening || a.offset - b.offset;

function rankOf(state: DeliveryState, notices: readonly Notice[]): Rank {
  const newest = notices[notices.length - 1]!;
  return {
    severity: severityRank(newest.incident.severity),
    opening: notices.some(({ transition }) => roleOf(transition) === 'opening') ? 1 : 0,
    offset: state.notices.get(notices[0]!.id)!.offset,
  };
}

/** A message to the operator has no notice of its own; it ranks like a page that is a warning. */
function rankFrozen(state: DeliveryState, frozen: Frozen): Rank {
  const ranks = frozen.delivery.notices.flatMap((id) => {
    const open = state.notices.get(id);
    return open ? [rankOf(state, [open.notice])] : [];
  });
  return ranks.sort(byRank)[0] ?? { severity: severityRank('warning'), opening: 1, offset: 0 };
}
