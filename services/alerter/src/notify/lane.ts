import { finishedRecord, pendingRecord } from '@foreshock/alert/delivery/outcome';
import { type Group, nextStep } from '@foreshock/alert/delivery/plan';
import { disable, drop, finish, froze, postpone } from '@foreshock/alert/delivery/progress';
import type { Frozen } from '@foreshock/alert/delivery/state';
import type { Delivery } from '@foreshock/model/notice';
import type { Answer, Receiver } from '../receivers/receiver.ts';
import { renderGroups, renderOperator } from './bodies.ts';
import type { DeskContext } from './desk.ts';
import type { Latch } from './latch.ts';

export interface LaneContext extends DeskContext {
  readonly wake: (receivers: Iterable<string>) => void;
  readonly latchOf: (receiver: string) => Latch;
  /** Begin nothing new. */
  readonly stopping: AbortSignal;
}

const NOT_MINE_MS = 500;

/**
 * One receiver, one request at a time: asks what to do next, does it, writes down what came of it. Returns when
 * stopping. What was under way is taken up again by the next start, under the same key and byte for byte.
 */
export async function runLane(lane: LaneContext, receiver: Receiver): Promise<void> {
  while (!lane.stopping.aborted) {
    try {
      await takeStep(lane, receiver);
    } catch (error) {
      // A log that cannot be written while we are being stopped takes nothing away: the next start goes on from it.
      if (lane.cutting.signal.aborted) return;
      throw error;
    }
  }
}

async function takeStep(lane: LaneContext, receiver: Receiver): Promise<void> {
  const { state, rules, clock, metrics } = lane;
  const step = nextStep(state, rules, receiver.id, clock.now());
  if (step.kind !== 'wait' && !(await lane.mine())) {
    // Another process does it now; this one is told to stop as soon as the group says so.
    await clock.sleep(NOT_MINE_MS, lane.stopping);
    return;
  }
  switch (step.kind) {
    case 'wait':
      await lane.latchOf(receiver.id).wait(clock, step.until, lane.stopping);
      break;
    case 'freeze':
      await freeze(lane, receiver, step);
      break;
    case 'attempt':
      await attempt(lane, receiver, step.frozen);
      break;
    case 'drop':
      metrics.notificationsSuppressed.inc({ reason: step.reason }, step.notices.length);
      drop(state, receiver.id, step.notices);
      lane.onProgress();
      break;
    case 'discard': {
      const { key, group, reason } = step;
      const untried = recordOf(lane, receiver, { key, groups: [group], body: '', contentType: '' });
      await close(lane, receiver, { delivery: untried, attempts: 0 }, { state: 'dead-lettered', reason });
      break;
    }
    case 'dead-letter':
      await close(lane, receiver, step.frozen, { state: 'dead-lettered', reason: step.reason });
      break;
  }
}

const recordOf = (
  lane: LaneContext,
  receiver: Receiver,
  what: {
    readonly key: string;
    readonly groups: readonly Group[];
    readonly body: string;
    readonly contentType: string;
  },
): Delivery => pendingRecord({ ...what, receiver: receiver.id, now: lane.clock.now() });

/** The body is durable before anybody sees it: a restart sends these bytes, not others. */
async function freeze(
  lane: LaneContext,
  receiver: Receiver,
  { key, groups }: { readonly key: string; readonly groups: readonly Group[] },
): Promise<void> {
  const record = recordOf(lane, receiver, { key, groups, ...(await renderGroups(lane, receiver, groups)) });
  await lane.deliveries.freeze([record]);
  froze(lane.state, record, lane.clock.now());
}

async function attempt(lane: LaneContext, receiver: Receiver, frozen: Frozen): Promise<void> {
  const { state, rules, clock, metrics, logger } = lane;
  const { delivery } = frozen;
  const labels = { receiver_kind: receiver.kind };
  const startedAt = clock.now();
  metrics.notificationAttempts.inc(labels);
  const answer = await send(lane, receiver, frozen);
  metrics.notificationLatency.observe(labels, (clock.now() - startedAt) / 1_000);
  if (answer.kind === 'delivered') {
    await close(
      lane,
      receiver,
      { delivery, attempts: frozen.attempts + 1 },
      { ...answer, state: 'delivered' },
    );
    return;
  }
  metrics.notificationsFailed.inc({ ...labels, reason: answer.reason });
  if (answer.kind === 'rejected') {
    await refuse(lane, receiver, frozen, answer);
    return;
  }
  if (answer.ambiguous === true) metrics.notificationsAmbiguous.inc(labels);
  // Cut off by our own stop: nothing was learned about the receiver.
  if (lane.cutting.signal.aborted) return;
  const { reason, status, waitMs } = answer;
  logger.info(
    { receiver: receiver.id, reason, status, attempt: frozen.attempts + 1 },
    'A delivery failed for now.',
  );
  const verdict = postpone(state, rules, {
    receiver: receiver.id,
    key: delivery.key,
    ...(waitMs !== undefined ? { waitMs } : {}),
    unreachable: reason === 'unreachable',
    now: clock.now(),
    random: lane.random(),
  });
  if (verdict === 'give-up')
    await close(lane, receiver, frozen, { state: 'dead-lettered', reason: `gave up: ${reason}`, status });
}

/** A fault in one receiver must not silence the others: it is logged, and the body is tried again later. */
async function send(lane: LaneContext, receiver: Receiver, { delivery, attempts }: Frozen): Promise<Answer> {
  try {
    const { signal } = lane.cutting;
    return await receiver.send(delivery.body, { key: delivery.key, attempt: attempts + 1, signal });
  } catch (error) {
    lane.logger.error(
      { receiver: receiver.id, reason: error instanceof Error ? error.message : String(error) },
      'A receiver failed by a fault of its own; please report this.',
    );
    return { kind: 'retry', reason: 'fault', ambiguous: true };
  }
}

async function refuse(
  lane: LaneContext,
  receiver: Receiver,
  frozen: Frozen,
  { reason, status, disable: forGood }: Extract<Answer, { kind: 'rejected' }>,
): Promise<void> {
  const outcome = { state: 'dead-lettered' as const, reason, status };
  const tried = { delivery: frozen.delivery, attempts: frozen.attempts + 1 };
  if (forGood !== true) {
    lane.logger.warn(
      { receiver: receiver.id, reason, status },
      'A receiver refused a body; it is in the dead letters.',
    );
    await close(lane, receiver, tried, outcome);
    return;
  }
  lane.logger.error(
    { receiver: receiver.id, reason, status },
    'A receiver refuses us and is disabled: correct its address or secret, then reload or restart.',
  );
  disable(lane.state, receiver.id, `disabled: ${reason}`);
  await close(lane, receiver, tried, outcome, operatorMessage(lane, receiver, { reason, status }));
}

/** Written in the same append as the dead letter, so that a crash cannot leave the operator untold. */
function operatorMessage(
  lane: LaneContext,
  refusing: Receiver,
  { reason, status }: { readonly reason: string; readonly status: number | undefined },
): Delivery[] {
  const { state, rules, clock } = lane;
  const candidates = [
    rules.receivers.get(refusing.id)?.fallback,
    ...rules.operators,
    ...lane.receivers.keys(),
  ];
  const id = candidates.find(
    (one) => one !== undefined && one !== refusing.id && state.lanes.get(one)?.disabled === null,
  );
  const other = id === undefined ? undefined : lane.receivers.get(id);
  if (!other) return [];
  const now = clock.now();
  const sentence =
    `The receiver ${refusing.id} refuses us (${reason}${status !== undefined ? `, status ${status}` : ''}) and is ` +
    'disabled. Its pages come here instead; all else for it is in the dead letters. Correct its address or secret, ' +
    'then reload or restart Foreshock.';
  const rendered = renderOperator(other, { kind: 'operator', at: now, sentence });
  return [
    recordOf(lane, other, { key: `${other.id}/disabled-${refusing.id}/${now}/0`, groups: [], ...rendered }),
  ];
}

async function close(
  lane: LaneContext,
  receiver: Receiver,
  { delivery, attempts }: { readonly delivery: Delivery; readonly attempts: number },
  outcome: {
    readonly state: 'delivered' | 'dead-lettered';
    readonly reason?: string;
    readonly status?: number | undefined;
  },
  operator: readonly Delivery[] = [],
): Promise<void> {
  const { state, rules, clock, metrics } = lane;
  const { state: result, reason, status } = outcome;
  const now = clock.now();
  const record = finishedRecord(delivery, {
    state: result,
    attempts,
    now,
    ...(reason !== undefined ? { reason } : {}),
    ...(status !== undefined ? { status } : {}),
  });
  if (result === 'delivered') {
    metrics.notifications.inc({ receiver_kind: receiver.kind }, Math.max(1, delivery.notices.length));
    observeDelay(lane, delivery, now);
  } else metrics.deadLetters.inc({ stage: 'notify', code: 'undeliverable' });
  const newest = state.notices.get(delivery.notices[delivery.notices.length - 1] ?? '');
  await lane.deliveries.finish(record, { offset: newest?.offset, with: operator });
  lane.wake(finish(state, rules, record));
  for (const message of operator) {
    froze(state, message, clock.now());
    lane.wake([message.receiver]);
  }
  lane.onProgress();
}

/** From the first trouble post to the first receiver that has the opening: the figure this program exists for. */
function observeDelay({ state, metrics }: LaneContext, delivery: Delivery, now: number): void {
  for (const id of delivery.notices) {
    const open = state.notices.get(id);
    if (open?.notice.transition !== 'opened') continue;
    const { incident } = open.notice;
    const first = ![...open.done.values()].includes('delivered');
    if (first && !incident.replay && incident.kind === 'trouble')
      metrics.deliverDelay.observe(Math.max(0, now - incident.firstPostAt) / 1_000);
  }
}
