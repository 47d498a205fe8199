import type { SourceStatus } from '@foreshock/model/mention';
import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { forEveryPartition } from './every-partition.ts';

export const STATUS_EVERY_MS = 5_000;
const STARTING = 'starting';

export interface StatusOptions {
  readonly name: string;
  /** What mentions of this source carry as `source`. */
  readonly source: string;
  readonly mode: SourceStatus['mode'];
  readonly log: Pick<TopicLog, 'append' | 'partitions'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'sourceConnected' | 'sourceGapSeconds'>;
  /** A connected source from which nothing came for so long counts as disconnected. Absent: silence is normal. */
  readonly silentAfterMs?: number;
}

/**
 * Tells every partition of `mentions` how one source is: at once when it comes or goes, else every 5 s. A status
 * that the log does not take is dropped; the next one says the same.
 */
export interface StatusReporter {
  connected(): void;
  disconnected(reason: string): void;
  /** Something came, if only an empty answer: a sign of life. */
  heard(): void;
  /** Everything with an earlier event time is in the log. Never goes back. */
  completeUpTo(ms: number): void;
  /** Resolves once the gap stands in every partition; rejects as `append` does. */
  gap(gap: { readonly from: number; readonly to: number }): Promise<void>;
  /** Runs until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** The last word. Rejects as `append` does. */
  stopped(): Promise<void>;
}

export function createStatusReporter(options: StatusOptions): StatusReporter {
  const { name, clock, log, metrics, silentAfterMs } = options;
  let state: SourceStatus['state'] = 'disconnected';
  let reason: string | undefined = STARTING;
  let completeUpTo = 0;
  let heardAt = clock.now();
  let told: SourceStatus['state'] | undefined;
  let wake: (() => void) | undefined;

  const silent = (): boolean =>
    state === 'connected' && silentAfterMs !== undefined && clock.now() - heardAt > silentAfterMs;

  function current(gap?: SourceStatus['gap']): SourceStatus {
    const now = clock.now();
    const isSilent = silent();
    const shown = isSilent ? 'disconnected' : state;
    if (options.mode === 'pushed' && shown === 'connected') completeUpTo = Math.max(completeUpTo, now);
    const why = isSilent ? `nothing came for ${Math.round((now - heardAt) / 1_000)} s` : reason;
    return {
      op: 'status',
      source: options.source,
      eventTime: now,
      v: 1,
      name,
      mode: options.mode,
      state: shown,
      completeUpTo,
      ...(gap ? { gap } : {}),
      ...(why === undefined ? {} : { reason: why.slice(0, 512).toWellFormed() }),
    };
  }

  async function tell(gap?: SourceStatus['gap']): Promise<void> {
    const status = current(gap);
    told = status.state;
    metrics.sourceConnected.set({ source: name }, status.state === 'connected' ? 1 : 0);
    await log.append('mentions', forEveryPartition(status, await log.partitions('mentions')));
  }

  const changed = (): void => wake?.();

  return {
    connected() {
      const news = state !== 'connected';
      state = 'connected';
      reason = undefined;
      heardAt = clock.now();
      if (news) changed();
    },
    disconnected(why) {
      const news = state !== 'disconnected' || reason !== why;
      state = 'disconnected';
      reason = why;
      if (news) changed();
    },
    heard() {
      heardAt = clock.now();
      if (state === 'connected' && told === 'disconnected') changed();
    },
    completeUpTo(ms) {
      completeUpTo = Math.max(completeUpTo, Math.floor(ms));
    },
    async gap(gap) {
      await tell(gap);
      metrics.sourceGapSeconds.inc({ source: name }, Math.max(0, gap.to - gap.from) / 1_000);
    },
    async run(signal) {
      const pause = async (): Promise<void> => {
        const change = new AbortController();
        wake = () => change.abort();
        await clock.sleep(STATUS_EVERY_MS, AbortSignal.any([signal, change.signal]));
      };
      // While it is only starting there is nothing to tell: after a long stop one word of it would make watches blind.
      if (reason === STARTING) await pause();
      while (!signal.aborted) {
        const paused = pause();
        try {
          await tell();
        } catch (error) {
          options.logger.warn({ source: name, err: error }, 'The log did not take a source status');
        }
        await paused;
      }
    },
    stopped() {
      state = 'stopped';
      reason = undefined;
      return tell();
    },
  };
}
