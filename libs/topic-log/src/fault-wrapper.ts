import {
  type LogBatch,
  type Member,
  type MemberOptions,
  type NewRecord,
  type TopicLog,
  TruncatedError,
  UnavailableError,
} from './contract.ts';

/** Likelihoods from 0 to 1. What is absent does not happen. */
export interface Faults {
  /** From 0 to 1, exclusive. Seeded, the same calls meet the same faults. */
  readonly random: () => number;
  /** An append leaves a first part of its records behind and then all of them, as a retried request does. */
  readonly repeat?: number;
  /** An append leaves a first part of its records behind, or none, and rejects with `UnavailableError`. */
  readonly tear?: number;
  /** A batch arrives in several. */
  readonly split?: number;
  /** A member that loses partitions works on its last batch of them once more before it learns so. */
  readonly stale?: number;
}

export interface FaultyLog extends TopicLog {
  /** Records below `start` are gone from now on, for whoever reads through this log. */
  truncate(topic: string, partition: number, start: number): void;
}

/**
 * A log that does to its users all that the contract allows, so that they are tested against the worst driver there
 * could be, not against the kindest one there is.
 */
export function withFaults(log: TopicLog, faults: Faults): FaultyLog {
  const starts = new Map<string, number>();
  const happens = (likelihood: number | undefined) =>
    likelihood !== undefined && faults.random() < likelihood;
  const startOf = (topic: string, partition: number) => starts.get(`${topic}/${partition}`) ?? 0;

  function checkStart(topic: string, partition: number, asked: number): void {
    const start = startOf(topic, partition);
    if (asked < start) throw new TruncatedError({ topic, partition, asked, start });
  }

  function firstPart(records: readonly NewRecord[]): readonly NewRecord[] {
    return records.slice(0, Math.floor(faults.random() * (records.length + 1)));
  }

  function* parts(batch: LogBatch): Generator<LogBatch> {
    let rest = batch.records;
    while (rest.length > 1 && happens(faults.split)) {
      const records = rest.slice(0, 1 + Math.floor(faults.random() * (rest.length - 1)));
      rest = rest.slice(records.length);
      yield { ...batch, records, nextOffset: rest[0]!.offset };
    }
    yield { ...batch, records: rest };
  }

  return {
    ...log,
    async append(topic, records, how) {
      if (happens(faults.tear)) {
        await log.append(topic, firstPart(records), how);
        throw new UnavailableError(`${topic}: an append was torn on purpose`);
      }
      if (happens(faults.repeat)) await log.append(topic, firstPart(records), how);
      return log.append(topic, records, how);
    },
    async bounds(topic, partition) {
      const { start, end } = await log.bounds(topic, partition);
      return { start: Math.max(start, startOf(topic, partition)), end };
    },
    async *scan(topic, partition, options) {
      checkStart(topic, partition, options.from);
      for await (const batch of log.scan(topic, partition, options)) {
        for (const part of parts(batch)) {
          if (options.signal?.aborted) return;
          yield part;
        }
      }
    },
    join: (options) =>
      joinWithFaults(log, options, {
        parts,
        checkStart: (partition, asked) => checkStart(options.topic, partition, asked),
        stale: () => happens(faults.stale),
      }),
    truncate(topic, partition, start) {
      starts.set(`${topic}/${partition}`, Math.max(start, startOf(topic, partition)));
    },
  };
}

/**
 * A stale owner is a process that was paused: its partitions were given away, and it goes on with what it had in hand
 * before it hears of it. So the log below is told at once that they were given up, and the member only afterwards.
 */
async function joinWithFaults(
  log: TopicLog,
  options: MemberOptions,
  faults: {
    readonly parts: (batch: LogBatch) => Iterable<LogBatch>;
    readonly checkStart: (partition: number, asked: number) => void;
    readonly stale: () => boolean;
  },
): Promise<Member> {
  const last = new Map<number, LogBatch>();
  /** Revocations the member has not finished, by partition. */
  const revoking = new Map<number, Promise<void>>();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);

  const revoke = async (partitions: readonly number[], again: readonly LogBatch[]) => {
    try {
      for (const batch of again) await options.onBatch(batch);
      await options.onRevoked(partitions);
    } catch (error) {
      fail(error);
      void inner.stop();
    }
  };

  const inner = await log.join({
    ...options,
    async onAssigned(partitions) {
      await Promise.all(partitions.map((partition) => revoking.get(partition)));
      const positions = await options.onAssigned(partitions);
      for (const [partition, asked] of positions) faults.checkStart(partition, asked);
      return positions;
    },
    async onBatch(batch) {
      const first = batch.records[0];
      if (first) faults.checkStart(batch.partition, first.offset);
      for (const part of faults.parts(batch)) {
        last.set(batch.partition, part);
        await options.onBatch(part);
      }
    },
    async onRevoked(partitions) {
      const again = partitions.flatMap((partition) => last.get(partition) ?? []);
      for (const partition of partitions) last.delete(partition);
      if (!faults.stale()) return options.onRevoked(partitions);
      const done = revoke(partitions, again);
      for (const partition of partitions) revoking.set(partition, done);
    },
  });

  const stopped = inner.stopped.then(
    () => Promise.race([Promise.all(revoking.values()).then(() => undefined), failed]),
    async (error: unknown) => {
      await Promise.all(revoking.values());
      throw error;
    },
  );
  stopped.catch(() => undefined);
  return {
    joined: inner.joined,
    // The worst owner does not ask, or was stopped just after it did.
    owns: async () => true,
    commit: (positions) => inner.commit(positions),
    stopped,
    async stop() {
      await inner.stop();
      await stopped.catch(() => undefined);
    },
  };
}
