import { encodeJson } from '@foreshock/model/canonical-json';
import type { Tick } from '@foreshock/model/signal';
import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import type { TopicLog } from '@foreshock/topic-log/contract';

const TICK_EVERY_MS = 10_000;
/** How soon a process that takes the task over begins to tick. */
const LOOK_EVERY_MS = 500;

/** Brings time to triage as records: the wall time, every 10 s. Inside the fold, now is the greatest tick. */
export async function runTicker(options: {
  log: TopicLog;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
  /** False while another process has this task: two clocks would both be right, and not agree. */
  wanted?: () => boolean;
  everyMs?: number;
}): Promise<void> {
  const { log, clock, logger, signal } = options;
  while (!signal.aborted) {
    if (options.wanted?.() === false) {
      await clock.sleep(LOOK_EVERY_MS, signal);
      continue;
    }
    const tick: Tick = { kind: 'tick', v: 1, at: clock.now() };
    try {
      await log.append('signals', [{ key: null, value: encodeJson(tick) }], { derived: true });
    } catch (error) {
      if (signal.aborted) return;
      logger.warn({ reason: String(error) }, 'A tick could not be appended; the next one carries the time.');
    }
    await clock.sleep(options.everyMs ?? TICK_EVERY_MS, signal);
  }
}
