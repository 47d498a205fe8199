import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@foreshock/runtime/clock';
import { withFaults } from '@foreshock/topic-log/fault-wrapper';
import { openSqliteLog } from '@foreshock/topic-log/sqlite/log';
import { seededRandom } from '@foreshock/topic-log/testing/seeded-random';
import type { Fixture } from './fixture.ts';
import { describeTopicLog } from './topic-log.cases.ts';

const HOUR_MS = 3_600_000;

async function sqliteFixture(): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'foreshock-log-'));
  let aheadMs = 0;
  const now = () => systemClock.now() + aheadMs;
  const log = await openSqliteLog({
    path: join(folder, 'store.db'),
    clock: { now, sleep: systemClock.sleep },
    maintainEveryMs: null,
    tombstonesKeptMs: 365 * 24 * HOUR_MS,
  });
  const passTwoHoursLater = async () => {
    aheadMs += 2 * HOUR_MS;
    while (await log.maintain());
  };
  return {
    log,
    now,
    async dispose() {
      await log.close();
      await rm(folder, { recursive: true });
    },
    compact: passTwoHoursLater,
    expire: passTwoHoursLater,
  };
}

describeTopicLog('sqlite', sqliteFixture, { erasesAtOnce: true });

describeTopicLog(
  'sqlite with faults',
  async () => {
    const fixture = await sqliteFixture();
    const faults = { random: seededRandom(11), repeat: 0.3, tear: 0.3, split: 0.5, stale: 0.5 };
    return { ...fixture, log: withFaults(fixture.log, faults) };
  },
  { erasesAtOnce: true, repeats: true },
);
