import { join } from 'node:path';
import { TOPICS } from '@foreshock/model/topics';
import { systemClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { openSqliteLog } from '@foreshock/topic-log/sqlite/log';
import { afterEach, describe, expect, test } from 'vitest';
import { sharedBrokers } from '../kafka/cluster.ts';
import { kafkaNeed } from '../kafka/need.ts';
import { foreshock, runForeshock, until, writeConfig } from './foreshock-process.ts';
import {
  complaints,
  hourlyPosts,
  installOnKafka,
  type KafkaForeshock,
  metricOf,
  pushPost,
} from './kafka-foreshock.ts';
import { storeFile } from './open-log.ts';
import { livePastDays } from './past-days.ts';

let installed: KafkaForeshock | undefined;
afterEach(async () => {
  await installed?.close();
  installed = undefined;
});

/** Every record by its place; what stands where there was none is left out. */
async function contents(log: TopicLog): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  for (const topic of Object.keys(TOPICS)) {
    const partitions = await log.partitions(topic);
    for (let partition = 0; partition < partitions; partition++) {
      const { start } = await log.bounds(topic, partition);
      for await (const { records } of log.scan(topic, partition, { from: start }))
        for (const { offset, key, value } of records)
          if (key !== '@gap')
            places.set(
              `${topic}/${partition}/${offset}`,
              `${key} ${value === null ? 'deleted' : Buffer.from(value).toString('base64')}`,
            );
    }
  }
  return places;
}

async function contentsOfFile(path: string): Promise<Map<string, string>> {
  const log = await openSqliteLog({ path, clock: systemClock, logger: silentLogger, maintainEveryMs: null });
  try {
    return await contents(log);
  } finally {
    await log.close();
  }
}

const incidentAt = async (address: string): Promise<string> =>
  (await fetch(`${address}/api/incidents/orion-1`)).text();

/** The same installation over a file. */
const storeConfig = ({ folder, settings }: KafkaForeshock, store: string): string =>
  writeConfig(folder, { ...settings, store }, 'embedded.yaml');

describe.skipIf(kafkaNeed() === 'skip')('foreshock topics', () => {
  test('copy moves a log to a cluster and back: offsets, bytes, baselines and the open incident', async () => {
    installed = await installOnKafka({
      brokers: sharedBrokers(),
      learned: false,
      changes: { partitions: 1, lateness: '90m' },
    });
    const { config, prefix, folder, hook } = installed;
    const file = join(folder, 'small.sqlite');
    const now = Date.now();
    await livePastDays({ config, open: storeFile(file), source: 'till', posts: hourlyPosts, now });
    const posts = complaints(16, now);
    const embedded = await runForeshock(storeConfig(installed, file));
    for (const post of posts.slice(0, 12)) await pushPost(embedded.address, post);
    await hook.arrived(1);
    await until(async () => (await incidentAt(embedded.address)).includes('"state":"open"'));
    expect(await embedded.stop()).toBe(0);

    const there = ['topics', 'copy', '-c', config, '--from', `sqlite:${file}`, '--to', `kafka:${prefix}`];
    expect(await foreshock(there)).toMatchObject({ code: 0 });
    const original = await contentsOfFile(file);
    expect(original.size).toBeGreaterThan(150);
    expect(await contents(await installed.log())).toEqual(original);
    // Once more changes nothing: it goes on where it ended.
    expect((await foreshock(there)).stdout).toMatch(/^0 records copied/);

    const listed = await foreshock(['topics', 'list', '-c', config, '--json']);
    const rows = listed.stdout
      .trimEnd()
      .split('\n')
      .map((row) => JSON.parse(row) as { topic: string; end: number });
    expect(rows.map(({ topic }) => topic).sort()).toEqual(Object.keys(TOPICS).sort());
    expect(rows.find(({ topic }) => topic === 'mentions')!.end).toBeGreaterThan(100);

    const running = await installed.run();
    const acknowledged = await fetch(`${running.address}/api/incidents/orion-1/acknowledge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-foreshock-request': '1' },
      body: JSON.stringify({ actor: 'Ada' }),
    });
    expect(acknowledged.status).toBe(202);
    await until(async () => (await incidentAt(running.address)).includes('"state":"acknowledged"'));
    // The baseline is there: more of the same trouble is no new one, and nothing is learned anew.
    for (const post of posts.slice(12)) expect(await pushPost(running.address, post)).toBe(true);
    await until(async () => (await metricOf(running.address, 'foreshock_mentions_read_total')) >= 4);
    expect(await running.stop()).toBe(0);
    const openings = () => hook.received.filter(({ body }) => body.includes('"type":"opened"'));
    expect(new Set(openings().map(({ headers }) => headers.get('webhook-id'))).size).toBe(1);

    const back = join(folder, 'back.sqlite');
    const home = ['topics', 'copy', '-c', config, '--from', `kafka:${prefix}`, '--to', `sqlite:${back}`];
    expect(await foreshock(home)).toMatchObject({ code: 0 });
    const onKafka = await contents(await installed.log());
    expect(await contentsOfFile(back)).toEqual(onKafka);
    for (const [place, record] of original) expect(onKafka.get(place)).toBe(record);
    const again = await runForeshock(storeConfig(installed, back));
    expect(await incidentAt(again.address)).toContain('"state":"acknowledged"');
    expect(await again.stop()).toBe(0);
    expect(new Set(openings().map(({ headers }) => headers.get('webhook-id'))).size).toBe(1);
  });

  test('copy into a log that holds something else is refused', async () => {
    installed = await installOnKafka({ brokers: sharedBrokers(), changes: { partitions: 1 } });
    const { config, prefix, folder } = installed;
    const file = join(folder, 'other.sqlite');
    const log = await storeFile(file)(installed.settings);
    await log.close();
    const refused = await foreshock([
      'topics',
      'copy',
      '-c',
      config,
      '--from',
      `sqlite:${file}`,
      '--to',
      `kafka:${prefix}`,
    ]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/the target is in use, copy into an empty log\n$/);
  });
});
