import type Cluster from 'kafkajs/src/cluster/index.js';
import type { Broker, ProtocolRequest } from 'kafkajs/src/cluster/index.js';
import fetchRequest from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import { type Bounds, UnavailableError } from '../contract.ts';
import { unknownTopic } from '../topic-checks.ts';
import { ERROR, RefusedError } from './faults.ts';
import { decodeFetchResponse, type FetchedPartition } from './record-batch.ts';

const FETCH_API = 1;
const FETCH_VERSION = 11;
const FETCH_BYTES_MAX = 16 * 1_048_576;
const EARLIEST = '-2';
const LATEST = '-1';
/** What a fetch that waits may take longer than it was told to wait, before its connection is given up. */
const PATIENCE_MS = 10_000;

export interface Wanted {
  /** As the cluster calls it, prefix and all. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly bytesMax: number;
}

/** Reads partitions straight from their leaders. Errors are kafkajs’ own, or those of the contract. */
export interface BrokerReader {
  /** The broker that leads this partition now, as far as known. */
  leaderOf(topic: string, partition: number): Promise<number>;
  /** What was assumed about leaders turned out wrong. */
  forgetLeaders(): Promise<void>;
  /** One request to one broker; it answers as soon as there is a record, or after `waitMs`. */
  fetch(leader: number, wanted: readonly Wanted[], waitMs: number): Promise<FetchedPartition[]>;
  partitions(topic: string): Promise<number>;
  bounds(topic: string, partition: number): Promise<Bounds>;
  disconnect(): Promise<void>;
}

export function createBrokerReader(cluster: Cluster): BrokerReader {
  const known = new Set<string>();

  async function know(topic: string): Promise<void> {
    await cluster.connect();
    if (known.has(topic)) await cluster.refreshMetadataIfNecessary();
    else {
      await cluster.addTargetTopic(topic);
      known.add(topic);
    }
  }

  async function leaderOf(topic: string, partition: number): Promise<number> {
    await know(topic);
    const partitions = cluster.findTopicPartitionMetadata(topic);
    if (partitions.length === 0) throw unknownTopic(topic);
    const found = partitions.find(({ partitionId }) => partitionId === partition);
    if (!found)
      throw new RangeError(
        `${topic} has ${partitions.length} partitions, there is no partition ${partition}`,
      );
    if (found.leader < 0) {
      await cluster.refreshMetadata();
      throw new UnavailableError(`${topic}/${partition} has no leader now`);
    }
    return found.leader;
  }

  async function brokerOf(topic: string, partition: number): Promise<Broker> {
    return cluster.findBroker({ nodeId: await leaderOf(topic, partition) });
  }

  async function offsetFor(topic: string, partition: number, timestamp: string): Promise<number> {
    const broker = await brokerOf(topic, partition);
    try {
      const { responses } = await broker.listOffsets({
        topics: [{ topic, partitions: [{ partition, timestamp }] }],
      });
      return Number(responses[0]!.partitions[0]!.offset);
    } catch (error) {
      await cluster.refreshMetadata();
      throw error;
    }
  }

  return {
    leaderOf,
    async forgetLeaders() {
      await cluster.refreshMetadata();
    },
    async fetch(leader, wanted, waitMs) {
      const broker = await cluster.findBroker({ nodeId: leader });
      const range = broker.versions[FETCH_API];
      if (range && range.maxVersion < FETCH_VERSION)
        throw new RefusedError('the broker is older than Kafka 2.3: it cannot be read from');
      return (await broker.connectionPool.send(fetchOf(wanted, waitMs))) as FetchedPartition[];
    },
    async partitions(topic) {
      await know(topic);
      const { length } = cluster.findTopicPartitionMetadata(topic);
      if (length === 0) throw unknownTopic(topic);
      return length;
    },
    async bounds(topic, partition) {
      const [start, end] = await Promise.all([
        offsetFor(topic, partition, EARLIEST),
        offsetFor(topic, partition, LATEST),
      ]);
      return { start, end };
    },
    disconnect: () => cluster.disconnect(),
  };
}

function fetchOf(wanted: readonly Wanted[], waitMs: number): ProtocolRequest {
  const byTopic = Map.groupBy(wanted, ({ topic }) => topic);
  return {
    request: fetchRequest({
      replicaId: -1,
      isolationLevel: 0,
      maxWaitTime: waitMs,
      minBytes: 1,
      maxBytes: FETCH_BYTES_MAX,
      topics: [...byTopic].map(([topic, partitions]) => ({
        topic,
        partitions: partitions.map(({ partition, offset, bytesMax }) => ({
          partition,
          fetchOffset: String(offset),
          maxBytes: bytesMax,
        })),
      })),
    }),
    response: {
      decode: async (payload) => ({ payload }),
      parse: async ({ payload }: { payload: Buffer }) => decodeFetchResponse(payload),
    },
    requestTimeout: waitMs + PATIENCE_MS,
    logResponseError: false,
  };
}

/**
 * What a partition’s error code means to its reader: `range`, the offset is not in the log; `stale`, leadership moves
 * or the broker starts, which passes; else what stops the reader.
 */
export function faultOf(fetched: Pick<FetchedPartition, 'topic' | 'partition' | 'errorCode'>) {
  const { topic, partition } = fetched;
  switch (fetched.errorCode) {
    case ERROR.none:
      return undefined;
    case ERROR.offsetOutOfRange:
      return 'range';
    case ERROR.topicAuthorizationFailed:
      return new RefusedError(
        `${topic}: the user may not read it - grant it Read on the topics of this prefix`,
      );
    case ERROR.corruptMessage:
      return new Error(`${topic}/${partition}: the broker says that a record is damaged`);
    default:
      return 'stale';
  }
}
