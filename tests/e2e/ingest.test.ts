import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type IngestOptions, startIngest } from '@foreshock/ingest/ingest-service';
import { check } from '@foreshock/model/decode';
import { type Mention, MentionsRecord, type SourceStatus } from '@foreshock/model/mention';
import { TOPICS } from '@foreshock/model/topics';
import { systemClock, VirtualClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import { type TopicLog, UnavailableError } from '@foreshock/topic-log/contract';
import { createMemoryLog, type MemoryLog } from '@foreshock/topic-log/memory';
import fastify from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const SOURCES: NonNullable<IngestOptions['config']['sources']> = [
  { name: 'shop', kind: 'push', token: { env: 'TOKEN' } },
  { name: 'desk', kind: 'push', token: { env: 'TOKEN' }, silentAfter: '60s' },
];

async function start(over: Partial<IngestOptions> = {}, wrap: (log: MemoryLog) => TopicLog = (log) => log) {
  const clock = over.clock ?? systemClock;
  const log = createMemoryLog({ clock });
  await log.createTopics(
    Object.values(TOPICS).map(({ name, partitions, compacted, retentionMs }) => ({
      name,
      partitions: partitions === 'one' ? 1 : 3,
      compacted,
      retentionMs,
    })),
  );
  const ingest = startIngest({
    config: { sources: SOURCES },
    log: wrap(log),
    clock,
    logger: silentLogger,
    metrics: createMetrics(),
    secrets: () => 'let-me-in',
    ...over,
  });
  const app = fastify();
  await app.register(ingest.plugin);
  await app.listen({ host: '127.0.0.1', port: 0 });
  closing.push(
    () => log.close(),
    () => app.close(),
    () => ingest.stop(),
  );
  const { port } = app.server.address() as AddressInfo;
  return { log, ingest, port, url: `http://127.0.0.1:${port}/ingest` };
}

const HEADERS = { authorization: 'Bearer let-me-in', 'content-type': 'application/json' };
const NDJSON = { ...HEADERS, 'content-type': 'application/x-ndjson' };

async function records(log: MemoryLog, partition?: number): Promise<MentionsRecord[]> {
  const all: MentionsRecord[] = [];
  for (const at of partition === undefined ? [0, 1, 2] : [partition])
    for await (const batch of log.scan('mentions', at, { from: 0 }))
      for (const record of batch.records)
        all.push(JSON.parse(Buffer.from(record.value ?? '').toString()) as MentionsRecord);
  return all;
}
const mentions = async (log: MemoryLog): Promise<Mention[]> =>
  (await records(log)).filter((record): record is Mention => record.op === 'create');

describe('ingest over real HTTP', () => {
  test('what was acknowledged is in the log, once, in the shape of the schema', async () => {
    const { log, url } = await start();
    const one = await fetch(`${url}/shop`, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify({ id: '1', text: 'order stuck since Monday', author: 'ann' }),
    });
    expect([one.status, await one.json()]).toEqual([202, { accepted: 1, rejected: 0, errors: [] }]);
    const many = await fetch(`${url}/shop`, {
      method: 'POST',
      headers: { ...NDJSON, 'content-encoding': 'gzip' },
      body: gzipSync(
        Array.from({ length: 5_000 }, (_, index) => JSON.stringify({ id: `n${index}`, text: 'x' })).join(
          '\n',
        ),
      ),
    });
    expect([many.status, await many.json()]).toEqual([202, { accepted: 5_000, rejected: 0, errors: [] }]);
    const stored = await mentions(log);
    expect(new Set(stored.map(({ id }) => id)).size).toBe(5_001);
    expect(stored).toHaveLength(5_001);
    for (const record of await records(log))
      expect(check(MentionsRecord, record)).toMatchObject({ ok: true });
  });

  test('a body of 10 MB is turned away, and the answer arrives', async () => {
    const { log, url } = await start();
    const body = JSON.stringify({ text: 'x'.repeat(10_000_000) });
    const answer = await fetch(`${url}/shop`, { method: 'POST', headers: HEADERS, body });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'body-too-large' });
    const lines = Array(20)
      .fill(`{"text":"${'x'.repeat(500_000)}"}`)
      .join('\n');
    const long = await fetch(`${url}/shop`, { method: 'POST', headers: NDJSON, body: lines });
    expect(await long.json()).toMatchObject({ code: 'nothing-usable', rejected: 20 });
    expect(await mentions(log)).toEqual([]);
  });

  test.each([
    ['plain', (body: string) => Buffer.from(body), {}],
    ['gzip', (body: string) => gzipSync(body, { level: 0 }), { 'content-encoding': 'gzip' }],
  ])(
    'a %s stream beyond the bound is told how far it came, and the next request passes',
    async (_name, pack, extra) => {
      const { log, url } = await start({ limits: { streamBytesMax: 500_000 } });
      const body = pack(
        Array.from({ length: 6_000 }, (_, id) => JSON.stringify({ id, text: 'x'.repeat(1_000) })).join('\n'),
      );
      const answer = await fetch(`${url}/shop`, {
        method: 'POST',
        headers: { ...NDJSON, ...extra },
        body: new Uint8Array(body),
      });
      const { code, accepted } = (await answer.json()) as { code: string; accepted: number };
      expect([answer.status, code]).toEqual([413, 'body-too-large']);
      expect(accepted).toBeGreaterThan(100);
      expect(accepted).toBeLessThan(600);
      expect(await mentions(log)).toHaveLength(accepted);
      const next = await fetch(`${url}/shop`, { method: 'POST', headers: HEADERS, body: '{"text":"next"}' });
      expect(next.status).toBe(202);
    },
  );

  test('lines are taken as they arrive, long before the body ends', async () => {
    const { log, port } = await start();
    const sending = request({ port, path: '/ingest/shop', method: 'POST', headers: NDJSON });
    sending.write('{"id":"1","text":"a"}\n{"id":"2","te');
    while ((await mentions(log)).length === 0) await new Promise((next) => setImmediate(next));
    expect((await mentions(log)).map(({ id }) => id)).toEqual(['shop:1']);
    sending.end('xt":"b"}\n');
    const [answer] = await once(sending, 'response');
    expect(answer.statusCode).toBe(202);
    answer.resume();
    expect((await mentions(log)).map(({ id }) => id).sort()).toEqual(['shop:1', 'shop:2']);
  });

  test('a sender that breaks off disturbs nobody', async () => {
    const { log, port, url } = await start();
    const sending = request({ port, path: '/ingest/shop', method: 'POST', headers: NDJSON });
    const broken = once(sending, 'error');
    sending.write('{"id":"1","text":"a"}\n{"id":"2"');
    while ((await mentions(log)).length === 0) await new Promise((next) => setImmediate(next));
    sending.destroy(new Error('cable cut'));
    await broken;
    const after = await fetch(`${url}/shop`, {
      method: 'POST',
      headers: HEADERS,
      body: '{"id":"3","text":"c"}',
    });
    expect(after.status).toBe(202);
    expect((await mentions(log)).map(({ id }) => id).sort()).toEqual(['shop:1', 'shop:3']);
  });

  test('a log that fails now and then loses nothing that was acknowledged, and what is sent again is taken', async () => {
    let calls = 0;
    const flaky = (log: MemoryLog): TopicLog => ({
      ...log,
      append: (topic, some) =>
        topic === 'mentions' && ++calls % 3 !== 0
          ? Promise.reject(new UnavailableError('disk full'))
          : log.append(topic, some),
    });
    const { log, url } = await start({}, flaky);
    const acknowledged: string[] = [];
    let unavailable = 0;
    for (let id = 0; id < 30; ) {
      const body = JSON.stringify({ id: String(id), text: 'x' });
      const answer = await fetch(`${url}/shop`, { method: 'POST', headers: HEADERS, body });
      await answer.arrayBuffer();
      if (answer.status === 202) acknowledged.push(`shop:${id++}`);
      else {
        expect(answer.status).toBe(503);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        unavailable++;
      }
    }
    expect(unavailable).toBeGreaterThan(20);
    const stored = new Set((await mentions(log)).map(({ id }) => id));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  });

  test('stopping waits for the append in hand, then answers 503', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((open) => {
      release = open;
    });
    let reached: () => void = () => undefined;
    const inHand = new Promise<void>((arrived) => {
      reached = arrived;
    });
    const slow = (log: MemoryLog): TopicLog => ({
      ...log,
      append: async (topic, some) => {
        if (some.some(({ key }) => key === 'shop:slow')) {
          reached();
          await gate;
        }
        return log.append(topic, some);
      },
    });
    const { log, ingest, url } = await start({}, slow);
    const send = (id: string) =>
      fetch(`${url}/shop`, { method: 'POST', headers: HEADERS, body: JSON.stringify({ id, text: 'x' }) });
    const pending = send('slow');
    await inHand;
    let stopped = false;
    const stop = ingest.stop().then(() => {
      stopped = true;
    });
    expect((await send('late')).status).toBe(503);
    expect(stopped).toBe(false);
    release();
    await stop;
    expect((await pending).status).toBe(202);
    expect((await mentions(log)).map(({ id }) => id)).toEqual(['shop:slow']);
  });
});

describe('what ingest says of itself', () => {
  const at = Date.UTC(2026, 10, 20, 22, 0);

  test('status every 5 s and a heartbeat every 15 s stand in every partition; the last word is stopped', async () => {
    const clock = new VirtualClock(at);
    const { log, ingest } = await start({ clock });
    await clock.advance(30_000);
    await ingest.stop();
    for (const partition of [0, 1, 2]) {
      const all = await records(log, partition);
      const beats = all.filter(({ op }) => op === 'heartbeat');
      expect(beats.map(({ eventTime }) => (eventTime - at) / 1_000)).toEqual([0, 15, 30]);
      const shop = all.filter(
        (record): record is SourceStatus => record.op === 'status' && record.name === 'shop',
      );
      const connected = shop.filter(({ state }) => state === 'connected');
      expect(connected.map(({ eventTime }) => (eventTime - at) / 1_000)).toEqual([0, 5, 10, 15, 20, 25, 30]);
      expect(shop.at(-1)).toMatchObject({ state: 'stopped', mode: 'pushed', completeUpTo: at + 30_000 });
    }
  });

  test('a pushed source that must not be silent is disconnected until something is pushed', async () => {
    const clock = new VirtualClock(at);
    const { log, url } = await start({ clock });
    const desk = async () =>
      (await records(log, 0)).filter(
        (record): record is SourceStatus => record.op === 'status' && record.name === 'desk',
      );
    await clock.advance(65_000);
    expect((await desk()).at(-1)).toMatchObject({ state: 'disconnected', completeUpTo: at + 60_000 });
    const answer = await fetch(`${url}/desk`, { method: 'POST', headers: HEADERS, body: '{"text":"x"}' });
    expect(answer.status).toBe(202);
    await clock.advance(0);
    expect((await desk()).at(-1)).toMatchObject({ state: 'connected', completeUpTo: at + 65_000 });
  });
});
