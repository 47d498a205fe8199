import { check } from '@foreshock/model/decode';
import { VirtualClock } from '@foreshock/runtime/clock';
import { createGuardedFetch } from '@foreshock/runtime/guarded-fetch';
import { Secret } from '@foreshock/runtime/secrets';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NIGHT, noticeOf, POSTS } from '../../../../../tests/fakes/notice.ts';
import { type ReceiverServer, startReceiverServer } from '../../../../../tests/fakes/receiver-server.ts';
import { INPUTS } from '../../../../../tests/fakes/render-inputs.ts';
import { createSlack } from './receiver.ts';
import { render } from './render.ts';
import { SlackMessage } from './schema.ts';

test.each([...INPUTS])('%s fits the schema and its golden file', async (name, input) => {
  const message: unknown = JSON.parse(render(input).body);
  expect(check(SlackMessage, message)).toMatchObject({ ok: true });
  await expect(`${JSON.stringify(message, null, 2)}\n`).toMatchFileSnapshot(`testdata/${name}.json`);
});

test('where it would be too long, quotes of posts go first and the link stays', () => {
  const long = render({
    kind: 'incident',
    notices: [noticeOf('opened', { changes: { sentence: '"'.repeat(600), title: '"'.repeat(120) } })],
    evidence: POSTS.map((post) => ({
      ...post,
      content: '\\"'.repeat(10_000),
      url: `https://x.example/${'a'.repeat(900)}`,
    })),
    link: `https://foreshock.example/${'a'.repeat(2_400)}`,
  });
  const message = JSON.parse(long.body) as SlackMessage;
  expect(check(SlackMessage, message)).toMatchObject({ ok: true });
  expect(long.body).toContain('Open and acknowledge');
});

describe('an attempt', () => {
  const clock = new VirtualClock(NIGHT);
  const http = createGuardedFetch({ clock });
  let server: ReceiverServer;
  beforeEach(async () => {
    server = await startReceiverServer();
  });
  afterEach(() => server.close());
  const send = () =>
    createSlack({
      id: 'slack',
      url: new Secret(`${server.url}/services/T0/B0/XXX`),
      allowPrivateAddresses: true,
      fetch: http.fetch,
      clock,
    }).send('{}', { key: 'slack/a-1/1/0', attempt: 1, signal: new AbortController().signal });

  const rateLimited = '{"retry_after":3,"ok":false,"error":"rate_limited"}';
  test.each([
    [
      { status: 200, body: 'ok' },
      { kind: 'delivered', status: 200 },
    ],
    [
      { status: 200, body: '<html>Please log in</html>' },
      { kind: 'retry', reason: 'odd-answer', ambiguous: true },
    ],
    [
      { status: 429, headers: { 'retry-after': '7' }, body: rateLimited },
      { kind: 'retry', waitMs: 7_000 },
    ],
    [
      { status: 429, body: rateLimited },
      { kind: 'retry', reason: 'rate-limited', waitMs: 3_000 },
    ],
    [
      { status: 200, body: rateLimited },
      { kind: 'retry', waitMs: 3_000 },
    ],
    [
      { status: 400, body: 'invalid_payload' },
      { kind: 'rejected', reason: 'client-error' },
    ],
    [
      { status: 403, body: 'action_prohibited' },
      { kind: 'rejected', reason: 'auth-error', disable: true },
    ],
    [
      { status: 404, body: 'no_service' },
      { kind: 'rejected', reason: 'gone', disable: true },
    ],
    [
      { status: 410, body: 'channel_is_archived' },
      { kind: 'rejected', reason: 'gone', disable: true },
    ],
    [
      { status: 500, body: 'rollup_error' },
      { kind: 'retry', reason: 'server-error' },
    ],
  ])('answered %j means %j', async (answer, meaning) => {
    server.script(answer);
    expect(await send()).toMatchObject(meaning);
  });
});
