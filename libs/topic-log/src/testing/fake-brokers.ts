import { type Bounds, type LogRecord, UnavailableError } from '../contract.ts';
import type { BrokerReader, Wanted } from '../kafka/broker-reader.ts';
import { ERROR } from '../kafka/faults.ts';
import type { FetchedPartition } from '../kafka/record-batch.ts';

interface FakePartition {
  readonly records: LogRecord[];
  start: number;
  end: number;
  leader: number;
  /** Offsets that compaction emptied stand at the end of the log, without a record. */
  emptied: number;
}

/** Partitions of one topic on brokers that move leadership, lose connections and refuse, as a test tells them. */
export interface FakeBrokers extends BrokerReader {
  append(partition: number, ...values: readonly Uint8Array[]): void;
  /** The end moves on, and no record stands there. */
  empty(partition: number, offsets: number): void;
  expire(partition: number, start: number): void;
  /** The log is another one by now. */
  cutTo(partition: number, end: number): void;
  move(partition: number, leader: number): void;
  /** The next fetch meets this. */
  failNext(error: Error): void;
  readonly fetches: readonly {
    readonly leader: number;
    readonly wanted: readonly Wanted[];
    readonly waitMs: number;
  }[];
  readonly forgotten: number;
  readonly disconnected: boolean;
  /** Bytes handed out of a partition. */
  handed(partition: number): number;
}

const RECORD_BYTES = 100;

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resume) => setImmediate(resume));
}

export function createFakeBrokers(options: {
  readonly partitions: number;
  /** Called before a fetch is answered; it may take its time. An answer is made after it. */
  readonly answering?: () => Promise<void>;
  /** How long a broker with nothing new waits before it answers with nothing. Default: some turns of the event loop. */
  readonly idle?: () => Promise<void>;
}): FakeBrokers {
  const topic = Array.from(
    { length: options.partitions },
    (): FakePartition => ({ records: [], start: 0, end: 0, leader: 1, emptied: 0 }),
  );
  const fetches: FakeBrokers['fetches'][number][] = [];
  const handed = new Map<number, number>();
  const failures: Error[] = [];
  let waiting: (() => void)[] = [];
  let forgotten = 0;
  let disconnected = false;
  /** What a client believes of leaders, until it forgets it. */
  let believed = new Map<number, number>();
  const wake = () => {
    for (const resume of waiting) resume();
    waiting = [];
  };

  function answer({ partition, offset, bytesMax }: Wanted, leader: number): FetchedPartition {
    const at = topic[partition]!;
    const place = { topic: 'case', partition, endOffset: at.end, startOffset: at.start, records: [] };
    if (at.leader !== leader) return { ...place, errorCode: ERROR.notLeader, nextOffset: undefined };
    if (offset < at.start || offset > at.end)
      return { ...place, errorCode: ERROR.offsetOutOfRange, nextOffset: undefined };
    const records: LogRecord[] = [];
    let bytes = 0;
    let nextOffset: number | undefined;
    for (const record of at.records) {
      if (record.offset < offset) continue;
      if (bytes > 0 && bytes + (record.value?.byteLength ?? 0) > bytesMax) break;
      records.push(record);
      bytes += RECORD_BYTES + (record.value?.byteLength ?? 0);
      nextOffset = record.offset + 1;
    }
    const last = at.records.at(-1)?.offset ?? -1;
    if ((nextOffset ?? offset) > last && at.end > (nextOffset ?? offset)) nextOffset = at.end;
    handed.set(partition, (handed.get(partition) ?? 0) + bytes);
    return { ...place, errorCode: ERROR.none, records, nextOffset };
  }

  const hasNews = (wanted: readonly Wanted[], leader: number): boolean =>
    wanted.some(({ partition, offset }) => {
      const at = topic[partition]!;
      return at.leader !== leader || offset !== at.end;
    });

  return {
    fetches,
    get forgotten() {
      return forgotten;
    },
    get disconnected() {
      return disconnected;
    },
    handed: (partition) => handed.get(partition) ?? 0,
    append(partition, ...values) {
      const at = topic[partition]!;
      for (const value of values) at.records.push({ offset: at.end++, key: null, value, appendedAt: 0 });
      wake();
    },
    empty(partition, offsets) {
      topic[partition]!.end += offsets;
      wake();
    },
    expire(partition, start) {
      topic[partition]!.start = start;
      wake();
    },
    cutTo(partition, end) {
      topic[partition]!.end = end;
      wake();
    },
    move(partition, leader) {
      topic[partition]!.leader = leader;
      wake();
    },
    failNext(error) {
      failures.push(error);
      wake();
    },
    async leaderOf(_topic, partition) {
      await options.answering?.();
      const leader = believed.get(partition) ?? topic[partition]!.leader;
      if (leader < 0) throw new UnavailableError('no leader now');
      believed.set(partition, leader);
      return leader;
    },
    async forgetLeaders() {
      forgotten += 1;
      believed = new Map();
    },
    async fetch(leader, wanted, waitMs) {
      fetches.push({ leader, wanted, waitMs });
      await options.answering?.();
      const failure = failures.shift();
      if (failure) throw failure;
      if (!hasNews(wanted, leader)) {
        const news = new Promise<void>((resume) => waiting.push(resume));
        await Promise.race([news, (options.idle ?? someTurns)()]);
      }
      return wanted.map((each) => answer(each, leader));
    },
    partitions: async () => topic.length,
    bounds: async (_topic, partition): Promise<Bounds> => {
      const { start, end } = topic[partition]!;
      return { start, end };
    },
    async disconnect() {
      disconnected = true;
      wake();
    },
  };
}
