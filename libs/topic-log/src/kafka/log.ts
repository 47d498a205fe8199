import { setImmediate as turn } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import {
  ClosedError,
  type LogBatch,
  type LogRecord,
  type Member,
  type TopicLog,
  type TopicSpec,
  UnavailableError,
} from '../contract.ts';
import { checkErasable, checkPartition, checkPosition, placeRecord, unknownTopic } from '../topic-checks.ts';
import { type BrokerReader, createBrokerReader, faultOf } from './broker-reader.ts';
import { createClient, createCluster, persevere } from './cluster.ts';
import { RefusedError } from './faults.ts';
import { createKafkajsProducer } from './kafkajs-producer.ts';
import { startMember } from './member.ts';
import { loadNative } from './native.ts';
import { createNativeProducer, lacks } from './native-producer.ts';
import { type KafkaLogOptions, SESSION_TIMEOUT_MS_DEFAULT } from './options.ts';
import { createPartitionFeed } from './partition-feed.ts';
import type { Producer } from './producer.ts';
import { createTopics } from './topics.ts';

const SCAN_FETCH_BYTES = 4 * 1_048_576;
/** Whoever wants a few records should not wait for megabytes behind them; a fetch brings one batch at least. */
const SCAN_FETCH_BYTES_MIN = 16_384;
const RECORD_BYTES_USUAL = 2_048;
const SCAN_WAIT_MS = 100;
const BATCH_RECORDS_DEFAULT = 500;

export interface KafkaLog extends TopicLog {
  /** Which client appends. */
  readonly producer: 'kafkajs' | 'node-rdkafka';
}

/** A log on an Apache Kafka cluster, 2.3 or newer. Rejects where the cluster cannot be reached or refuses us. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<KafkaLog> {
  const { clock, logger, prefix } = options;
  const client = createClient(options);
  const reader = createBrokerReader(createCluster(options));
  const admin = client.admin();
  const closing = new AbortController();
  const within = { clock, signal: closing.signal };
  await persevere(`connecting to Kafka at ${options.brokers.join(', ')}`, () => admin.connect(), within);
  const producer = chooseProducer(client, options);
  const specs = new Map<string, TopicSpec>();
  const members = new Set<Member>();
  let closed: Promise<void> | undefined;

  const clusterName = (name: string): string => `${prefix}.${name}`;

  function checkOpen(): void {
    if (closing.signal.aborted) throw new ClosedError('the log is closed');
  }

  /** What is known of a topic; of one that somebody else created, only its partitions. */
  async function specOf(topic: string): Promise<TopicSpec> {
    checkOpen();
    const known = specs.get(topic);
    if (known) return known;
    const { name, partitions, compacted } = await persevere(
      `looking for ${topic}`,
      () => describe(admin, topic),
      within,
    );
    const found = { name, partitions, compacted, retentionMs: null };
    specs.set(topic, found);
    return found;
  }

  async function describe(of: Admin, topic: string): Promise<Omit<TopicSpec, 'retentionMs'>> {
    const existing = await of.listTopics();
    if (!existing.includes(clusterName(topic))) throw unknownTopic(topic);
    const { topics } = await of.fetchTopicMetadata({ topics: [clusterName(topic)] });
    return { name: topic, partitions: topics[0]!.partitions.length, compacted: false };
  }

  async function boundsOf(topic: string, partition: number) {
    checkPartition(await specOf(topic), partition);
    return persevere(
      `looking at ${topic}/${partition}`,
      () => reader.bounds(clusterName(topic), partition),
      within,
    );
  }

  async function* scan(
    topic: string,
    partition: number,
    range: Parameters<TopicLog['scan']>[2],
  ): AsyncGenerator<LogBatch> {
    const bounds = await boundsOf(topic, partition);
    checkPosition({ topic, partition, asked: range.from }, bounds);
    const to = Math.min(range.to ?? bounds.end, bounds.end);
    const recordsMax = range.batchRecordsMax ?? BATCH_RECORDS_DEFAULT;
    const place = { topic, partition, endOffset: bounds.end };
    const fetchFrom = (offset: number) => {
      // A batch of one is for whoever looks at what stands somewhere.
      const few = recordsMax === 1 ? 1 : to - offset;
      const bytesMax = Math.min(Math.max(few * RECORD_BYTES_USUAL, SCAN_FETCH_BYTES_MIN), SCAN_FETCH_BYTES);
      return fetchOnce(reader, { topic: clusterName(topic), partition, offset, bytesMax });
    };
    const fetching = (offset: number) => {
      const fetched = persevere(`reading ${topic}/${partition}`, () => fetchFrom(offset), within);
      // It runs ahead of the reader, who may leave before it comes back.
      fetched.catch(() => undefined);
      return fetched;
    };
    let position = range.from;
    let ahead = position < to ? fetching(position) : undefined;
    while (position < to && !range.signal?.aborted) {
      checkOpen();
      const { records, nextOffset } = (await ahead)!;
      if (nextOffset < to) ahead = fetching(nextOffset);
      const wanted = records.filter(({ offset }) => offset >= position && offset < to);
      for (let at = 0; at < wanted.length; at += recordsMax) {
        if (range.signal?.aborted) return;
        const part = wanted.slice(at, at + recordsMax);
        const more = wanted[at + recordsMax];
        yield { ...place, records: part, nextOffset: more ? more.offset : Math.min(nextOffset, to) };
        await turn();
      }
      position = nextOffset;
    }
  }

  return {
    driver: 'kafka',
    producer: producer.name,
    async createTopics(wanted) {
      checkOpen();
      const { replication } = options;
      await persevere(
        'creating topics',
        () => createTopics({ admin, specs: wanted, replication, clusterName }),
        within,
      );
      for (const spec of wanted) specs.set(spec.name, spec);
    },
    async partitions(topic) {
      return (await specOf(topic)).partitions;
    },
    async append(topic, records) {
      const spec = await specOf(topic);
      const placed = records.map((record) => ({ partition: placeRecord(spec, record), record }));
      return producer.send(clusterName(topic), placed);
    },
    bounds: boundsOf,
    scan,
    async join(member) {
      checkOpen();
      const joined = await startMember(
        {
          client,
          clock,
          sessionTimeoutMs: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS_DEFAULT,
          partitions: async (topic) => (await specOf(topic)).partitions,
          bounds: boundsOf,
          feed: (topic) =>
            createPartitionFeed({
              reader: createBrokerReader(createCluster(options)),
              topic,
              clusterTopic: clusterName(topic),
              clock,
              logger,
            }),
          clusterName,
        },
        member,
      );
      members.add(joined);
      const gone = () => void members.delete(joined);
      joined.stopped.then(gone, gone);
      return joined;
    },
    async erase(topic, keys) {
      const spec = await specOf(topic);
      checkErasable(spec);
      // The writer may have named the partition, so the value may stand in any.
      const tombstones = keys.flatMap((key) =>
        Array.from({ length: spec.partitions }, (_, partition) => ({
          partition,
          record: { key, value: null, partition },
        })),
      );
      await producer.send(clusterName(topic), tombstones);
    },
    async committed(group, topic) {
      const { partitions } = await specOf(topic);
      const found = await persevere(
        `looking at group ${group}`,
        () => admin.fetchOffsets({ groupId: clusterName(group), topics: [clusterName(topic)] }),
        within,
      );
      const offsets = found.flatMap((each) => each.partitions);
      return new Map(
        offsets
          .map(({ partition, offset }) => [partition, Number(offset)] as const)
          .filter(([partition, offset]) => partition < partitions && offset >= 0)
          .sort(([a], [b]) => a - b),
      );
    },
    close() {
      closed ??= (async () => {
        await Promise.all([...members].map((member) => member.stop()));
        await producer.close();
        closing.abort();
        await reader.disconnect().catch(() => undefined);
        await admin.disconnect().catch(() => undefined);
      })();
      return closed;
    },
  };
}

/** node-rdkafka where it is built and can do what is asked for, else kafkajs; what is missing costs speed only. */
function chooseProducer(client: Kafka, options: KafkaLogOptions): Producer {
  const { clock, logger } = options;
  const choice = options.native ?? 'prefer';
  if (choice !== 'never') {
    const native = loadNative();
    const reason = 'absent' in native ? native.absent : lacks(native.client, options);
    if (reason === undefined && 'client' in native) {
      logger.info({ librdkafka: native.client.librdkafkaVersion }, 'node-rdkafka appends.');
      return createNativeProducer(native.client, options);
    }
    if (choice === 'require') throw new RefusedError(`node-rdkafka cannot append: ${reason}`);
    logger.info({ reason }, 'kafkajs appends; node-rdkafka would be faster.');
  }
  return createKafkajsProducer({ client, clock });
}

async function fetchOnce(
  reader: BrokerReader,
  wanted: { topic: string; partition: number; offset: number; bytesMax: number },
): Promise<{ records: readonly LogRecord[]; nextOffset: number }> {
  const { topic, partition } = wanted;
  try {
    const leader = await reader.leaderOf(topic, partition);
    const [fetched] = await reader.fetch(leader, [wanted], SCAN_WAIT_MS);
    const fault = fetched ? faultOf(fetched) : 'stale';
    if (fault === 'range')
      checkPosition({ topic, partition, asked: wanted.offset }, await reader.bounds(topic, partition));
    if (fault instanceof Error) throw fault;
    if (fault || fetched?.nextOffset === undefined)
      throw new UnavailableError(`${topic}/${partition}: its leader does not answer now`);
    return { records: fetched.records, nextOffset: fetched.nextOffset };
  } catch (error) {
    await reader.forgetLeaders().catch(() => undefined);
    throw error;
  }
}
