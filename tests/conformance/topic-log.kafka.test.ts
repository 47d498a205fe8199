import { randomUUID } from 'node:crypto';
import { systemClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import { withFaults } from '@foreshock/topic-log/fault-wrapper';
import { openKafkaLog } from '@foreshock/topic-log/kafka/log';
import { loadNative } from '@foreshock/topic-log/kafka/native';
import { connectAdmin } from '@foreshock/topic-log/testing/broker-admin';
import { seededRandom } from '@foreshock/topic-log/testing/seeded-random';
import { describe } from 'vitest';
import { sharedBrokers } from '../kafka/cluster.ts';
import { kafkaNeed } from '../kafka/need.ts';
import { need } from '../needs.ts';
import type { Fixture } from './fixture.ts';
import { describeTopicLog } from './topic-log.cases.ts';

async function kafkaFixture(native: 'never' | 'require' = 'never'): Promise<Fixture> {
  const brokers = sharedBrokers();
  const prefix = `conformance-${randomUUID()}`;
  const admin = await connectAdmin({ brokers });
  const log = await openKafkaLog({
    brokers,
    prefix,
    sessionTimeoutMs: 6_000,
    native,
    clock: systemClock,
    logger: silentLogger,
  });
  return {
    log,
    now: systemClock.now,
    // What retention does in its time; compaction comes when it comes.
    expire: (topic) => admin.expire(`${prefix}.${topic}`, 0),
    async dispose() {
      await log.close();
      await admin.close();
    },
  };
}

const built = loadNative();
const nativeNeed = need(
  'native',
  'client' in built,
  'absent' in built ? `node-rdkafka: ${built.absent}` : '',
);

/** A rebalance takes a broker about a second. */
const PROPERTY_RUNS = 4;

describe.skipIf(kafkaNeed() === 'skip')('on a real broker', () => {
  describeTopicLog('kafka', () => kafkaFixture(), { runs: PROPERTY_RUNS });

  describeTopicLog(
    'kafka with faults',
    async () => {
      const fixture = await kafkaFixture();
      const faults = { random: seededRandom(7), repeat: 0.3, tear: 0.3, split: 0.5, stale: 0.5 };
      const log = withFaults(fixture.log, faults);
      return { ...fixture, log };
    },
    { repeats: true, runs: PROPERTY_RUNS },
  );

  describe.skipIf(nativeNeed === 'skip')('with node-rdkafka', () => {
    describeTopicLog('kafka, node-rdkafka', () => kafkaFixture('require'), { runs: PROPERTY_RUNS });
  });
});
