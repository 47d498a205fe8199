import { randomUUID } from 'node:crypto';
import { systemClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import { type KafkaLog, openKafkaLog } from '@foreshock/topic-log/kafka/log';
import { loadNative, type NativeProducer } from '@foreshock/topic-log/kafka/native';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedBrokers } from './cluster.ts';
import { kafkaNeed, nativeNeed } from './need.ts';

const RECORDS = 300;
const value = (n: number) => `${n} the same words again and again, so that there is something to pack`;

/** librdkafka packs as most clients of other languages do, for they stand on it; its frames are not ours. */
describe.skipIf(kafkaNeed() === 'skip' || nativeNeed() === 'skip')('what another client packed', () => {
  const prefix = `codecs-${randomUUID()}`;
  const native = loadNative();
  let log: KafkaLog;
  beforeAll(async () => {
    log = await openKafkaLog({
      brokers: sharedBrokers(),
      prefix,
      native: 'never',
      clock: systemClock,
      logger: silentLogger,
    });
  });
  afterAll(() => log.close());

  // A build without the zstd library cannot pack with it; ours reads it all the same, as every append of kafkajs shows.
  const packs = 'client' in native && native.client.features.includes('zstd') ? ['zstd'] : [];
  test.each(['none', 'gzip', 'snappy', 'lz4', ...packs])('with %s is read', async (codec) => {
    if (!('client' in native)) throw new Error(native.absent);
    const topic = `of-${codec}`;
    await log.createTopics([{ name: topic, partitions: 1, compacted: false, retentionMs: null }]);
    const producer = new native.client.Producer({
      'bootstrap.servers': sharedBrokers().join(),
      'compression.codec': codec,
      'linger.ms': 100,
      dr_cb: true,
    });
    await produce(producer, `${prefix}.${topic}`);
    const read: string[] = [];
    for await (const { records } of log.scan(topic, 0, { from: 0 }))
      for (const record of records) read.push(Buffer.from(record.value!).toString());
    expect(read).toEqual(Array.from({ length: RECORDS }, (_, n) => value(n)));
  });
});

async function produce(producer: NativeProducer, topic: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let reports = 0;
    producer.on('delivery-report', (error) => {
      if (error) reject(error);
      else if (++reports === RECORDS) resolve();
    });
    producer.connect({ timeout: 10_000 }, (error) => {
      if (error) return reject(error);
      producer.setPollInterval(20);
      for (let n = 0; n < RECORDS; n++) producer.produce(topic, 0, Buffer.from(value(n)), `k${n}`);
    });
  });
  await new Promise<void>((done) => producer.disconnect(5_000, () => done()));
}
