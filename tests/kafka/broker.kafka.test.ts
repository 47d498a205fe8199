import { countBrokers } from '@foreshock/topic-log/testing/broker-probe';
import { afterEach, describe, expect, test } from 'vitest';
import { type Cluster, KAFKA_VERSIONS, sharedBrokers, startCluster } from './cluster.ts';
import { kafkaNeed, ownKafkaNeed } from './need.ts';

describe.skipIf(kafkaNeed() === 'skip')('the shared broker', () => {
  test('answers', async () => {
    expect(await countBrokers({ brokers: sharedBrokers() })).toBeGreaterThanOrEqual(1);
  });
});

describe.skipIf(ownKafkaNeed() === 'skip')('a cluster of a test', () => {
  let cluster: Cluster | undefined;
  afterEach(async () => {
    await cluster?.stop();
    cluster = undefined;
  });

  test.each(KAFKA_VERSIONS)(
    'of three %s nodes outlives the death of one and takes it back',
    async (version) => {
      cluster = await startCluster({ nodes: 3, version });
      const { brokers } = cluster;
      expect(await countBrokers({ brokers })).toBe(3);
      await cluster.node(2).kill('SIGKILL');
      expect(cluster.node(2).running).toBe(false);
      await cluster.ready();
      await cluster.node(2).start();
      await cluster.ready();
      expect(await countBrokers({ brokers: [brokers[1]!] })).toBe(3);
    },
  );

  test('asks for the password and the certificate that it was started with', async () => {
    cluster = await startCluster({ security: { sasl: true, tls: true } });
    const { brokers, authority, users } = cluster;
    expect(await countBrokers({ brokers, authority, sasl: users!.foreshock })).toBe(1);
    await expect(
      countBrokers({ brokers, authority, sasl: { username: 'foreshock', password: 'wrong' } }),
    ).rejects.toThrow(/authentication|credentials/i);
    await expect(countBrokers({ brokers, sasl: users!.foreshock })).rejects.toThrow();
  });

  test('a frozen node is silent, and answers again when it thaws', async () => {
    cluster = await startCluster();
    const { brokers } = cluster;
    await cluster.node(1).freeze();
    await expect(countBrokers({ brokers })).rejects.toThrow(/timeout|timed out/i);
    await cluster.node(1).thaw();
    await cluster.ready();
  });
});
