import { connectAdmin } from '@foreshock/topic-log/testing/broker-admin';
import { afterEach, describe, expect, test } from 'vitest';
import { sharedBrokers } from '../kafka/cluster.ts';
import { kafkaNeed } from '../kafka/need.ts';
import { complaints, installOnKafka, type KafkaForeshock } from './kafka-foreshock.ts';
import { kafkaLog } from './open-log.ts';
import { postRecord } from './past-days.ts';

let installed: KafkaForeshock | undefined;
afterEach(async () => {
  await installed?.close();
  installed = undefined;
});

/** What the process says on its way out: the last line is for people. */
async function endOf({ start }: KafkaForeshock): Promise<{ code: number | null; said: string }> {
  const starting = start('detector');
  await starting.ready.catch(() => undefined);
  const code = await starting.exited;
  return { code, said: starting.stderr().trimEnd().split('\n').at(-1)! };
}

describe.skipIf(kafkaNeed() === 'skip')('a detector whose position is not in the log', () => {
  test('says that the log lost what it had still to read, and stops', async () => {
    const admin = await connectAdmin({ brokers: sharedBrokers() });
    installed = await installOnKafka({ brokers: sharedBrokers() });
    const log = await installed.log();
    await log.append(
      'mentions',
      complaints(30, Date.now()).map((post) => postRecord(post, 'till', 3)),
    );
    for (const partition of [0, 1, 2]) await admin.expire(`${installed.prefix}.mentions`, partition);
    const { code, said } = await endOf(installed);
    expect(code).toBe(1);
    expect(said).toMatch(
      /^foreshock: mentions\/\d: offset \d+ is gone, the log starts at \d+\. .*restore the store/,
    );
    await admin.close();
  });

  test('says that the log ends before it, and stops', async () => {
    const admin = await connectAdmin({ brokers: sharedBrokers() });
    installed = await installOnKafka({ brokers: sharedBrokers() });
    await admin.remove(`${installed.prefix}.mentions`);
    await (await kafkaLog(installed.settings)).close();
    const { code, said } = await endOf(installed);
    expect(code).toBe(1);
    expect(said).toMatch(/^foreshock: mentions\/\d: offset \d+ was asked for, the log ends at 0\. /);
    await admin.close();
  });

  test('control: with the log as it was, the same detector starts', async () => {
    installed = await installOnKafka({ brokers: sharedBrokers() });
    expect(await (await installed.run('detector')).stop()).toBe(0);
  });
});
