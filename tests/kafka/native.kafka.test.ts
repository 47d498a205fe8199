import { randomUUID } from 'node:crypto';
import { loadNative, type NativeModule, type NativeReport } from '@foreshock/topic-log/kafka/native';
import { createTopic } from '@foreshock/topic-log/testing/broker-probe';
import { beforeAll, describe, expect, test } from 'vitest';
import { sharedBrokers } from './cluster.ts';
import { kafkaNeed, nativeNeed } from './need.ts';

const skipped = [kafkaNeed(), nativeNeed()].includes('skip');

describe.skipIf(skipped)('node-rdkafka as it was built', () => {
  let client: NativeModule;
  beforeAll(() => {
    const native = loadNative();
    if ('absent' in native) throw new Error(native.absent);
    client = native.client;
  });

  test('can compress, encrypt and authenticate', () => {
    expect(client.features).toEqual(expect.arrayContaining(['gzip', 'lz4', 'ssl', 'sasl_scram']));
  });

  test.each(['none', 'gzip', 'snappy', 'lz4'])('produces with %s and is told every offset', async (codec) => {
    const topic = `native-${randomUUID()}`;
    await createTopic({ brokers: sharedBrokers() }, { topic, partitions: 2 });
    const producer = new client.Producer({
      'bootstrap.servers': sharedBrokers().join(),
      'enable.idempotence': true,
      'compression.codec': codec,
      'linger.ms': 5,
      dr_cb: true,
    });
    const offsets: number[][] = [[], []];
    const told = Promise.withResolvers<void>();
    let open = 200;
    producer.on('delivery-report', (error, report: NativeReport) => {
      if (error) told.reject(error);
      offsets[report.partition]!.push(report.offset);
      open -= 1;
      if (open === 0) told.resolve();
    });
    producer.on('event.error', (error) => told.reject(error));
    await new Promise<void>((done, failed) => {
      producer.connect({ timeout: 10_000 }, (error) => (error ? failed(error) : done()));
    });
    producer.setPollInterval(10);
    const value = Buffer.from('out of stock '.repeat(50));
    for (let index = 0; index < 200; index++) producer.produce(topic, index % 2, value, `key-${index}`);
    await told.promise;
    const dense = Array.from({ length: 100 }, (_, index) => index);
    expect(offsets).toEqual([dense, dense]);
    await new Promise<void>((done) => {
      producer.disconnect(5_000, () => done());
    });
  });
});
