import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Mention } from '@foreshock/model/mention';
import type { DeadLetter } from '@foreshock/model/state';
import { TOPICS, type TopicName } from '@foreshock/model/topics';
import { VirtualClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import { ClosedError, UnavailableError } from '@foreshock/topic-log/contract';
import { createMemoryLog, type MemoryLog } from '@foreshock/topic-log/memory';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { type PushOptions, pushRoutes } from './push.ts';

const NOW = Date.UTC(2026, 10, 20, 22, 0);
const opened: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
});

interface Setup {
  readonly app: FastifyInstance;
  readonly log: MemoryLog;
  readonly metrics: ReturnType<typeof createMetrics>;
  readonly fail: { with: Error | undefined; topic?: string };
  readonly heard: string[];
}

async function setup(over: Partial<PushOptions> = {}): Promise<Setup> {
  const clock = new VirtualClock(NOW);
  const log = createMemoryLog({ clock });
  await log.createTopics(
    (['mentions', 'dead-letters'] as const).map((name) => ({
      name,
      partitions: name === 'mentions' ? 4 : 1,
      compacted: TOPICS[name].compacted,
      retentionMs: TOPICS[name].retentionMs,
    })),
  );
  const metrics = createMetrics();
  const fail: Setup['fail'] = { with: undefined };
  const heard: string[] = [];
  const app = fastify();
  await app.register(
    pushRoutes({
      sources: [
        { name: 'shop', kind: 'push', token: { env: 'shop-token' } },
        { name: 'signed', kind: 'push', hmac: { env: 'key' } },
        { name: 'tickets', kind: 'push', access: 'private', token: { env: 'tickets-token' } },
        { name: 'open', kind: 'push' },
      ],
      log: {
        append: (topic, records) =>
          fail.with && (fail.topic === undefined || fail.topic === topic)
            ? Promise.reject(fail.with)
            : log.append(topic, records),
      },
      clock,
      metrics,
      logger: silentLogger,
      secrets: (ref) => ('env' in ref ? ref.env : ref.file),
      latenessMs: 1_800_000,
      heard: (name) => heard.push(name),
      ...over,
    }),
  );
  opened.push(app);
  return { app, log, metrics, fail, heard };
}

interface Post {
  readonly source?: string;
  readonly headers?: Record<string, string>;
  readonly type?: string;
}

const post = async (app: FastifyInstance, body: unknown, options: Post = {}) => {
  const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const response = await app.inject({
    method: 'POST',
    url: `/ingest/${options.source ?? 'shop'}`,
    headers: {
      authorization: `Bearer ${options.source ?? 'shop'}-token`,
      'content-type': options.type ?? 'application/json',
      ...options.headers,
    },
    payload: raw,
  });
  return { status: response.statusCode, headers: response.headers, body: response.json() };
};

async function stored<T>(log: MemoryLog, topic: TopicName): Promise<T[]> {
  const values: T[] = [];
  for (let partition = 0; partition < (await log.partitions(topic)); partition++)
    for await (const batch of log.scan(topic, partition, { from: 0 }))
      for (const record of batch.records)
        values.push(JSON.parse(Buffer.from(record.value ?? '').toString()) as T);
  return values;
}
const ids = async (log: MemoryLog) =>
  (await stored<Mention>(log, 'mentions')).map((mention) => mention.id).sort();

const NDJSON = 'application/x-ndjson';

describe('what is taken', () => {
  test('one object', async () => {
    const { app, log, heard } = await setup();
    const answer = await post(app, { id: '1', text: 'still no delivery date' });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1, rejected: 0, errors: [] } });
    expect(await stored<Mention>(log, 'mentions')).toMatchObject([
      { op: 'create', id: 'shop:1', content: 'still no delivery date', eventTime: NOW },
    ]);
    expect(heard).toEqual(['shop']);
  });

  test('an array, with a report on each item that is not', async () => {
    const { app, log } = await setup();
    const answer = await post(app, [{ id: '1', text: 'a' }, { id: '2' }, 'x', { id: '3', op: 'delete' }]);
    expect(answer).toMatchObject({
      status: 202,
      body: {
        accepted: 2,
        rejected: 2,
        errors: [
          { index: 1, code: 'missing', field: '/content' },
          { index: 2, code: 'not-an-object', field: '' },
        ],
      },
    });
    expect(await ids(log)).toEqual(['shop:1', 'shop:3']);
    expect(await stored<DeadLetter>(log, 'dead-letters')).toMatchObject([
      {
        stage: 'ingest',
        code: 'missing',
        source: 'shop',
        payload: Buffer.from('{"id":"2"}').toString('base64'),
      },
      { code: 'not-an-object' },
    ]);
  });

  test('NDJSON, with the number of each line that is not', async () => {
    const { app, log } = await setup();
    const lines = [
      '{"id":"1","text":"a"}',
      '',
      '{"id":"2","text":NaN}',
      '{"id":"3","text":"c"',
      '{"id":"4","text":"d"}',
    ];
    const answer = await post(app, lines.join('\n'), { type: NDJSON });
    expect(answer).toMatchObject({
      status: 202,
      body: {
        accepted: 2,
        rejected: 2,
        errors: [
          { line: 3, code: 'not-json' },
          { line: 4, code: 'not-json' },
        ],
      },
    });
    expect(await ids(log)).toEqual(['shop:1', 'shop:4']);
    expect(JSON.stringify(answer.body)).not.toContain('text');
  });

  test.each([
    ['JSON', 'application/json; charset=utf-8', JSON.stringify([{ id: '1', text: 'a' }])],
    ['NDJSON', NDJSON, '{"id":"1","text":"a"}\n'],
  ])('gzip around %s', async (_name, type, body) => {
    const { app, log } = await setup();
    const answer = await post(app, gzipSync(body), { type, headers: { 'content-encoding': 'gzip' } });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(await ids(log)).toEqual(['shop:1']);
  });

  test('updates and deletes carry the id of the mention they are about', async () => {
    const { app, log } = await setup();
    await post(app, [
      { id: '1', text: 'a' },
      { id: '1', op: 'update', text: 'b' },
      { id: 'shop:1', op: 'delete' },
    ]);
    expect((await stored<Mention>(log, 'mentions')).map(({ op, id }) => `${op} ${id}`)).toEqual([
      'create shop:1',
      'update shop:1',
      'delete shop:1',
    ]);
  });

  test('ten thousand records in one array', async () => {
    const { app, log } = await setup();
    const answer = await post(
      app,
      Array.from({ length: 10_000 }, (_, index) => ({ id: index, text: 'x' })),
    );
    expect(answer.body).toMatchObject({ accepted: 10_000 });
    expect(new Set(await ids(log)).size).toBe(10_000);
  });

  test('errors and dead letters are bounded, counts are not', async () => {
    const { app, log, metrics } = await setup();
    const answer = await post(app, [{ text: 'x' }, ...Array(250).fill({})]);
    expect(answer.body).toMatchObject({ accepted: 1, rejected: 250 });
    expect((answer.body as { errors: unknown[] }).errors).toHaveLength(100);
    expect(await stored(log, 'dead-letters')).toHaveLength(100);
    expect(await metrics.registry.metrics()).toMatch(
      /foreshock_ingest_rejected_total\{source="shop",reason="missing"\} 250/,
    );
  });

  test('private records leave no text in the dead letters', async () => {
    const { app, log } = await setup();
    await post(app, { text: 'my secret trouble', colour: 'red' }, { source: 'tickets' });
    const [letter] = await stored<DeadLetter>(log, 'dead-letters');
    expect(letter).toMatchObject({ code: 'invalid' });
    expect(letter).not.toHaveProperty('payload');
  });
});

describe('who may send', () => {
  test.each([
    ['no token', {}, 'shop'],
    ['a wrong token', { authorization: 'Bearer nope' }, 'shop'],
    ['another source’s token', { authorization: 'Bearer tickets-token' }, 'shop'],
    ['an unknown source', { authorization: 'Bearer shop-token' }, 'nowhere'],
    ['no signature', {}, 'signed'],
    ['a source without a secret, from elsewhere', { host: 'foreshock.example' }, 'open'],
    [
      'a source without a secret, through a proxy',
      { host: 'localhost', 'x-forwarded-for': '10.0.0.1' },
      'open',
    ],
  ])('%s is 401', async (_name, headers: Record<string, string>, source) => {
    const { app, log } = await setup();
    const answer = await post(app, { text: 'x' }, { source, headers: { authorization: '', ...headers } });
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized', accepted: 0 } });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(await ids(log)).toEqual([]);
  });

  test('a source without a secret takes what this machine sends', async () => {
    const { app } = await setup();
    const headers = { host: 'localhost:8080', authorization: '' };
    expect(await post(app, { text: 'x' }, { source: 'open', headers })).toMatchObject({ status: 202 });
    const wrong = await post(app, { text: 'x' }, { source: 'opne', headers });
    expect(wrong).toMatchObject({ status: 401 });
    expect(JSON.stringify(wrong.body)).toContain('shop, signed, tickets, open');
  });

  const sign = (body: Buffer | string) => ({
    authorization: '',
    'x-foreshock-signature': `sha256=${createHmac('sha256', 'key').update(body).digest('hex')}`,
  });

  test('a signature over the body as sent, plain or gzip, is enough', async () => {
    const { app, log } = await setup();
    const body = JSON.stringify({ id: '1', text: 'caf\u00e9 \\u00e9' });
    expect(await post(app, body, { source: 'signed', headers: sign(body) })).toMatchObject({ status: 202 });
    const packed = gzipSync('{"id":"2","text":"b"}\n');
    const headers = { ...sign(packed), 'content-encoding': 'gzip' };
    expect(await post(app, packed, { source: 'signed', type: NDJSON, headers })).toMatchObject({
      status: 202,
    });
    expect(await ids(log)).toEqual(['signed:1', 'signed:2']);
  });

  test('a signature over other bytes is 401 and nothing of the body is taken', async () => {
    const { app, log } = await setup();
    const answer = await post(app, '{"text":"forged"}', {
      source: 'signed',
      headers: sign('{"text":"true"}'),
    });
    expect(answer.status).toBe(401);
    expect(await ids(log)).toEqual([]);
    expect(await stored(log, 'dead-letters')).toEqual([]);
  });
});

describe('bad input is told and set aside, and nothing else is disturbed', () => {
  const good = '{"id":"good","text":"fine"}';
  const lines: [string, Buffer | string, string][] = [
    ['malformed JSON', '{"text":', 'not-json'],
    ['NaN', '{"text":"x","sensitive":NaN}', 'not-json'],
    [
      'broken UTF-8',
      Buffer.from([0x7b, 0x22, 0x74, 0x65, 0x78, 0x74, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]),
      'broken-utf8',
    ],
    ['an escaped lone surrogate', '{"text":"\\ud83d"}', 'lone-surrogate'],
    ['__proto__', '{"text":"x","__proto__":{"a":1}}', 'forbidden-key'],
    ['depth 10,000', `{"text":"x","tag":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'too-deep'],
    ['a bare string', '"x"', 'not-an-object'],
    ['a line beyond the bound', `{"text":"${'x'.repeat(300_000)}"}`, 'too-large'],
    ['a text beyond the bound', `{"text":"${'x'.repeat(30_000)}"}`, 'too-long'],
    ['1970 in history', '{"text":"x","published":0,"replay":true}', 'impossible-date'],
    ['2999 in history', '{"text":"x","published":"2999-01-01T00:00:00Z","replay":true}', 'impossible-date'],
  ];

  test.each(lines)('%s between two good lines', async (_name, bad, code) => {
    const { app, log } = await setup();
    const body = Buffer.concat([
      Buffer.from(`${good}\n`),
      Buffer.from(bad),
      Buffer.from('\n{"id":"after","text":"fine"}'),
    ]);
    const answer = await post(app, body, { type: NDJSON });
    expect(answer).toMatchObject({
      status: 202,
      body: { accepted: 2, rejected: 1, errors: [{ line: 2, code }] },
    });
    expect(await ids(log)).toEqual(['shop:after', 'shop:good']);
    expect(await stored<DeadLetter>(log, 'dead-letters')).toMatchObject([{ code, stage: 'ingest' }]);
  });

  test.each(lines)('%s alone is 400 with the reason', async (_name, bad, code) => {
    const { app, log } = await setup();
    const answer = await post(app, bad, { type: NDJSON });
    expect(answer).toMatchObject({ status: 400, body: { accepted: 0, rejected: 1, errors: [{ code }] } });
    expect(await ids(log)).toEqual([]);
  });

  test('live dates in 1970 and 2999 are taken at the time of arrival', async () => {
    const { app, log } = await setup();
    await post(app, [
      { id: '1', text: 'x', published: 0 },
      { id: '2', text: 'x', published: '2999-01-01T00:00:00Z' },
    ]);
    for (const mention of await stored<Mention>(log, 'mentions')) expect(mention.eventTime).toBe(NOW);
  });

  test.each([
    ['nothing', '', 'application/json', 400, 'not-json'],
    ['an empty array', '[]', 'application/json', 400, 'empty'],
    ['blank lines', '\n\n', NDJSON, 400, 'empty'],
    ['malformed JSON', '[{"text":"x"},', 'application/json', 400, 'not-json'],
    ['a form', 'text=x', 'application/x-www-form-urlencoded', 415, 'unsupported-type'],
    ['no type', '{"text":"x"}', '', 415, 'unsupported-type'],
    ['another charset', '{"text":"x"}', 'application/json; charset=latin1', 415, 'unsupported-type'],
    ['a body of 10 MB', `{"text":"${'x'.repeat(10_000_000)}"}`, 'application/json', 413, 'body-too-large'],
    ['more than 100,000 records', `[${'1,'.repeat(100_000)}1]`, 'application/json', 413, 'too-many-records'],
    ['more than 100,000 lines', '1\n'.repeat(100_001), NDJSON, 413, 'too-many-records'],
  ])('%s', async (_name, body, type, status, code) => {
    const { app, log } = await setup();
    expect(await post(app, body, { type })).toMatchObject({ status, body: { code, accepted: 0 } });
    expect(await ids(log)).toEqual([]);
  });

  test.each([
    ['br', 'x', 415, 'unsupported-encoding'],
    ['gzip, gzip', 'x', 415, 'unsupported-encoding'],
    ['gzip', 'not gzip at all', 400, 'broken-body'],
    ['gzip', gzipSync(good).subarray(0, 20), 400, 'broken-body'],
  ])('content-encoding %s', async (encoding, body, status, code) => {
    const { app } = await setup();
    const answer = await post(app, body, { headers: { 'content-encoding': encoding } });
    expect(answer).toMatchObject({ status, body: { code } });
  });

  test.each([
    ['JSON', 'application/json'],
    ['NDJSON', NDJSON],
  ])('a gzip bomb sent as %s stops at the decoded bound', async (_name, type) => {
    const { app, log } = await setup({ limits: { wholeBytesMax: 1_000_000, streamBytesMax: 1_000_000 } });
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
    const answer = await post(app, bomb, { type, headers: { 'content-encoding': 'gzip' } });
    expect(answer).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
    expect(await ids(log)).toEqual([]);
  });

  test('bodies held at once are bounded: one too many is asked to come back', async () => {
    const { app } = await setup({ limits: { heldBytesMax: 10 } });
    const answer = await post(app, { text: 'longer than ten bytes' });
    expect(answer).toMatchObject({ status: 429, body: { code: 'busy' } });
    expect(answer.headers['retry-after']).toBe('1');
    expect(await post(app, '[]')).toMatchObject({ status: 400 });
  });

  test('what a body held is given back, whatever became of it', async () => {
    const { app } = await setup({ limits: { wholeBytesMax: 2_000, heldBytesMax: 2_500 } });
    const bodies: [unknown, Post?][] = [
      ['x'.repeat(2_100)],
      ['{"text":'],
      [gzipSync('x'.repeat(5_000)), { headers: { 'content-encoding': 'gzip' } }],
      [{ text: 'x'.repeat(1_500) }],
      [
        '{"text":"forged"}',
        { source: 'signed', headers: { 'x-foreshock-signature': `sha256=${'0'.repeat(64)}` } },
      ],
    ];
    for (let round = 0; round < 20; round++)
      for (const [body, options] of bodies) await post(app, body, options);
    expect(await post(app, { text: 'x'.repeat(1_900) })).toMatchObject({ status: 202 });
  });

  test('more requests than allowed are 429 with Retry-After, each source for itself', async () => {
    const { app } = await setup({ limits: { requestsPerSecondMax: 2 } });
    const answers = [];
    for (let sent = 0; sent < 3; sent++) answers.push(await post(app, { text: 'x' }));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 429]);
    expect(answers[2]).toMatchObject({ body: { code: 'rate-limited', accepted: 0 } });
    expect(Number(answers[2]?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(await post(app, { text: 'x' }, { source: 'tickets' })).toMatchObject({ status: 202 });
  });

  test('requests that prove nothing do not use up a source’s allowance', async () => {
    const { app } = await setup({ limits: { requestsPerSecondMax: 2 } });
    for (let sent = 0; sent < 10; sent++)
      expect((await post(app, { text: 'x' }, { headers: { authorization: 'Bearer no' } })).status).toBe(401);
    expect(await post(app, { text: 'x' })).toMatchObject({ status: 202 });
  });
});

describe('a log that takes nothing', () => {
  test.each([
    ['full', new UnavailableError('disk full')],
    ['closed', new ClosedError('closed')],
    ['broken', new Error('EIO')],
  ])('%s: 503 with Retry-After, nothing acknowledged, and it recovers by itself', async (_name, error) => {
    const { app, log, fail, heard, metrics } = await setup();
    fail.with = error;
    const answer = await post(app, [{ id: '1', text: 'a' }, {}]);
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', accepted: 0 } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(await ids(log)).toEqual([]);
    expect(heard).toEqual([]);
    expect(await metrics.registry.metrics()).toMatch(/foreshock_ingest_unavailable_total 1/);

    fail.with = undefined;
    expect(await post(app, [{ id: '1', text: 'a' }])).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(await ids(log)).toEqual(['shop:1']);
  });

  test('dead letters that cannot be kept are not acknowledged either', async () => {
    const { app, fail } = await setup();
    fail.with = new UnavailableError('full');
    fail.topic = 'dead-letters';
    expect(await post(app, [{ id: '1', text: 'a' }, {}])).toMatchObject({
      status: 503,
      body: { accepted: 1 },
    });
  });

  test('202 comes after the append has resolved, not before', async () => {
    let resolve: () => void = () => undefined;
    const gate = new Promise<void>((open) => {
      resolve = open;
    });
    const { app } = await setup({ log: { append: () => gate.then(() => []) } });
    let answered = false;
    const answer = post(app, { text: 'x' }).then((result) => {
      answered = true;
      return result;
    });
    for (let turn = 0; turn < 50; turn++) await new Promise((next) => setImmediate(next));
    expect(answered).toBe(false);
    resolve();
    expect((await answer).status).toBe(202);
  });

  test('while it is closing nothing more is taken', async () => {
    const { app, log } = await setup({ closing: () => true });
    expect(await post(app, { text: 'x' })).toMatchObject({ status: 503 });
    expect(await ids(log)).toEqual([]);
  });
});
