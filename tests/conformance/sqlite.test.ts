import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@foreshock/runtime/clock';
import { openSqliteLog } from '@foreshock/topic-log/sqlite/log';
import { describeTopicLog } from './topic-log.cases.ts';

describeTopicLog('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'foreshock-log-'));
  const log = await openSqliteLog({ path: join(folder, 'store.db'), clock: systemClock });
  const dispose = async () => {
    await log.close();
    await rm(folder, { recursive: true });
  };
  return { log, now: systemClock.now, dispose };
});
