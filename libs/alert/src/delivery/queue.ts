import { incidentOf } from './policy.ts';
import { type DeliveryState, FINISHED_IDS_MAX, type Lane, type OpenNotice } from './state.ts';

/** Puts a notice at the end of its incident’s queue. Callers keep the order of the log. */
export function enqueue(lane: Lane, open: OpenNotice): void {
  const incident = open.notice.incident.id;
  const queue = lane.queues.get(incident);
  if (queue) queue.push(open.notice.id);
  else lane.queues.set(incident, [open.notice.id]);
  lane.untried += 1;
  open.owed.add(lane.receiver);
}

export function unqueue(lane: Lane, ids: readonly string[]): void {
  const gone = new Set(ids);
  for (const incident of new Set(ids.map(incidentOf))) {
    const queue = lane.queues.get(incident);
    if (!queue) continue;
    const left = queue.filter((id) => !gone.has(id));
    lane.untried -= queue.length - left.length;
    if (left.length > 0) lane.queues.set(incident, left);
    else lane.queues.delete(incident);
  }
}

/** A receiver is finished with a notice; the last one closes it. */
export function settle(
  state: DeliveryState,
  open: OpenNotice,
  receiver: string,
  how: 'delivered' | 'dead-lettered' | 'passed',
): void {
  open.owed.delete(receiver);
  open.done.set(receiver, how);
  if (open.owed.size === 0) close(state, open);
}

export function close(state: DeliveryState, open: OpenNotice): void {
  state.notices.delete(open.notice.id);
  noteFinished(state.finished, open.notice.id);
}

export function noteFinished(finished: Set<string>, id: string): void {
  finished.add(id);
  if (finished.size <= FINISHED_IDS_MAX) return;
  const [oldest] = finished;
  if (oldest !== undefined) finished.delete(oldest);
}
