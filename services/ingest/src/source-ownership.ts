import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import {
  ClosedError,
  type Member,
  type NewRecord,
  partitionOf,
  type TopicLog,
  UnavailableError,
} from '@foreshock/topic-log/contract';
import { readJson } from './json-record.ts';
import { cursorRecord } from './source-cursor.ts';
import type { RunningSource } from './source-runner.ts';

const GROUP = 'ingest';
/** How often the owner of a source that is pushed to is told that something came in elsewhere. */
const HEARD_EVERY_MS = 5_000;

export interface SourceOwnership {
  /** Tells whoever runs this source, if it is not this process, that something was pushed to it here. */
  heard(source: string): void;
  /** Rejects with what keeps this process from its share of the sources. */
  readonly stopped: Promise<void>;
  /** Ends the sources and leaves. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Shares the connectors among the ingest processes: a source belongs to whoever has its partition of `cursors`. Each
 * runs once; when its owner goes, another starts it where its cursor stands.
 */
export async function shareSources(options: {
  readonly names: readonly string[];
  /** Starts a source whose records go through this log. */
  readonly start: (name: string, log: TopicLog) => RunningSource;
  readonly log: TopicLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** This process, as cursors name it. */
  readonly owner: string;
  /** Called for a source of ours that something was pushed to in another process. */
  readonly onHeard: (name: string) => void;
}): Promise<SourceOwnership> {
  const { names, log, clock, logger, owner } = options;
  const partitions = await log.partitions('cursors');
  const running = new Map<string, RunningSource>();
  const toldAt = new Map<string, number>();
  const namesIn = (partition: number) => names.filter((name) => partitionOf(name, partitions) === partition);

  /** A log that takes nothing for a source that is another’s by now: this process was frozen, and goes on. */
  const logOf = (partition: number): TopicLog => ({
    ...log,
    async append(topic, records, how) {
      if (!(await member.owns(partition))) throw new ClosedError('another process runs this source now');
      return log.append(topic, records, how);
    },
  });

  const member: Member = await log.join({
    group: GROUP,
    topic: 'cursors',
    async onAssigned(assigned) {
      const ends = new Map<number, number>();
      for (const partition of assigned) {
        ends.set(partition, (await log.bounds('cursors', partition)).end);
        for (const name of namesIn(partition)) running.set(name, options.start(name, logOf(partition)));
      }
      return ends;
    },
    async onBatch(batch) {
      for (const record of batch.records) {
        if (record.key === null || record.value === null || !running.has(record.key)) continue;
        const read = readJson(record.value);
        const by = read.ok ? (read.value as { owner?: unknown }).owner : undefined;
        if (by !== owner) options.onHeard(record.key);
      }
    },
    async onRevoked(revoked) {
      const mine = revoked.flatMap(namesIn);
      await Promise.all(mine.map((name) => running.get(name)?.stop()));
      for (const name of mine) running.delete(name);
    },
  });

  async function tell(name: string): Promise<void> {
    const record: NewRecord = {
      ...cursorRecord(name, 'pushed', { now: clock.now(), owner }),
      partition: partitionOf(name, partitions),
    };
    try {
      await log.append('cursors', [record]);
    } catch (error) {
      if (!(error instanceof UnavailableError || error instanceof ClosedError)) throw error;
      logger.debug({ source: name, reason: error.message }, 'The owner of a source could not be told.');
    }
  }

  return {
    heard(name) {
      if (running.has(name)) return options.onHeard(name);
      const now = clock.now();
      if (now - (toldAt.get(name) ?? Number.NEGATIVE_INFINITY) < HEARD_EVERY_MS) return;
      toldAt.set(name, now);
      void tell(name);
    },
    stopped: member.stopped,
    stop: () => member.stop(),
  };
}
