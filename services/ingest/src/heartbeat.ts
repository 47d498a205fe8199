import type { Heartbeat } from '@foreshock/model/mention';
import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { forEveryPartition } from './every-partition.ts';

export const HEARTBEAT_EVERY_MS = 15_000;

/** Sends a heartbeat into every partition now and every 15 s, until `signal` aborts. One that is not taken is lost. */
export async function beat(
  context: {
    readonly log: Pick<TopicLog, 'append' | 'partitions'>;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly metrics: Pick<Metrics, 'heartbeat'>;
    readonly owner: string;
  },
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = context;
  while (!signal.aborted) {
    const now = clock.now();
    const record: Heartbeat = {
      op: 'heartbeat',
      source: 'foreshock',
      eventTime: now,
      v: 1,
      id: `${context.owner.slice(0, 40)}-${now}`,
    };
    try {
      await log.append('mentions', forEveryPartition(record, await log.partitions('mentions')));
      context.metrics.heartbeat.set({ stage: 'ingest' }, now / 1_000);
    } catch (error) {
      context.logger.warn({ err: error }, 'The log did not take a heartbeat');
    }
    await clock.sleep(HEARTBEAT_EVERY_MS, signal);
  }
}
