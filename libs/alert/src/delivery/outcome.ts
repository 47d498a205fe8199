import type { Delivery, Notice } from '@foreshock/model/notice';
import type { Outcome } from '@foreshock/model/signal';
import type { Group } from './plan.ts';
import { incidentOf, roleOf } from './policy.ts';

/** The record of a body before its first attempt. */
export function pendingRecord(options: {
  readonly receiver: string;
  readonly key: string;
  readonly groups: readonly Group[];
  readonly body: string;
  readonly contentType: string;
  readonly now: number;
}): Delivery {
  const ends = options.groups.filter(({ notices }) => isOver(notices)).map(({ incident }) => incident);
  return {
    v: 1,
    receiver: options.receiver,
    key: options.key,
    notices: options.groups.flatMap(({ notices }) => notices.map(({ id }) => id)),
    incident: options.groups[0]?.incident ?? '',
    ...(ends.length > 0 ? { ends } : {}),
    state: 'pending',
    createdAt: options.now,
    body: options.body,
    contentType: options.contentType,
    attempts: 0,
  };
}

/** An incident that ended while it was held back is told by one `opened` that is over already. */
function isOver(notices: readonly Notice[]): boolean {
  const { transition, incident } = notices[notices.length - 1]!;
  return ['end', 'test'].includes(roleOf(transition)) || ['resolved', 'closed'].includes(incident.state);
}

/** The record of a finished delivery. Its body goes: it quotes posts, and nobody needs it again. */
export const finishedRecord = (
  delivery: Delivery,
  outcome: {
    readonly state: 'delivered' | 'dead-lettered';
    readonly attempts: number;
    readonly now: number;
    readonly status?: number;
    readonly reason?: string;
  },
): Delivery => ({
  ...delivery,
  body: '',
  state: outcome.state,
  attempts: outcome.attempts,
  finishedAt: outcome.now,
  ...(outcome.status !== undefined ? { lastStatus: outcome.status } : {}),
  ...(outcome.reason !== undefined ? { lastReason: outcome.reason.slice(0, 512) } : {}),
});

/** What `signals` is told: one outcome a notice. The newest of each incident has the result, the others were merged. */
export function outcomesOf(delivery: Delivery): Outcome[] {
  if (delivery.state === 'pending') return [];
  const { state, finishedAt, lastStatus, lastReason } = delivery;
  const newest = new Map(delivery.notices.map((id) => [incidentOf(id), id]));
  return delivery.notices.map((notice) => ({
    kind: 'outcome',
    v: 1,
    receiver: delivery.receiver,
    notice,
    incident: incidentOf(notice),
    result: newest.get(incidentOf(notice)) === notice ? state : 'merged',
    attempts: delivery.attempts,
    at: finishedAt ?? delivery.createdAt,
    ...(lastStatus !== undefined ? { status: lastStatus } : {}),
    ...(lastReason !== undefined ? { reason: lastReason } : {}),
  }));
}
