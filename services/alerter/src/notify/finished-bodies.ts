import { encodeJson, readJson } from '@foreshock/model/canonical-json';
import type { Delivery } from '@foreshock/model/notice';
import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import type { NewRecord, TopicLog } from '@foreshock/topic-log/contract';

/** Erasures come by the dozen. */
const GATHER_MS = 2_000;
/** While a body still waits for its receiver, it is looked after this often whether it is through. */
const AGAIN_MS = 30_000;
const MOVED = 'finished/';

/**
 * Wipes the bodies of finished deliveries, which quote posts, from what the log still holds of `deliveries`. That they
 * are finished must not be forgotten for a moment, or they would be sent again: each is first written once more under
 * a key of its own, without the body, and only then is all erased that stands under the old key. Resolves with the
 * number of bodies that are not finished and stay.
 */
export async function eraseFinishedBodies(log: TopicLog): Promise<number> {
  const newest = new Map<string, Delivery>();
  const { start } = await log.bounds('deliveries', 0);
  for await (const { records } of log.scan('deliveries', 0, { from: start }))
    for (const { key, value } of records) {
      if (key === null || key.startsWith(MOVED)) continue;
      if (value === null) newest.delete(key);
      else newest.set(key, readJson(value) as Delivery);
    }
  const finished = [...newest].filter(([, delivery]) => delivery.state !== 'pending');
  if (finished.length > 0) {
    const moved = finished.map(
      ([key, delivery]): NewRecord => ({ key: `${MOVED}${key}`, value: encodeJson(delivery) }),
    );
    await log.append('deliveries', moved);
    await log.erase(
      'deliveries',
      finished.map(([key]) => key),
    );
  }
  return newest.size - finished.length;
}

export interface BodyEraser {
  /** A post was erased: bodies that may quote it go within seconds, or once their receivers have them. */
  ask(): void;
  /** Does now what was asked for. */
  stop(): Promise<void>;
}

export function startBodyEraser(options: {
  readonly log: TopicLog;
  readonly clock: Clock;
  readonly logger: Logger;
}): BodyEraser {
  const { log, clock, logger } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let working: Promise<void> | undefined;
  let asked = false;

  async function work(): Promise<void> {
    let left = 0;
    for (let pauseMs = GATHER_MS; asked || left > 0; pauseMs = AGAIN_MS) {
      await clock.sleep(pauseMs, signal);
      asked = false;
      try {
        left = await eraseFinishedBodies(log);
      } catch (error) {
        logger.warn({ err: error }, 'Bodies of finished deliveries could not be erased; it is tried again.');
        left = 1;
      }
      if (signal.aborted) break;
    }
    working = undefined;
  }

  return {
    ask() {
      asked = true;
      working ??= work();
    },
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
