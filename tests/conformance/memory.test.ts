import { systemClock } from '@foreshock/runtime/clock';
import { withFaults } from '@foreshock/topic-log/fault-wrapper';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import { seededRandom } from '@foreshock/topic-log/testing/seeded-random';
import type { Fixture } from './fixture.ts';
import { describeTopicLog } from './topic-log.cases.ts';

const HOUR_MS = 3_600_000;

async function memoryFixture() {
  let aheadMs = 0;
  const now = () => systemClock.now() + aheadMs;
  const log = createMemoryLog({ clock: { now } });
  const fixture: Fixture = {
    log,
    now,
    dispose: () => log.close(),
    compact: () => log.maintain(),
    async expire() {
      aheadMs += HOUR_MS;
      await log.maintain();
    },
  };
  return fixture;
}

describeTopicLog('memory', memoryFixture, { erasesAtOnce: true });

describeTopicLog(
  'memory with faults',
  async () => {
    const fixture = await memoryFixture();
    const faults = { random: seededRandom(7), repeat: 0.3, tear: 0.3, split: 0.5, stale: 0.5 };
    const log = withFaults(fixture.log, faults);
    return {
      ...fixture,
      log,
      async expire(topic) {
        log.truncate(topic, 0, (await fixture.log.bounds(topic, 0)).end);
      },
    };
  },
  { erasesAtOnce: true, repeats: true },
);
