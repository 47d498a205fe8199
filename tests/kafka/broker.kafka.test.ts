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

  test('of three nodes outlives the death of one and takes it back', async () => {
    cluster = await startCluster({ nodes: 3 });
    const { brokers } = cluster;
    expect(await countBrokers({ brokers })).toBe(3);
    await cluster.node(2).kill('SIGKILL');
    expect(cluster.node(2).running).toBe(false);
    await cluster.ready();
    await cluster.node(2).start();
    await cluster.ready();
    expect(await countBrokers({ brokers: [brokers[1]!] })).toBe(3);
  });

  test.each(KAFKA_VERSIONS)(
    'of %s asks for the password and the certificate that it was started with',
    async (version) => {
      cluster = await startCluster({ version, security: { sasl: true, tls: true } });
      const { brokers, authority, users } = cluster;
      expect(await countBrokers({ brokers, authority, sasl: users!.foreshock })).toBe(1);
      const wrong = { username: 'foreshock', password: 'wrong' };
      await expect(countBrokers({ brokers, authority, sasl: wrong })).rejects.toThrow(/authentication/i);
      await expect(countBrokers({ brokers, sasl: users!.foreshock })).rejects.toThrow();
    },
  );

  test('that is frozen is silent, and answers again when it thaws', async () => {
    cluster = await startCluster();
    const { brokers } = cluster;
    await cluster.node(1).freeze();
    await expect(countBrokers({ brokers })).rejects.toThrow(/timeout|timed out/i);
    await cluster.node(1).thaw();
    await cluster.ready();
  });

  test('that cannot start says why', async () => {
    const properties = { 'log.retention.hours': 'many' };
    await expect(startCluster({ properties })).rejects.toThrow('log.retention.hours');
  });
});
