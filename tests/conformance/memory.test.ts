import { systemClock } from '@foreshock/runtime/clock';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import { describeTopicLog } from './topic-log.cases.ts';

describeTopicLog('memory', async () => {
  const log = createMemoryLog({ clock: systemClock });
  return { log, now: systemClock.now, dispose: () => log.close() };
});
