import { VirtualClock } from '@foreshock/runtime/clock';
import { createGuardedFetch } from '@foreshock/runtime/guarded-fetch';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import { resolveSecret, SecretError } from '@foreshock/runtime/secrets';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NIGHT } from '../../../tests/fakes/notice.ts';
import { configOf, eventually, quiet } from '../../../tests/fakes/notify-run.ts';
import { type ReceiverServer, startReceiverServer } from '../../../tests/fakes/receiver-server.ts';
import { startDeadman } from './deadman.ts';

let server: ReceiverServer;
let clock: VirtualClock;
let stop: AbortController;
let running: Promise<void>;
const logged: string[] = [];
const metrics = createMetrics();
const logger = {
  ...silentLogger,
  error: (_: object, message: string) => void logged.push(message),
  info: (_: object, message: string) => void logged.push(message),
};

beforeEach(async () => {
  clock = new VirtualClock(NIGHT);
  server = await startReceiverServer({ now: () => clock.now() });
  stop = new AbortController();
  logged.length = 0;
});
afterEach(async () => {
  stop.abort();
  await running;
  await server.close();
});

const start = (options: { url?: string; healthy?: () => boolean } = {}) => {
  const http = createGuardedFetch({ clock });
  running = startDeadman({
    config: configOf([], {
      deadman: { url: options.url ?? server.url, every: '60s', allowPrivateAddresses: true },
    }),
    secrets: resolveSecret,
    fetch: http.fetch,
    clock,
    metrics,
    logger,
    signal: stop.signal,
    ...(options.healthy ? { healthy: options.healthy } : {}),
  }).finally(() => http.close());
};
const lastSuccess = async () => (await metrics.deadman.get()).values[0]?.value;

test('the ping leaves at once and then every minute', async () => {
  start();
  await server.arrived(1);
  await eventually(async () => (await lastSuccess()) === NIGHT / 1_000);
  await quiet();
  await clock.advance(59_999);
  expect(server.received.length).toBe(1);
  await clock.advance(1);
  await server.arrived(2);
  expect(logged).toEqual([]);
});

test('a failure is logged once, and so is its end', async () => {
  server.script({ status: 500 }, 'reset', {
    status: 302,
    headers: { location: 'https://elsewhere.example' },
  });
  start();
  for (let minute = 0; minute < 3; minute++) {
    await server.arrived(minute + 1);
    await eventually(() => clock.waiting === 1);
    await clock.advance(60_000);
  }
  await server.arrived(4);
  await eventually(() => logged.length === 2);
  expect(logged).toEqual([
    'The dead-man ping fails: its other side will raise the alarm.',
    'The dead-man ping succeeds again.',
  ]);
});

test('a process that does not work is silent, so that it is missed', async () => {
  let healthy = false;
  start({ healthy: () => healthy });
  await eventually(() => logged.length === 1);
  expect(server.received.length).toBe(0);
  healthy = true;
  await eventually(() => clock.waiting === 1);
  await clock.advance(60_000);
  await server.arrived(1);
});

test('a URL that is not in the environment stops the start', () => {
  running = Promise.resolve();
  expect(() =>
    startDeadman({
      config: configOf([], { deadman: { url: { env: 'FORESHOCK_TEST_ABSENT' } } }),
      secrets: resolveSecret,
      fetch: createGuardedFetch().fetch,
      clock,
      metrics,
      logger,
      signal: stop.signal,
    }),
  ).toThrow(SecretError);
});
