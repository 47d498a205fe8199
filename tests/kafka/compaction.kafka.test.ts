import { randomUUID } from 'node:crypto';
import { systemClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { openKafkaLog } from '@foreshock/topic-log/kafka/log';
import { createEagerTopic, fetchFirstBatch } from '@foreshock/topic-log/testing/first-batch';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../e2e/foreshock-process.ts';
import { sharedBrokers } from './cluster.ts';
import { kafkaNeed } from './need.ts';

const logs: TopicLog[] = [];
const open = async (prefix: string): Promise<TopicLog> => {
  const log = await openKafkaLog({
    brokers: sharedBrokers(),
    prefix,
    native: 'never',
    clock: systemClock,
    logger: silentLogger,
  });
  logs.push(log);
  return log;
};
afterEach(async () => {
  await Promise.all(logs.splice(0).map((log) => log.close()));
});

const valuesIn = async (log: TopicLog, from = 0): Promise<string[]> => {
  const values: string[] = [];
  for await (const { records } of log.scan('case', 0, { from }))
    for (const { offset, value } of records) values.push(`${offset}:${Buffer.from(value!).toString()}`);
  return values;
};

describe.skipIf(kafkaNeed() === 'skip')('compaction on a real broker', () => {
  test('leaves an empty batch that our reader steps over, and the one of kafkajs cannot', async () => {
    const prefix = `compaction-${randomUUID()}`;
    const topic = `${prefix}.case`;
    await createEagerTopic({ brokers: sharedBrokers() }, topic);
    const text = (value: string) => Buffer.from(value);
    // Its last batch is kept, emptied, so that the broker still knows its sequence.
    const first = await open(prefix);
    await first.append('case', [
      { key: 'a', value: text('old') },
      { key: 'b', value: text('old') },
    ]);
    const second = await open(prefix);
    // Only closed segments are cleaned, so something must go on being written.
    let filler = 0;
    await until(async () => {
      await second.append('case', [
        { key: 'a', value: text('new') },
        { key: 'b', value: text('new') },
        { key: 'filler', value: text(String(filler++)) },
      ]);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return !(await valuesIn(first)).some((value) => value.startsWith('0:'));
    });

    const { ours, kafkajsMessages } = await fetchFirstBatch({ brokers: sharedBrokers() }, topic);
    expect(ours).toMatchObject({ errorCode: 0, records: [], nextOffset: 2 });
    // Control: kafkajs sees nothing at all in it, and would ask for the same offset for ever.
    expect(kafkajsMessages).toBe(0);

    const left = await valuesIn(first);
    expect(left.some((value) => value.endsWith(':new'))).toBe(true);
    expect(await first.bounds('case', 0)).toMatchObject({ start: 0 });
    // A member stands before the emptied batch and gets past it too.
    const seen = Promise.withResolvers<string>();
    const member = await first.join({
      topic: 'case',
      onAssigned: async () => new Map([[0, 0]]),
      onBatch: async ({ records }) => {
        const last = records.at(-1);
        if (last) seen.resolve(Buffer.from(last.value!).toString());
      },
      onRevoked: async () => undefined,
    });
    expect(await seen.promise).toBeDefined();
    await member.stop();
  });
});
