import { handOverdue } from '@foreshock/alert/delivery/fallback';
import type { DeliveryRules } from '@foreshock/alert/delivery/policy';
import { type OfferedNotice, offer, type Suppressed, safePosition } from '@foreshock/alert/delivery/progress';
import type { DeliveryState } from '@foreshock/alert/delivery/state';
import type { EvidenceText } from '@foreshock/model/incident';
import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { Receiver } from '../receivers/receiver.ts';
import type { DeliveryLog } from './delivery-log.ts';
import { runLane } from './lane.ts';
import { Latch } from './latch.ts';

/** What the lanes of all receivers share. */
export interface DeskContext {
  readonly state: DeliveryState;
  readonly rules: DeliveryRules;
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly deliveries: DeliveryLog;
  readonly publicUrl: string;
  readonly textOf: (mentionId: string) => EvidenceText | undefined;
  /** Awaited where a post that should be quoted is not there yet. */
  readonly textsReady: () => Promise<void>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Whether telling people is still this process’s task: one that was frozen and goes on asks before it speaks. */
  readonly mine: () => Promise<boolean>;
  /** Ends what is under way, appends that the log cannot take included. The desk aborts it. */
  readonly cutting: AbortController;
  /** Called after something was finished: positions may move. */
  readonly onProgress: () => void;
}

/** Requests in flight get this long to end by themselves when the notifier stops. */
const GRACE_MS = 5_000;

export interface Desk {
  offer(notices: readonly OfferedNotice[]): void;
  /** Where reading may go on after a restart. */
  safePosition(nextOffset: number): number;
  /** Resolves when nothing is sent any more. Idempotent. */
  stop(): Promise<void>;
  /** Rejects with the broken invariant or the closed log that stopped a lane. */
  readonly stopped: Promise<void>;
}

/** Runs one lane for each receiver, so that none waits for another, and the watch over overdue pages. */
export function openDesk(context: DeskContext): Desk {
  const { state, rules, clock, metrics, cutting } = context;
  const stopping = new AbortController();
  const latches = new Map([...context.receivers.keys()].map((id) => [id, new Latch()]));
  const overdue = new Latch();
  const wake = (receivers: Iterable<string>) => {
    for (const id of receivers) latches.get(id)?.set();
  };
  const shared = {
    ...context,
    wake,
    latchOf: (id: string) => latches.get(id)!,
    stopping: stopping.signal,
    onProgress: () => {
      showOldest();
      context.onProgress();
    },
  };

  async function watchOverdue(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { handed, nextAt } = handOverdue(state, rules, clock.now());
      if (handed.size > 0)
        context.logger.warn(
          { receivers: [...handed] },
          'Pages stayed undelivered and went to the fallback receiver.',
        );
      wake(handed);
      await overdue.wait(clock, nextAt, stopping.signal);
    }
  }

  function showOldest(): void {
    const [oldest] = state.notices.values();
    metrics.notificationOldestPending.set(oldest ? oldest.appendedAt / 1_000 : 0);
  }

  const loops = [
    watchOverdue(),
    ...[...context.receivers.values()].map((receiver) => runLane(shared, receiver)),
  ];
  const stopped = Promise.all(loops).then(() => undefined);
  // A lane that fails stops them all: half an alerter would look alive.
  stopped.catch(() => {
    stopping.abort();
    cutting.abort();
  });
  const settled = Promise.allSettled(loops);
  showOldest();

  return {
    offer(notices) {
      for (const notice of notices) countSuppressed(metrics, offer(state, rules, notice));
      showOldest();
      wake(latches.keys());
      overdue.set();
      context.onProgress();
    },
    safePosition: (nextOffset) => safePosition(state, nextOffset),
    async stop() {
      stopping.abort();
      const rest = new AbortController();
      await Promise.race([settled, clock.sleep(GRACE_MS, rest.signal)]);
      rest.abort();
      cutting.abort();
      await settled;
    },
    stopped,
  };
}

export function countSuppressed(metrics: Metrics, suppressed: readonly Suppressed[]): void {
  for (const { reason } of suppressed) metrics.notificationsSuppressed.inc({ reason });
}
