import type { TopicLog } from '@foreshock/topic-log/contract';
import { afterEach, describe, expect, test } from 'vitest';
import { freePorts } from '../../deploy/kafka/ports.ts';
import { sharedBrokers } from '../kafka/cluster.ts';
import { kafkaNeed } from '../kafka/need.ts';
import { foreshock, until } from './foreshock-process.ts';
import { complaints, installOnKafka, type KafkaForeshock, pushPost } from './kafka-foreshock.ts';

let installed: KafkaForeshock | undefined;
afterEach(async () => {
  await installed?.close();
  installed = undefined;
});

/** What compaction will leave of each key: the newest value, or nothing. */
async function kept(log: TopicLog, topic: string): Promise<Map<string, string>> {
  const newest = new Map<string, string>();
  const partitions = await log.partitions(topic);
  for (let partition = 0; partition < partitions; partition++) {
    const { start } = await log.bounds(topic, partition);
    for await (const { records } of log.scan(topic, partition, { from: start }))
      for (const { key, value } of records)
        if (value === null) newest.delete(`${partition}/${key}`);
        else newest.set(`${partition}/${key}`, Buffer.from(value).toString('utf8'));
  }
  return newest;
}

const TEXT_TOPICS = ['mentions', 'matches', 'texts'];
const holding = async (log: TopicLog, word: string): Promise<string[]> => {
  const topics = await Promise.all(
    TEXT_TOPICS.map(async (topic) =>
      [...(await kept(log, topic)).values()].some((value) => value.includes(word)) ? [topic] : [],
    ),
  );
  return topics.flat();
};

describe.skipIf(kafkaNeed() === 'skip')('erasing over a cluster', () => {
  test('leaves tombstones for the text wherever it stands, and keeps the counts', async () => {
    const now = Date.now();
    installed = await installOnKafka({ brokers: sharedBrokers(), now });
    const [ingest, detector] = await Promise.all([
      installed.run('ingest', 'dashboard'),
      installed.run('detector', 'alerter'),
    ]);
    const posts = complaints(12, now).map((post, n) => ({ ...post, text: `${post.text} quagga${n}x` }));
    for (const post of posts) await pushPost(ingest.address, post);
    await installed.hook.arrived(1);
    const log = await installed.log();
    const figures = async () => {
      const shown = (await (await fetch(`${ingest.address}/api/incidents/orion-1`)).json()) as {
        figures?: { people: number; posts: number };
      };
      return shown.figures;
    };
    const before = await until(figures);
    await until(async () => (await holding(log, 'quagga0x')).length === TEXT_TOPICS.length);

    const { config } = installed;
    const at = String(ingest.port);
    const post = await foreshock(['erase', '-c', config, '-p', at, '--post', 'till:complaint-0', '--json']);
    expect(post).toMatchObject({ code: 0 });
    expect(JSON.parse(post.stdout)).toMatchObject({ by: 'running' });
    const [nobody] = await freePorts(1);
    // Where no process can be asked, it goes into the log, and whoever runs takes it from there.
    const author = await foreshock([
      'erase',
      '-c',
      config,
      '-p',
      String(nobody!.client),
      '--author',
      'till:complainer-1',
      '--json',
    ]);
    expect(author, author.stderr).toMatchObject({ code: 0 });
    await until(async () => (await holding(log, 'quagga0x')).length === 0);
    await until(async () => (await holding(log, 'quagga1x')).length === 0);
    expect(await holding(log, 'quagga2x')).toEqual(TEXT_TOPICS);
    const after = (await figures())!;
    // More may have been counted meanwhile; nothing that was counted is taken back.
    expect(after.people).toBeGreaterThanOrEqual(before.people);
    expect(after.posts).toBeGreaterThanOrEqual(before.posts);
    const page = await (await fetch(`${ingest.address}/api/incidents/orion-1`)).text();
    for (const word of ['quagga0x', 'quagga1x']) expect(page).not.toContain(word);
    expect(await detector.stop()).toBe(0);
  });
});
