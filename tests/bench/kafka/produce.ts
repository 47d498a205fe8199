import type { NewRecord } from '@foreshock/topic-log/contract';
import type { KafkaLog } from '@foreshock/topic-log/kafka/log';
import { loadNative } from '@foreshock/topic-log/kafka/native';
import { median, quantile, table, whole } from '../figures.ts';
import { mentionMaker } from '../mentions.ts';
import { type Bed, openBenchLog } from './bed.ts';

/** Not that of mentions, from which a broker removes repeated keys within a second. */
const TOPIC = 'series';
const SIZES = [1, 100, 500];
const AT_ONCE = 8;

export interface ProduceFigure {
  readonly part: 'produce';
  readonly producer: 'kafkajs' | 'node-rdkafka';
  readonly appendRecords: number;
  /** One append after the other. */
  readonly perSecond: number;
  /** With so many appends on their way that the client may gather them. */
  readonly perSecondAtOnce: number;
  readonly appendP50Ms: number;
  readonly appendP99Ms: number;
  /** Of the partition’s segments on the broker, packed as they were sent; what a request adds is not in it. */
  readonly bytesOnDisk: number | undefined;
  readonly valueBytes: number;
}

/** Appends of mentions of 1 KB to one partition, with each client that is there. */
export async function measureProduce(
  bed: Bed,
  options: { readonly rounds: number; readonly roundMs: number },
): Promise<ProduceFigure[]> {
  const figures: ProduceFigure[] = [];
  const clients = 'client' in loadNative() ? (['never', 'require'] as const) : (['never'] as const);
  const values = mentionMaker(200)
    .stream({ count: 4_000, share: 0.02 })
    .filter(({ id }) => id !== undefined);
  const records = values.map(({ id, value }): NewRecord => ({ key: id!, partition: 0, value }));
  const valueBytes = Math.round(values.reduce((sum, { value }) => sum + value.length, 0) / values.length);
  for (const native of clients)
    for (const size of SIZES) {
      const { log, prefix } = await openBenchLog(bed, { native, partitions: 1 });
      try {
        // The first append connects.
        await log.append(TOPIC, records.slice(0, size));
        const alone: Round[] = [];
        const together: Round[] = [];
        for (let round = 0; round < options.rounds; round++) {
          alone.push(await appendFor(log, records, { size, atOnce: 1, ms: options.roundMs }));
          together.push(await appendFor(log, records, { size, atOnce: AT_ONCE, ms: options.roundMs }));
        }
        const latencies = alone.flatMap(({ latencies }) => latencies);
        const appended = size + [...alone, ...together].reduce((sum, { appended }) => sum + appended, 0);
        const bytes = bed.segmentBytes(`${prefix}.${TOPIC}`);
        figures.push({
          part: 'produce',
          producer: log.producer,
          appendRecords: size,
          perSecond: median(alone.map(({ perSecond }) => perSecond)),
          perSecondAtOnce: median(together.map(({ perSecond }) => perSecond)),
          appendP50Ms: quantile(latencies, 0.5),
          appendP99Ms: quantile(latencies, 0.99),
          bytesOnDisk: bytes === undefined ? undefined : bytes / appended,
          valueBytes,
        });
      } finally {
        await log.close();
      }
    }
  return figures;
}

interface Round {
  readonly perSecond: number;
  readonly appended: number;
  readonly latencies: readonly number[];
}

async function appendFor(
  log: KafkaLog,
  records: readonly NewRecord[],
  how: { readonly size: number; readonly atOnce: number; readonly ms: number },
): Promise<Round> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  let appended = 0;
  let at = 0;
  const caller = async () => {
    while (performance.now() - startedAt < how.ms) {
      if (at + how.size > records.length) at = 0;
      const some = records.slice(at, at + how.size);
      at += how.size;
      const from = performance.now();
      await log.append(TOPIC, some);
      latencies.push(performance.now() - from);
      appended += how.size;
    }
  };
  await Promise.all(Array.from({ length: how.atOnce }, caller));
  return { perSecond: (appended / (performance.now() - startedAt)) * 1_000, appended, latencies };
}

export function tellProduce(figures: readonly ProduceFigure[]): string {
  const rows = figures.map((each) => [
    `${each.producer}, ${each.appendRecords} an append`,
    whole(each.perSecond),
    whole(each.perSecondAtOnce),
    each.appendP50Ms.toFixed(1),
    each.appendP99Ms.toFixed(1),
    each.bytesOnDisk === undefined ? '–' : whole(each.bytesOnDisk),
  ]);
  return (
    `Producing: mentions of ${figures[0]?.valueBytes} bytes (half of that packs badly, as ids do) into one partition, acknowledged\n\n` +
    table([['', 'records/s', `${AT_ONCE} at once`, 'p50 ms', 'p99 ms', 'bytes on disk'], ...rows])
  );
}
