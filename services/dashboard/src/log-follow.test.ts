import { VirtualClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import { afterEach, describe, expect, test } from 'vitest';
import { followTopic, type Lookback } from './log-follow.ts';
import { HOUR_MS, NIGHT } from './testing/seed.ts';

const stopping: { controller: AbortController; stopped: Promise<void>; log: TopicLog }[] = [];
afterEach(async () => {
  for (const { controller, stopped, log } of stopping.splice(0)) {
    controller.abort();
    await stopped;
    await log.close();
  }
});

async function setUp(wrap: (log: TopicLog) => TopicLog = (log) => log) {
  const clock = new VirtualClock(NIGHT);
  const memory = createMemoryLog({ clock });
  await memory.createTopics([{ name: 'series', partitions: 2, compacted: false, retentionMs: null }]);
  const log = wrap(memory);
  const seen: string[] = [];
  const append = (text: string, partition = 0) =>
    memory.append('series', [{ key: null, value: Buffer.from(text), partition }]);
  const follow = (lookback: Lookback = { lookbackMs: null, recordsMax: 1_000 }) => {
    const controller = new AbortController();
    const follower = followTopic({
      log,
      topic: 'series',
      lookback,
      clock,
      logger: silentLogger,
      signal: controller.signal,
      onRecords: (records) => {
        for (const record of records) seen.push(Buffer.from(record.value!).toString());
      },
    });
    stopping.push({ controller, stopped: follower.stopped, log });
    return follower;
  };
  return { clock, append, seen, follow };
}

describe('following a topic', () => {
  test('hands over what is retained, then what comes, each once and in order', async () => {
    const { append, seen, follow, clock } = await setUp();
    for (let index = 0; index < 20; index++) await append(`old ${index}`);
    await follow().caughtUp;
    for (let index = 0; index < 20; index++) await append(`new ${index}`);
    await clock.advance(0);
    expect(seen).toEqual([
      ...Array.from({ length: 20 }, (_, index) => `old ${index}`),
      ...Array.from({ length: 20 }, (_, index) => `new ${index}`),
    ]);
  });

  test('looks back no further than it is told, by time', async () => {
    const { append, seen, follow, clock } = await setUp();
    for (let hour = 0; hour < 50; hour++) {
      await append(`hour ${hour}`);
      await clock.advance(HOUR_MS);
    }
    await follow({ lookbackMs: 3 * HOUR_MS, recordsMax: 1_000 }).caughtUp;
    expect(seen).toEqual(['hour 47', 'hour 48', 'hour 49']);
  });

  test('looks back no further than it is told, by count', async () => {
    const { append, seen, follow } = await setUp();
    for (let index = 0; index < 50; index++) await append(`${index}`);
    await follow({ lookbackMs: null, recordsMax: 4 }).caughtUp;
    expect(seen).toEqual(['46', '47', '48', '49']);
  });

  test('reads what is near first and the rest when it has caught up, each record once', async () => {
    const { append, seen, follow, clock } = await setUp();
    for (let hour = 0; hour < 50; hour++) {
      await append(`hour ${hour}`);
      await clock.advance(HOUR_MS);
    }
    const { caughtUp } = follow({
      lookbackMs: 6 * HOUR_MS,
      recordsMax: 1_000,
      first: { lookbackMs: 2 * HOUR_MS, recordsMax: 1_000 },
    });
    await caughtUp;
    expect(seen).toEqual(['hour 48', 'hour 49']);
    await clock.advance(0);
    await append('now');
    await clock.advance(0);
    expect(seen.filter((each) => each !== 'now')).toEqual(
      [48, 49, 44, 45, 46, 47].map((hour) => `hour ${hour}`),
    );
    expect(seen).toHaveLength(7);
  });

  test('a past that cannot be read is left out', async () => {
    const { append, seen, follow, clock } = await setUp((log) => ({
      ...log,
      scan: (topic, partition, options) => {
        if (options.to === 48) throw new Error('disk is away');
        return log.scan(topic, partition, options);
      },
    }));
    for (let hour = 0; hour < 50; hour++) {
      await append(`hour ${hour}`);
      await clock.advance(HOUR_MS);
    }
    await follow({
      lookbackMs: null,
      recordsMax: 1_000,
      first: { lookbackMs: 2 * HOUR_MS, recordsMax: 1_000 },
    }).caughtUp;
    await append('now');
    await clock.advance(0);
    expect(seen).toEqual(['hour 48', 'hour 49', 'now']);
  });

  test('a log that fails is asked again, and nothing is handed over twice', async () => {
    let failures = 3;
    const { append, seen, follow, clock } = await setUp((log) => ({
      ...log,
      scan: (topic, partition, options) => {
        if (partition === 1 && failures-- > 0) throw new Error('disk is away');
        return log.scan(topic, partition, options);
      },
    }));
    await append('a', 0);
    await append('b', 1);
    const follower = follow();
    await clock.advance(10_000);
    await follower.caughtUp;
    expect(seen).toEqual(['a', 'b']);
  });
});
