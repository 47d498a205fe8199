import { outcomesOf } from '@foreshock/alert/delivery/outcome';
import { encodeJson } from '@foreshock/model/canonical-json';
import type { Delivery } from '@foreshock/model/notice';
import type { DeadLetter } from '@foreshock/model/state';
import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import { type NewRecord, type TopicLog, UnavailableError } from '@foreshock/topic-log/contract';

/** What the notifier writes down. Every call resolves once it is durable. */
export interface DeliveryLog {
  /** Pending bodies. One append: all of them or, after a crash, those that made it. */
  freeze(deliveries: readonly Delivery[]): Promise<void>;
  /**
   * A finished delivery, with what else must be durable at the same time. Its outcomes follow; a crash before they are
   * written is mended by writing them again at the next start, so readers know an outcome by receiver and notice.
   */
  finish(
    delivery: Delivery,
    options: { readonly offset: number | undefined; readonly with?: readonly Delivery[] },
  ): Promise<void>;
  outcomes(deliveries: readonly Delivery[]): Promise<void>;
  unreadable(reason: string, origin: { readonly partition: number; readonly offset: number }): Promise<void>;
}

export function createDeliveryLog(options: {
  readonly log: TopicLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Whether it is still this process that tells people: one that was frozen and goes on must write nothing. */
  readonly owns: () => Promise<boolean>;
}): DeliveryLog {
  const { clock } = options;
  const append = (topic: string, records: readonly NewRecord[]) => appendPatiently(options, topic, records);
  const deadLetter = (letter: Omit<DeadLetter, 'v' | 'at' | 'stage'>) =>
    append('dead-letters', [
      {
        key: null,
        value: encodeJson({ v: 1, at: clock.now(), stage: 'notify', ...letter } satisfies DeadLetter),
      },
    ]);
  const writeOutcomes = async (deliveries: readonly Delivery[]) => {
    const outcomes = deliveries.flatMap(outcomesOf);
    if (outcomes.length === 0) return;
    await append(
      'signals',
      outcomes.map((outcome) => ({ key: null, value: encodeJson(outcome) })),
    );
  };
  return {
    freeze: (deliveries) => append('deliveries', deliveries.map(recordOf)),
    async finish(delivery, { offset, with: others = [] }) {
      if (delivery.state === 'dead-lettered')
        await deadLetter({
          code: 'undeliverable',
          reason: `${delivery.receiver}: ${delivery.lastReason ?? 'unknown'}`,
          ...(offset !== undefined ? { origin: { topic: 'notices', partition: 0, offset } } : {}),
        });
      await append('deliveries', [delivery, ...others].map(recordOf));
      await writeOutcomes([delivery]);
    },
    outcomes: writeOutcomes,
    unreadable: (reason, origin) =>
      deadLetter({
        code: 'unreadable',
        reason: reason.slice(0, 1_024),
        origin: { topic: 'notices', ...origin },
      }),
  };
}

/** Unique among deliveries: the idempotency key begins with the receiver and ends with the notice. */
const recordOf = (delivery: Delivery): NewRecord => ({ key: delivery.key, value: encodeJson(delivery) });

const PAUSE_MS_MAX = 5_000;

/** Tries the very same records again while the log cannot take them; gives up only when stopped. */
async function appendPatiently(
  { log, clock, logger, signal, owns }: Parameters<typeof createDeliveryLog>[0],
  topic: string,
  records: readonly NewRecord[],
): Promise<void> {
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
    try {
      // Until what is under way here is cut off, which follows.
      if (!(await owns())) throw new UnavailableError('another process tells people now');
      await log.append(topic, records);
      return;
    } catch (error) {
      if (!(error instanceof UnavailableError) || signal.aborted) throw error;
      if (pauseMs === 50)
        logger.warn({ topic, reason: error.message }, 'The log cannot take deliveries now; trying again.');
      await clock.sleep(pauseMs, signal);
      if (signal.aborted) throw error;
    }
  }
}
