import { setImmediate as turn } from 'node:timers/promises';
import type { LogBatch } from '../contract.ts';

/** One partition as a driver inside this process reads it. */
export interface PartitionSource {
  /**
   * Records from `from` on, at most `recordsMax`; none, with `nextOffset === from`, at the end. Throws
   * `TruncatedError` or `AheadError` where `from` is not in the log.
   */
  read(from: number, recordsMax: number): LogBatch;
  /** Calls `wake` once, when records have come after this call. Returns what cancels it. */
  onArrival(wake: () => void): () => void;
}

export interface Pump {
  /** Resolves when the batch in hand is done and no other will come. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Hands one partition to `onBatch`, batch by batch, and waits at the end for more. It stops by itself when reading or
 * `onBatch` fails, and tells `onFailure` why.
 */
export function startPump(options: {
  readonly source: PartitionSource;
  readonly from: number;
  readonly recordsMax: number;
  readonly onBatch: (batch: LogBatch) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}): Pump {
  let stopping = false;
  let wakeNow: (() => void) | undefined;

  const arrival = () =>
    new Promise<void>((resolve) => {
      const cancel = options.source.onArrival(resolve);
      wakeNow = () => {
        cancel();
        resolve();
      };
    });

  const run = async () => {
    let position = options.from;
    while (!stopping) {
      const batch = options.source.read(position, options.recordsMax);
      if (batch.nextOffset === position) {
        await arrival();
        continue;
      }
      position = batch.nextOffset;
      if (batch.records.length > 0) await options.onBatch(batch);
      // A member far behind whose work never waits would otherwise keep timers and sockets from running.
      if (position < batch.endOffset) await turn();
    }
  };
  const done = run().catch((error: unknown) => {
    // Being revoked does not excuse a failed batch: its work is not done.
    options.onFailure(error);
  });

  return {
    stop() {
      stopping = true;
      wakeNow?.();
      return done;
    },
  };
}
