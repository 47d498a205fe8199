import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from './foreshock-process.ts';
import { type LearnedForeshock, startLearned } from './learned-foreshock.ts';

let foreshock: LearnedForeshock;
let past = 0;
let good = 0;
let refused = 0;
beforeAll(async () => {
  foreshock = await startLearned();
  past = await foreshock.metric('foreshock_mentions_matched_total');
});
afterAll(() => foreshock?.close());

/** A good post about Orion, which must be taken and counted whatever came before it. */
async function pushGood(): Promise<void> {
  const { status, report } = await foreshock.push({
    id: `good-${good}`,
    text: `orion in good order ${good}`,
  });
  expect({ status, report }).toMatchObject({ status: 202, report: { accepted: 1, rejected: 0 } });
  good++;
}

const deep = (depth: number): string => `{"text":"x","tag":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

test.each<[string, string | Uint8Array, string, number, number]>([
  ['half a JSON text', '{"text":"x"', 'application/json', 400, 1],
  ['NaN', '{"text":"x","published":NaN}', 'application/json', 400, 1],
  ['a number', '7', 'application/json', 400, 1],
  ['null', 'null', 'application/json', 400, 1],
  ['nothing', '', 'application/json', 400, 1],
  ['__proto__ as a key', '{"text":"x","__proto__":{"polluted":true}}', 'application/json', 400, 1],
  [
    'constructor as a key',
    '{"text":"x","constructor":{"prototype":{"polluted":1}}}',
    'application/json',
    400,
    1,
  ],
  ['a text that is none', '{"text":{"toString":"x"}}', 'application/json', 400, 1],
  ['an unknown key', '{"text":"x","txet":"y"}', 'application/json', 400, 1],
  ['a date that is none', '{"text":"x","published":"yesterday"}', 'application/json', 400, 1],
  ['broken UTF-8', latin1('{"text":"caf\xe9"}'), 'application/json', 400, 1],
  ['10,000 levels', deep(10_000), 'application/json', 400, 1],
  ['a body of 10 MB', JSON.stringify({ text: 'x'.repeat(10_000_000) }), 'application/json', 413, 0],
  ['another type', 'text=x', 'application/x-www-form-urlencoded', 415, 0],
  ['lines that are none', 'x\ny\n{"text":\n', 'application/x-ndjson', 400, 3],
])('%s is refused in words, and the next good post is taken', async (_what, body, type, status, rejected) => {
  const answer = await foreshock.push(body, type);
  expect(answer.status).toBe(status);
  expect(answer.report.code).toMatch(/^[a-z0-9-]+$/);
  expect(answer.report.rejected ?? 0).toBe(rejected);
  refused += rejected;
  await pushGood();
});

test('good and bad records of one request are told apart, in an array and in lines', async () => {
  const record = () => JSON.stringify({ id: `good-${good++}`, text: 'orion, well said' });
  const array = await foreshock.push(`[${record()},{"text":7},${record()},null]`);
  expect(array).toMatchObject({ status: 202, report: { accepted: 2, rejected: 2 } });
  const lines = await foreshock.push(`${record()}\n{"text"\n\u0000\n${record()}\n`, 'application/x-ndjson');
  expect(lines).toMatchObject({ status: 202, report: { accepted: 2, rejected: 2 } });
  refused += 4;
});

test.each([
  ['1970', '1970-01-01T00:00:00Z'],
  ['2999', '2999-12-31T23:59:59Z'],
])('a post of %s counts at the time it came', async (_year, published) => {
  const answer = await foreshock.push({ id: `good-${good}`, text: 'orion out of its time', published });
  expect(answer).toMatchObject({ status: 202, report: { accepted: 1 } });
  good++;
});

test('lone surrogates, controls and a text of 20,000 signs do no harm', async () => {
  for (const text of ['orion \ud800 \udfff', 'orion \u0000\u001b[31m\u202e', `orion ${'a'.repeat(19_000)}`]) {
    const { status, report } = await foreshock.push(JSON.stringify({ id: `good-${good}`, text }));
    expect([202, 400]).toContain(status);
    if (status === 202) good++;
    else refused += report.rejected!;
    await pushGood();
  }
});

test('a sender that breaks off in the middle disturbs nobody', async () => {
  const sending = request({
    port: foreshock.running.port,
    path: '/ingest/till',
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': 1_000 },
  });
  sending.on('error', () => undefined);
  sending.write('{"text":"orion');
  await new Promise((resolve) => setTimeout(resolve, 50));
  sending.destroy();
  await pushGood();
});

test('afterwards every good post is counted, every bad one told, and nothing is stuck', async () => {
  await until(async () => (await foreshock.metric('foreshock_mentions_matched_total')) >= past + good);
  expect(await foreshock.metric('foreshock_mentions_matched_total')).toBe(past + good);
  const read = await foreshock.metric('foreshock_mentions_read_total');
  const unmatched = await foreshock.metric('foreshock_mentions_unmatched_total');
  expect(read).toBe(past + good + unmatched);
  expect(await foreshock.metric('foreshock_ingest_mentions_total')).toBe(good);
  expect(await foreshock.metric('foreshock_ingest_rejected_total')).toBe(refused);
  expect(await foreshock.metric('foreshock_dead_letters_total')).toBe(refused);
  await until(async () => (await foreshock.metric('foreshock_consumer_lag_messages')) === 0);
  expect((await fetch(`${foreshock.running.address}/readyz`)).status).toBe(200);
  expect(foreshock.running.stderr()).not.toContain('"level":"error"');
});

test('and a trouble is still noticed and told', async () => {
  for (let n = 0; n < 12; n++)
    expect(await foreshock.push(foreshock.complaint())).toMatchObject({
      status: 202,
      report: { accepted: 1 },
    });
  const { body } = await foreshock.hook.arrived(1);
  expect(JSON.parse(body)).toMatchObject({ type: 'incident.opened', data: { incident: { id: 'orion-1' } } });
});
