import { canonical } from '@foreshock/alert/severity';
import { readJson, sortedJson } from '@foreshock/model/canonical-json';
import type { Incident } from '@foreshock/model/incident';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { afterEach, describe, expect, test } from 'vitest';
import { startReceiverServer } from '../fakes/receiver-server.ts';
import { sharedBrokers } from '../kafka/cluster.ts';
import { kafkaNeed } from '../kafka/need.ts';
import { removeFolder, runForeshock, temporaryFolder, until, writeConfig } from './foreshock-process.ts';
import {
  complaints,
  hourlyPosts,
  installOnKafka,
  type KafkaForeshock,
  metricOf,
  orionConfig,
  pushPost,
} from './kafka-foreshock.ts';
import { storeFile } from './open-log.ts';
import { livePastDays, postRecord, statusRecords } from './past-days.ts';

const MINUTE_MS = 60_000;
const COMPLAINTS = 12;
const BACKLOG = 5_000;
/** Long after the last complaint, so that the trouble has ended. */
const CLOSING_MS = 8 * 60 * MINUTE_MS;
const DRAIN_MS_MAX = 10_000;

const installations: KafkaForeshock[] = [];
const install = async (options: Partial<Parameters<typeof installOnKafka>[0]> = {}) => {
  const installed = await installOnKafka({ brokers: sharedBrokers(), ...options });
  installations.push(installed);
  return installed;
};
afterEach(async () => {
  await Promise.all(installations.splice(0).map((each) => each.close()));
});

/** Posts lie this far ahead of the clock, so that no minute of theirs closes before all have come, however slowly. */
const AHEAD_MS = 30 * MINUTE_MS;

/** The source says for a long time to come that it is complete, so that every minute of the trouble closes. */
async function letTimePass(log: TopicLog, fromMs: number): Promise<void> {
  const partitions = await log.partitions('mentions');
  for (let atMs = fromMs; atMs < fromMs + CLOSING_MS; atMs += 10 * MINUTE_MS)
    await log.append('mentions', statusRecords(atMs, 'till', partitions));
}

async function incidentsIn(log: TopicLog): Promise<Map<string, Incident>> {
  const newest = new Map<string, Incident>();
  const { start } = await log.bounds('incidents', 0);
  for await (const { records } of log.scan('incidents', 0, { from: start }))
    for (const { key, value } of records) if (value !== null) newest.set(key!, readJson(value) as Incident);
  return newest;
}

const over = async (log: TopicLog): Promise<string[] | false> => {
  const incidents = [...(await incidentsIn(log)).values()];
  return (
    incidents.length > 0 &&
    incidents.every(({ bursts }) => bursts.every(({ endedAt }) => endedAt !== null)) &&
    incidents.map((incident) => sortedJson(canonical(incident))).sort()
  );
};

/** What the same posts give in one process over a file. */
async function embedded(now: number, posts: ReturnType<typeof complaints>): Promise<string[]> {
  const folder = temporaryFolder();
  const hook = await startReceiverServer();
  const open = storeFile(`${folder}/store.sqlite`);
  const config = writeConfig(folder, { ...orionConfig(hook.url), store: `${folder}/store.sqlite` });
  try {
    await livePastDays({ config, open, source: 'till', posts: hourlyPosts, now });
    const settings = orionConfig(hook.url);
    const before = await open(settings);
    await before.append(
      'mentions',
      posts.map((post) => postRecord(post, 'till', 1)),
    );
    await letTimePass(before, now + AHEAD_MS + 10 * MINUTE_MS);
    await before.close();
    const running = await runForeshock(config);
    await running.stop();
    const after = await open(settings);
    const found = await over(after);
    await after.close();
    return found || [];
  } finally {
    await hook.close();
    removeFolder(folder);
  }
}

describe.skipIf(kafkaNeed() === 'skip')('four roles over a cluster', () => {
  test('page once, find what one process over a file finds, and drain when they are asked to stop', async () => {
    const now = Date.now();
    const installed = await install({ now });
    const [ingest, detector, alerter, dashboard] = await Promise.all([
      installed.run('ingest'),
      installed.run('detector'),
      installed.run('alerter'),
      installed.run('dashboard'),
    ]);
    const posts = complaints(COMPLAINTS, now + AHEAD_MS);
    for (const post of posts) expect(await pushPost(ingest.address, post)).toBe(true);
    const log = await installed.log();
    await letTimePass(log, now + AHEAD_MS + 10 * MINUTE_MS);
    const message = await installed.hook.arrived(1);
    expect(JSON.parse(message.body)).toMatchObject({ data: { incident: { id: 'orion-1' } } });
    // The page sees it too, in a process of its own.
    await until(async () => (await fetch(`${dashboard.address}/api/incidents/orion-1`)).ok);
    expect(installed.hook.received.filter(({ body }) => body.includes('"opened"'))).toHaveLength(1);

    const found = await until(() => over(log));
    expect(found).toEqual(await embedded(now, posts));
    expect(found.join()).toContain('"onset"');

    expect(await metricOf(detector.address, 'foreshock_consumer_lag_messages')).toBe(0);
    expect(await metricOf(detector.address, 'foreshock_restore_duration_seconds')).toBeGreaterThan(0);
    for (const each of [ingest, detector, alerter, dashboard]) {
      const from = performance.now();
      expect(await each.stop(), each.stderr()).toBe(0);
      expect(performance.now() - from).toBeLessThan(DRAIN_MS_MAX);
      expect(each.stderr()).toContain('nothing in hand was lost');
      // What a client has to say of itself is not what an operator looks for here.
      expect(each.stderr()).not.toMatch(/TimeoutNegativeWarning|node:\d+\) /);
    }
  });

  test('say what they restore until they are ready', async () => {
    const installed = await install();
    // Enough that nobody has folded it before it is first asked.
    const log = await installed.log();
    for (let from = 0; from < BACKLOG; from += 500) {
      const posts = complaints(500, Date.now() - MINUTE_MS, from);
      await log.append(
        'mentions',
        posts.map((post) => postRecord({ ...post, atMs: Date.now() }, 'till', 3)),
      );
    }
    const starting = installed.start('detector', 'alerter');
    const address = await starting.listening;
    const seen: { status: number; missing: readonly string[] }[] = [];
    await until(async () => {
      const answer = await fetch(`${address}/readyz`);
      const { missing } = (await answer.json()) as { missing: string[] };
      seen.push({ status: answer.status, missing });
      return answer.ok;
    });
    expect(seen[0]).toEqual({
      status: 503,
      missing: expect.arrayContaining(['the detector restores', 'the alerter restores']),
    });
    expect(seen.at(-1)).toEqual({ status: 200, missing: [] });
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
  });

  test('go on in the process that stood by when the one at work is killed', async () => {
    const now = Date.now();
    const installed = await install({ now });
    const [front, first] = await Promise.all([installed.run('ingest', 'detector'), installed.run('alerter')]);
    // Standing by is being ready.
    await installed.run('alerter');
    const posts = complaints(COMPLAINTS, now);
    for (const post of posts.slice(0, 3)) await pushPost(front.address, post);
    await first.kill();
    for (const post of posts.slice(3)) await pushPost(front.address, post);
    const { body } = await installed.hook.arrived(1);
    expect(body).toContain('"opened"');
    expect(installed.hook.received).toHaveLength(1);
  });

  test('show the same in every dashboard, and each can be asked for the page', async () => {
    const now = Date.now();
    const installed = await install({ now });
    const [all, second] = await Promise.all([
      installed.run('ingest', 'detector', 'alerter', 'dashboard'),
      installed.run('dashboard'),
    ]);
    for (const post of complaints(COMPLAINTS, now)) await pushPost(all.address, post);
    await installed.hook.arrived(1);
    // Acknowledged in one, it is so in the other.
    await until(async () => (await fetch(`${second.address}/api/incidents/orion-1`)).ok);
    const answer = await fetch(`${second.address}/api/incidents/orion-1/acknowledge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-foreshock-request': '1' },
      body: JSON.stringify({ actor: 'Ada' }),
    });
    expect(answer.status, await answer.text()).toBeLessThan(300);
    for (const { address } of [all, second])
      await until(async () =>
        (await (await fetch(`${address}/api/incidents/orion-1`)).text()).includes('"state":"acknowledged"'),
      );
  });
});
