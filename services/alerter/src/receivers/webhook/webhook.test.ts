import { createHmac, timingSafeEqual } from 'node:crypto';
import { check } from '@foreshock/model/decode';
import { VirtualClock } from '@foreshock/runtime/clock';
import { createGuardedFetch } from '@foreshock/runtime/guarded-fetch';
import { Secret, SecretError } from '@foreshock/runtime/secrets';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NIGHT } from '../../../../../tests/fakes/notice.ts';
import { type ReceiverServer, startReceiverServer } from '../../../../../tests/fakes/receiver-server.ts';
import { INPUTS } from '../../../../../tests/fakes/render-inputs.ts';
import { createWebhook } from './receiver.ts';
import { render } from './render.ts';
import { WebhookMessage } from './schema.ts';
import { signatureOf, signingKey } from './signature.ts';

test.each([...INPUTS])('%s fits the schema and its golden file', async (name, input) => {
  const { body, contentType } = render(input);
  const message: unknown = JSON.parse(body);
  expect(contentType).toBe('application/json');
  expect(check(WebhookMessage, message)).toMatchObject({ ok: true });
  await expect(`${JSON.stringify(message, null, 2)}\n`).toMatchFileSnapshot(`testdata/${name}.json`);
});

describe('the signature', () => {
  const secret = new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
  };
  const expected = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

  test('is that of the Standard Webhooks test vector', () => {
    expect(signatureOf(message, [signingKey(secret, 'hook')])).toBe(expected);
  });

  test('is made with both secrets during a rotation, the new one first', () => {
    const next = new Secret(`whsec_${Buffer.alloc(24, 1).toString('base64')}`);
    const both = signatureOf(message, [signingKey(next, 'hook'), signingKey(secret, 'hook')]).split(' ');
    expect(both).toHaveLength(2);
    expect(both[1]).toBe(expected);
    expect(both[0]).not.toBe(expected);
  });

  test.each(['secret', 'whsec_', 'whsec_AAAA', `whsec_${'A'.repeat(200)}`, 'whsec_not base64!'])(
    'refuses %s as a secret, without repeating it',
    (text) => {
      const make = () => signingKey(new Secret(text), 'hook');
      expect(make).toThrow(SecretError);
      expect(make).toThrow('the secret of receiver hook is not a Standard Webhooks secret');
      if (text.length > 10) expect(make).not.toThrow(text);
    },
  );
});

describe('an attempt', () => {
  const clock = new VirtualClock(NIGHT);
  const http = createGuardedFetch({ clock });
  const key = Buffer.alloc(32, 3);
  let server: ReceiverServer;
  beforeEach(async () => {
    server = await startReceiverServer({ now: () => clock.now() });
  });
  afterEach(() => server.close());
  const hook = (changes: object = {}) =>
    createWebhook({
      id: 'hook',
      url: new Secret(`${server.url}/in?token=1`),
      secret: new Secret(`whsec_${key.toString('base64')}`),
      allowPrivateAddresses: true,
      fetch: http.fetch,
      clock,
      ...changes,
    });
  const attempt = { key: 'hook/blind-a.b-1/100/0', attempt: 1, signal: new AbortController().signal };

  test('can be verified from the raw body alone, and its id holds no dot', async () => {
    const { body } = render(INPUTS.get('opened')!);
    expect(await hook().send(body, attempt)).toEqual({ kind: 'delivered', status: 200 });
    const { headers, body: raw, path } = server.received[0]!;
    expect(path).toBe('/in?token=1');
    expect(headers.get('webhook-id')).toBe('hook/blind-a_b-1/100/0');
    expect(headers.get('webhook-timestamp')).toBe(String(Math.floor(NIGHT / 1_000)));
    const signed = `${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${raw}`;
    const expected = createHmac('sha256', key).update(signed).digest();
    const given = Buffer.from(headers.get('webhook-signature')!.slice('v1,'.length), 'base64');
    expect(timingSafeEqual(given, expected)).toBe(true);
  });

  test('to a private address that was not allowed reaches nothing and disables the receiver', async () => {
    expect(await hook({ allowPrivateAddresses: false }).send('{}', attempt)).toEqual({
      kind: 'rejected',
      reason: 'bad-url',
      disable: true,
    });
    expect(server.received.length).toBe(0);
  });

  test('reads an endless success as a success', async () => {
    server.script({ status: 200, body: 'x'.repeat(200_000) });
    expect(await hook().send('{}', attempt)).toEqual({ kind: 'delivered', status: 200 });
  });
});
