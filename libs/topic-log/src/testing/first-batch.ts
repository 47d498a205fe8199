import { createRequire } from 'node:module';
import { Kafka } from 'kafkajs';
import type { ProtocolRequest } from 'kafkajs/src/cluster/index.js';
import fetchRequest from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import { createCluster } from '../kafka/cluster.ts';
import { decodeFetchResponse, type FetchedPartition } from '../kafka/record-batch.ts';
import { type ProbeTarget, probeConfig } from './broker-probe.ts';
import { clock } from './plain-clock.ts';

const kafkajsResponse = createRequire(import.meta.url)(
  'kafkajs/src/protocol/requests/fetch/v11/response.js',
) as {
  decode(payload: Buffer): Promise<{ responses: { partitions: { messages: unknown[] }[] }[] }>;
};

/** Creates a topic whose segments close at once and are cleaned as soon as there is anything to clean. */
export async function createEagerTopic(target: ProbeTarget, topic: string): Promise<void> {
  const admin = new Kafka({ ...probeConfig(target), retry: { retries: 5 } }).admin();
  await admin.connect();
  const settings = {
    'cleanup.policy': 'compact',
    'segment.ms': '100',
    'min.cleanable.dirty.ratio': '0.001',
    'message.timestamp.type': 'LogAppendTime',
  };
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }],
  });
  await admin.disconnect();
}

/** One fetch from the start that asks for no more than it must be given, the first batch: as we read it, and kafkajs. */
export async function fetchFirstBatch(
  target: ProbeTarget,
  topic: string,
): Promise<{ readonly ours: FetchedPartition; readonly kafkajsMessages: number }> {
  const logger = { debug() {}, info() {}, warn() {} };
  const cluster = createCluster({ brokers: target.brokers, prefix: 'any', clock, logger });
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    const broker = await cluster.findBroker({ nodeId: cluster.findTopicPartitionMetadata(topic)[0]!.leader });
    const request: ProtocolRequest = {
      request: fetchRequest({
        replicaId: -1,
        isolationLevel: 0,
        maxWaitTime: 100,
        minBytes: 1,
        maxBytes: 1,
        topics: [{ topic, partitions: [{ partition: 0, fetchOffset: '0', maxBytes: 1 }] }],
      }),
      response: {
        decode: async (payload) => ({ payload }),
        parse: async ({ payload }: { payload: Buffer }) => payload,
      },
    };
    const payload = (await broker.connectionPool.send(request)) as Buffer;
    const { responses } = await kafkajsResponse.decode(payload);
    return {
      ours: decodeFetchResponse(payload)[0]!,
      kafkajsMessages: responses[0]!.partitions[0]!.messages.length,
    };
  } finally {
    await cluster.disconnect();
  }
}
