import { startDetector } from '@foreshock/detector/detector-service';
import { encodeJson } from '@foreshock/model/canonical-json';
import type { ConfigRevision } from '@foreshock/model/config';
import { systemClock } from '@foreshock/runtime/clock';
import { openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import type { LogBatch, MemberOptions, NewRecord, TopicLog } from '@foreshock/topic-log/contract';
import { consumeBarely } from '@foreshock/topic-log/testing/bare-consumer';
import { median, type Spent, stopwatch, table, whole } from '../figures.ts';
import { benchRevision, mentionMaker, START, statusAt } from '../mentions.ts';
import { type Bed, openBenchLog } from './bed.ts';
import { fill, placed } from './placing.ts';

export interface ConsumeFigure {
  readonly part: 'consume';
  readonly reader: string;
  /** Of the mentions, so many are about a watch. */
  readonly matching: number;
  readonly perSecond: number;
  readonly perCpuSecond: number;
  /** To the bare loop of the same round, by wall and by CPU. */
  readonly ratio: number;
  readonly ratioCpu: number;
}

interface Rates {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

const BARE = 'kafkajs eachBatch + JSON.parse';

/**
 * Reads what a log holds, in several ways: the loop that everybody writes with kafkajs, our member, and the stages of a
 * detector up to the acknowledgement of what they gave. They take turns, so that all have the same machine.
 */
export async function measureConsume(
  bed: Bed,
  options: {
    readonly rounds: number;
    readonly shares: readonly number[];
    readonly mentions: number;
    readonly watches: number;
    readonly partitions: number;
  },
): Promise<ConsumeFigure[]> {
  const revision = await benchRevision(options.watches);
  const figures: ConsumeFigure[] = [];
  for (const matching of options.shares) {
    const maker = mentionMaker(options.watches);
    // A new watch first closes the minutes of the allowed lateness: once, and no part of the rate.
    const opening = placed(
      [
        { id: undefined, value: encodeJson(statusAt(START)) },
        ...maker.stream({ count: options.mentions / 4, share: matching }),
      ],
      options.partitions,
    );
    const rest = placed(
      maker.stream({ count: options.mentions, share: matching, from: options.mentions / 4 }),
      options.partitions,
    );
    const rounds: Map<string, Rates>[] = [];
    // The first round warms up.
    for (let round = 0; round <= options.rounds; round++) {
      const rates = await measureRound(bed, { ...options, revision, opening, rest });
      if (round > 0) rounds.push(rates);
    }
    for (const reader of rounds[0]!.keys()) {
      const of = (pick: (rates: Map<string, Rates>) => number) => median(rounds.map(pick));
      figures.push({
        part: 'consume',
        reader,
        matching,
        perSecond: of((rates) => rates.get(reader)!.perSecond),
        perCpuSecond: of((rates) => rates.get(reader)!.perCpuSecond),
        ratio: of((rates) => rates.get(reader)!.perSecond / rates.get(BARE)!.perSecond),
        ratioCpu: of((rates) => rates.get(reader)!.perCpuSecond / rates.get(BARE)!.perCpuSecond),
      });
    }
  }
  return figures;
}

/** A detector leaves its state behind, so each round has a log of its own. */
async function measureRound(
  bed: Bed,
  options: {
    readonly partitions: number;
    readonly revision: ConfigRevision;
    readonly opening: readonly NewRecord[];
    readonly rest: readonly NewRecord[];
  },
): Promise<Map<string, Rates>> {
  const { partitions, revision, opening, rest } = options;
  // What kafkajs appends is packed with zstd, which every reader here unpacks with the code of Node.
  const { log, prefix } = await openBenchLog(bed, { native: 'never', partitions });
  const rates = new Map<string, Rates>();
  const note = (reader: string, records: number, { wallS, cpuS }: Spent) =>
    rates.set(reader, { perSecond: records / wallS, perCpuSecond: records / cpuS });
  try {
    await (await openConfigRevisions(log, { now: () => START })).adopt(revision.config, revision.packs);
    await fill(log, 'mentions', opening);
    const opened = opening.length + partitions;
    await detector(bed, prefix, opened);
    await fill(log, 'mentions', rest);
    const all = opened + rest.length;
    note(BARE, all, await bareLoop(bed, prefix, all));
    note('our member', all, await ourMember(bed, prefix, { records: all, parse: false }));
    note('our member + JSON.parse', all, await ourMember(bed, prefix, { records: all, parse: true }));
    note('detector, end to end', rest.length, await detector(bed, prefix, rest.length));
    return rates;
  } finally {
    await log.close();
  }
}

/** The bare loop, from its assignment to its last batch. */
async function bareLoop(bed: Bed, prefix: string, records: number): Promise<Spent> {
  let watch: (() => Spent) | undefined;
  let spent: Spent | undefined;
  let read = 0;
  let characters = 0;
  await consumeBarely({
    brokers: bed.brokers,
    group: `${prefix}.bare`,
    topic: `${prefix}.mentions`,
    onJoined: () => {
      watch ??= stopwatch();
    },
    onValues(values) {
      for (const value of values)
        characters += (JSON.parse(value.toString('utf8')) as { op: string }).op.length;
      read += values.length;
      if (read < records) return false;
      spent = watch?.();
      return true;
    },
  });
  if (characters === 0 || !spent) throw new Error('nothing was parsed');
  return spent;
}

async function ourMember(
  bed: Bed,
  prefix: string,
  { records, parse }: { readonly records: number; readonly parse: boolean },
): Promise<Spent> {
  const { log } = await openBenchLog(bed, { prefix });
  const done = Promise.withResolvers<Spent>();
  let watch: (() => Spent) | undefined;
  let read = 0;
  try {
    await log.join({
      group: parse ? 'parses' : 'reads',
      topic: 'mentions',
      async onAssigned(partitions) {
        watch ??= stopwatch();
        return new Map(partitions.map((partition) => [partition, 0]));
      },
      async onBatch(batch) {
        if (parse) for (const { value } of batch.records) parsed(value!);
        read += batch.records.length;
        if (read >= records) done.resolve(watch!());
      },
      onRevoked: async () => undefined,
    });
    return await done.promise;
  } finally {
    await log.close();
  }
}

const parsed = (value: Uint8Array): unknown =>
  JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'));

/**
 * Match and detect in this process, from the assignment of the mentions to the acknowledgement of the last match and
 * minute. The mentions are assigned when detect has restored its watches, which is no part of the rate.
 */
async function detector(bed: Bed, prefix: string, records: number): Promise<Spent> {
  const { log } = await openBenchLog(bed, { prefix });
  let watch: (() => Spent) | undefined;
  let read = 0;
  const allRead = Promise.withResolvers<void>();
  const watched = watching(log, {
    topic: 'mentions',
    onAssigned: () => {
      watch ??= stopwatch();
    },
    onBatch: (batch) => {
      read += batch.records.length;
      if (read >= records) allRead.resolve();
    },
  });
  try {
    const running = await startDetector({
      log: watched,
      revisions: await openConfigRevisions(log, { now: () => START }),
      clock: systemClock,
      metrics: createMetrics(),
      logger: silentLogger,
    });
    await Promise.race([allRead.promise.then(() => running.drained()), running.stopped]);
    const spent = watch!();
    await running.stop();
    return spent;
  } finally {
    await log.close();
  }
}

/** The log, told of one topic what its member does. It is assigned when the members of all others have joined. */
function watching(
  log: TopicLog,
  look: {
    readonly topic: string;
    readonly onAssigned: () => void;
    readonly onBatch: (batch: LogBatch) => void;
  },
): TopicLog {
  const others = Promise.withResolvers<void>();
  return {
    ...log,
    async join(member: MemberOptions) {
      if (member.topic !== look.topic) {
        const joined = await log.join(member);
        void joined.joined.then(others.resolve);
        return joined;
      }
      return log.join({
        ...member,
        async onAssigned(partitions) {
          const positions = await member.onAssigned(partitions);
          await others.promise;
          look.onAssigned();
          return positions;
        },
        async onBatch(batch) {
          await member.onBatch(batch);
          look.onBatch(batch);
        },
      });
    },
  };
}

export function tellConsume(
  figures: readonly ConsumeFigure[],
  options: { readonly mentions: number; readonly watches: number; readonly partitions: number },
): string {
  const rows = figures.map((each) => [
    each.reader,
    `${each.matching * 100} %`,
    whole(each.perSecond),
    whole(each.perCpuSecond),
    each.ratio.toFixed(2),
    each.ratioCpu.toFixed(2),
  ]);
  return (
    `Consuming: ${whole(options.mentions)} mentions of 1 KB in ${options.partitions} partitions, ${options.watches} watches\n\n` +
    table([['', 'matching', 'mentions/s', 'a CPU second', 'ratio', 'ratio by CPU'], ...rows])
  );
}
