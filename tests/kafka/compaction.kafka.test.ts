import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { systemClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { createCluster } from '@foreshock/topic-log/kafka/cluster';
import { openKafkaLog } from '@foreshock/topic-log/kafka/log';
import { decodeFetchResponse } from '@foreshock/topic-log/kafka/record-batch';
import { probeConfig } from '@foreshock/topic-log/testing/broker-probe';
import { Kafka } from 'kafkajs';
import type { ProtocolRequest } from 'kafkajs/src/cluster/index.js';
import fetchRequest from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../e2e/foreshock-process.ts';
import { sharedBrokers } from './cluster.ts';
import { kafkaNeed } from './need.ts';

const kafkajsResponse = createRequire(import.meta.url)(
  'kafkajs/src/protocol/requests/fetch/v11/response.js',
) as {
  decode(payload: Buffer): Promise<{ responses: { partitions: { messages: unknown[] }[] }[] }>;
};

const logs: TopicLog[] = [];
const open = async (prefix: string): Promise<TopicLog> => {
  const log = await openKafkaLog({
    brokers: sharedBrokers(),
    prefix,
    native: 'never',
    clock: systemClock,
    logger: silentLogger,
  });
  logs.push(log);
  return log;
};
afterEach(async () => {
  await Promise.all(logs.splice(0).map((log) => log.close()));
});

/** A topic whose segments close at once and are cleaned as soon as there is anything to clean. */
async function createEagerTopic(name: string): Promise<void> {
  const admin = new Kafka({ ...probeConfig({ brokers: sharedBrokers() }), retry: { retries: 5 } }).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [
      {
        topic: name,
        numPartitions: 1,
        replicationFactor: 1,
        configEntries: Object.entries({
          'cleanup.policy': 'compact',
          'segment.ms': '100',
          'min.cleanable.dirty.ratio': '0.001',
          'message.timestamp.type': 'LogAppendTime',
        }).map(([key, value]) => ({ name: key, value })),
      },
    ],
  });
  await admin.disconnect();
}

const valuesIn = async (log: TopicLog, from = 0): Promise<string[]> => {
  const values: string[] = [];
  for await (const { records } of log.scan('case', 0, { from }))
    for (const { offset, value } of records) values.push(`${offset}:${Buffer.from(value!).toString()}`);
  return values;
};

/** The bytes of one fetch that asks for no more than it must be given: the first batch. */
async function firstBatch(topic: string): Promise<Buffer> {
  const cluster = createCluster({
    brokers: sharedBrokers(),
    prefix: 'any',
    clock: systemClock,
    logger: silentLogger,
  });
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
    return (await broker.connectionPool.send(request)) as Buffer;
  } finally {
    await cluster.disconnect();
  }
}

describe.skipIf(kafkaNeed() === 'skip')('compaction on a real broker', () => {
  test('leaves an empty batch that our reader steps over, and the one of kafkajs cannot', async () => {
    const prefix = `compaction-${randomUUID()}`;
    const topic = `${prefix}.case`;
    await createEagerTopic(topic);
    const text = (value: string) => Buffer.from(value);
    // Its last batch is kept, emptied, so that the broker still knows its sequence.
    const first = await open(prefix);
    await first.append('case', [
      { key: 'a', value: text('old') },
      { key: 'b', value: text('old') },
    ]);
    const second = await open(prefix);
    // Only closed segments are cleaned, so something must go on being written.
    let filler = 0;
    await until(async () => {
      await second.append('case', [
        { key: 'a', value: text('new') },
        { key: 'b', value: text('new') },
        { key: 'filler', value: text(String(filler++)) },
      ]);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return !(await valuesIn(first)).some((value) => value.startsWith('0:'));
    });

    const payload = await firstBatch(topic);
    const [ours] = decodeFetchResponse(payload);
    expect(ours).toMatchObject({ errorCode: 0, records: [], nextOffset: 2 });
    // Control: kafkajs sees nothing at all in it, and would ask for the same offset for ever.
    const { responses } = await kafkajsResponse.decode(payload);
    expect(responses[0]!.partitions[0]!.messages).toEqual([]);

    const left = await valuesIn(first);
    expect(left.some((value) => value.endsWith(':new'))).toBe(true);
    expect(await first.bounds('case', 0)).toMatchObject({ start: 0 });
    // A member stands before the emptied batch and gets past it too.
    const seen = Promise.withResolvers<string>();
    const member = await first.join({
      topic: 'case',
      onAssigned: async () => new Map([[0, 0]]),
      onBatch: async ({ records }) => {
        const last = records.at(-1);
        if (last) seen.resolve(Buffer.from(last.value!).toString());
      },
      onRevoked: async () => undefined,
    });
    expect(await seen.promise).toBeDefined();
    await member.stop();
  });
});
