import { UnavailableError } from '@foreshock/topic-log/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NIGHT, noticeOf } from '../../../../tests/fakes/notice.ts';
import {
  configOf,
  counted,
  createStore,
  eventually,
  quiet,
  type Run,
  type Store,
  startRun,
  webhookConfig,
} from '../../../../tests/fakes/notify-run.ts';
import { type ReceiverServer, startReceiverServer } from '../../../../tests/fakes/receiver-server.ts';
import type { Receiver } from '../receivers/receiver.ts';

let store: Store;
let server: ReceiverServer;
let other: ReceiverServer;
const runs: Run[] = [];

beforeEach(async () => {
  store = await createStore();
  const now = () => store.clock.now();
  server = await startReceiverServer({ now });
  other = await startReceiverServer({ now });
});
afterEach(async () => {
  for (const run of runs.splice(0)) await run.crash();
  await Promise.all([server.close(), other.close()]);
});

const start = async (...args: Parameters<typeof startRun> extends [unknown, ...infer R] ? R : never) => {
  const run = await startRun(store, ...args);
  runs.push(run);
  return run;
};
const hook = (changes: object = {}) => configOf([webhookConfig('hook', server.url, changes)]);
const open = (changes: Parameters<typeof noticeOf>[1] = {}) =>
  noticeOf('opened', { receivers: ['hook'], ...changes });
const delivered = async (key: string) => (await store.states()).get(key)?.state === 'delivered';
const failedTimes = (run: Run, times: number) =>
  eventually(async () => (await counted(run.metrics.notificationsFailed)) >= times);
const bodiesOf = (requests: readonly { body: string }[]) => requests.map(({ body }) => JSON.parse(body));

describe('a notice', () => {
  test('leaves without any time passing, signed, and its outcome is written down', async () => {
    const run = await start(hook());
    await store.tell(open());
    const request = await server.arrived(1);
    expect(store.clock.now()).toBe(NIGHT);
    expect(request.headers.get('webhook-id')).toBe('hook/orion-x-7/100/0');
    expect(request.headers.get('webhook-signature')).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
    expect(JSON.parse(request.body)).toMatchObject({
      type: 'incident.opened',
      data: { incident: { id: 'orion-x-7', link: 'https://foreshock.example/incidents/orion-x-7' } },
    });
    await eventually(async () => (await store.outcomes()).length === 1);
    expect(await store.outcomes()).toMatchObject([
      { receiver: 'hook', notice: 'orion-x-7/100/0', result: 'delivered', attempts: 1, status: 200 },
    ]);
    const [before, after] = await store.deliveries();
    expect(before).toMatchObject({ state: 'pending', body: request.body });
    expect(after).toMatchObject({ state: 'delivered', body: '' });
    expect(await counted(run.metrics.notifications, { receiver_kind: 'webhook' })).toBe(1);
  });

  test('that cannot be read is set aside, and the next one is told', async () => {
    const run = await start(hook());
    await store.log.append('notices', [{ key: 'x', value: Buffer.from('{"v":1,"id":7}') }]);
    await store.tell(open());
    await server.arrived(1);
    expect(await store.deadLetters()).toMatchObject([{ code: 'unreadable' }]);
    expect(await counted(run.metrics.deadLetters, { code: 'unreadable' })).toBe(1);
  });

  test('of a replay reaches no configured receiver and is counted', async () => {
    const run = await start(hook());
    await store.tell(open({ changes: { replay: true } }), open({ incident: 'live-1', n: 1 }));
    await server.arrived(1);
    expect(server.received[0]!.headers.get('webhook-id')).toBe('hook/live-1/101/0');
    expect(await counted(run.metrics.notificationsSuppressed, { reason: 'replay' })).toBe(1);
  });

  test('is observed with the delay since the first post, once for all receivers', async () => {
    const run = await start(
      configOf([webhookConfig('hook', server.url), webhookConfig('second', other.url)]),
    );
    await store.tell(open({ receivers: ['hook', 'second'] }));
    await eventually(
      async () => (await delivered('hook/orion-x-7/100/0')) && delivered('second/orion-x-7/100/0'),
    );
    await quiet();
    const { values } = await run.metrics.deliverDelay.get();
    expect(values.find(({ metricName }) => metricName?.endsWith('_count'))?.value).toBe(1);
    expect(values.find(({ metricName }) => metricName?.endsWith('_sum'))?.value).toBe(520);
  });
});

describe('a receiver that says when to come back', () => {
  test.each([
    ['seconds', () => '2', 2_000],
    ['a date', () => new Date(NIGHT + 7_000).toUTCString(), 7_000],
  ])('in %s is obeyed by every body for it, within a second', async (_form, header, waitMs) => {
    server.script({ status: 429, headers: { 'retry-after': header() } });
    const run = await start(hook());
    await store.tell(open());
    await failedTimes(run, 1);
    await store.tell(open({ incident: 'worse-1', n: 1 }));
    await quiet();
    await store.clock.advance(waitMs - 1);
    await quiet();
    expect(server.received.length).toBe(1);
    await store.clock.advance(1);
    await server.arrived(3);
    expect(
      server.received.slice(1).every(({ at }) => at - NIGHT >= waitMs && at - NIGHT <= waitMs + 1_000),
    ).toBe(true);
    expect(await counted(run.metrics.notificationsFailed, { reason: 'rate-limited' })).toBe(1);
  });

  test('control: a back-off that ignores it would come too early', async () => {
    // The same answer without the header: this is what a sender that does not read it does.
    server.script({ status: 429 });
    const run = await start(hook());
    await store.tell(open());
    await failedTimes(run, 1);
    await quiet();
    await store.clock.advance(1_999);
    await server.arrived(2);
    expect(server.received[1]!.at - NIGHT).toBeLessThan(2_000);
  });

  test('what opens and resolves meanwhile becomes one body, never nothing', async () => {
    server.script({ status: 429, headers: { 'retry-after': '30' } });
    const run = await start(hook());
    await store.tell(open({ incident: 'first-1' }));
    await failedTimes(run, 1);
    await store.tell(open({ n: 1 }), noticeOf('resolved', { n: 20, receivers: ['hook'] }));
    await quiet();
    await store.clock.advance(30_000);
    await server.arrived(3);
    const merged = bodiesOf(server.received).find((body) => body.data.incident.id === 'orion-x-7');
    expect(merged.type).toBe('incident.resolved');
    expect(merged.data.transitions.map(({ type }: { type: string }) => type)).toEqual(['opened', 'resolved']);
    await eventually(async () => (await store.outcomes()).length === 3);
    expect((await store.outcomes()).map(({ result }) => result).sort()).toEqual([
      'delivered',
      'delivered',
      'merged',
    ]);
  });
});

describe('a receiver that fails', () => {
  test('500, 500, 200: the same bytes under the same id, a fresh timestamp each time', async () => {
    const headers = { 'retry-after': '1' };
    server.script({ status: 500, headers }, { status: 502, headers });
    const run = await start(hook());
    await store.tell(open());
    await failedTimes(run, 1);
    await quiet();
    await store.clock.advance(1_000);
    await failedTimes(run, 2);
    await quiet();
    await store.clock.advance(1_000);
    await eventually(() => delivered('hook/orion-x-7/100/0'));
    expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(server.received.map(({ headers }) => headers.get('webhook-id'))).size).toBe(1);
    expect(new Set(server.received.map(({ headers }) => headers.get('webhook-timestamp'))).size).toBe(3);
    expect((await store.outcomes())[0]).toMatchObject({ attempts: 3, result: 'delivered' });
  });

  test('that took it and then broke the connection is counted as ambiguous and asked again', async () => {
    server.script('reset');
    const run = await start(hook());
    await store.tell(open());
    await failedTimes(run, 1);
    expect(await counted(run.metrics.notificationsAmbiguous)).toBe(1);
    await quiet();
    await store.clock.advance(1_000);
    await eventually(() => delivered('hook/orion-x-7/100/0'));
    expect(server.received[0]!.body).toBe(server.received[1]!.body);
    expect(server.received[0]!.headers.get('webhook-id')).toBe(server.received[1]!.headers.get('webhook-id'));
  });

  test.each(['hang', 'drip'] as const)(
    'by a %s is cut off after 15 seconds and delays nobody else',
    async (how) => {
      server.script(how);
      const run = await start(
        configOf([webhookConfig('hook', server.url), webhookConfig('second', other.url)]),
      );
      await store.tell(open({ receivers: ['hook', 'second'] }));
      await server.arrived(1);
      await store.tell(open({ incident: 'next-1', n: 1, receivers: ['hook', 'second'] }));
      await other.arrived(2);
      expect(store.clock.now()).toBe(NIGHT);
      expect(server.received.length).toBe(1);
      await quiet();
      await store.clock.advance(15_000);
      await failedTimes(run, 1);
      expect(await counted(run.metrics.notificationsFailed, { reason: 'timeout' })).toBe(1);
      await quiet();
      await store.clock.advance(1_000);
      await eventually(() => delivered('hook/next-1/101/0'));
      expect(server.concurrentMax).toBe(1);
    },
  );

  test('by refusing connections is delivered within 5 s after it came back', async () => {
    await server.close();
    const run = await start(hook(), { random: () => 0.999 });
    await store.tell(open());
    for (let second = 0; second < 25; second++) {
      await quiet();
      await store.clock.advance(1_000);
    }
    expect(await counted(run.metrics.notificationsFailed, { reason: 'unreachable' })).toBeGreaterThan(4);
    await server.open();
    const backAt = store.clock.now();
    for (let second = 0; second < 6 && server.received.length === 0; second++) {
      await store.clock.advance(1_000);
      await quiet(200);
    }
    const request = await server.arrived(1);
    expect(request.at - backAt).toBeLessThanOrEqual(5_000);
  });

  test('by redirecting is not followed', async () => {
    server.script({ status: 302, headers: { location: other.url } });
    const run = await start(hook());
    await store.tell(open());
    await failedTimes(run, 1);
    await quiet();
    await store.clock.advance(1_000);
    await eventually(() => delivered('hook/orion-x-7/100/0'));
    expect(other.received.length).toBe(0);
  });

  test('longer than `giveUpAfter` ends in the dead letters', async () => {
    server.otherwise({ status: 503 });
    const run = await start(hook({ giveUpAfter: '10m' }));
    await store.tell(open());
    for (let minute = 0; minute < 12; minute++) {
      await quiet();
      await store.clock.advance(60_000);
    }
    await eventually(async () => (await store.deadLetters()).length === 1);
    expect(await store.deadLetters()).toMatchObject([
      { code: 'undeliverable', reason: 'hook: gave up: server-error' },
    ]);
    expect((await store.outcomes())[0]).toMatchObject({ result: 'dead-lettered' });
    expect(await counted(run.metrics.deadLetters, { code: 'undeliverable' })).toBe(1);
  });
});

describe('a receiver that refuses us', () => {
  test.each([401, 403, 404, 410])(
    'with %i is disabled, and the operator and the page go elsewhere',
    async (status) => {
      server.otherwise({ status, body: '<script>secret reply</script>' });
      const run = await start(
        configOf([webhookConfig('hook', server.url), webhookConfig('second', other.url)]),
      );
      await store.tell(open());
      await other.arrived(2);
      const bodies = bodiesOf(other.received);
      expect(bodies.map(({ type }) => type).sort()).toEqual(['foreshock.trouble', 'incident.opened']);
      expect(JSON.stringify(bodies)).toContain(`The receiver hook refuses us`);
      expect(JSON.stringify(bodies) + JSON.stringify(run.logged)).not.toContain('secret reply');
      await store.tell(open({ incident: 'later-1', n: 1 }));
      await other.arrived(3);
      expect(server.received.length).toBe(1);
      await eventually(async () => (await store.deadLetters()).length === 2);
      expect(run.logged.map(({ message }) => message).join()).toContain('is disabled');
      expect(JSON.stringify(run.logged)).not.toContain(String(server.port));
    },
  );

  test('with 400 keeps its other bodies', async () => {
    server.script({ status: 400 });
    await start(hook());
    await store.tell(open());
    await eventually(async () => (await store.deadLetters()).length === 1);
    await store.tell(open({ incident: 'next-1', n: 1 }));
    await eventually(() => delivered('hook/next-1/101/0'));
  });

  test('has a new chance after a restart', async () => {
    server.script({ status: 410 });
    const first = await start(hook());
    await store.tell(open());
    await eventually(async () => (await store.deadLetters()).length === 1);
    await first.stop();
    await start(hook());
    await store.tell(open({ incident: 'next-1', n: 1 }));
    await eventually(() => delivered('hook/next-1/101/0'));
  });
});

test('a page that stays undelivered for two minutes also goes to the fallback, once', async () => {
  server.otherwise({ status: 500 });
  await start(
    configOf([webhookConfig('hook', server.url, { fallback: 'second' }), webhookConfig('second', other.url)]),
  );
  await store.tell(open());
  for (let second = 0; second < 119; second++) {
    await quiet(5);
    await store.clock.advance(1_000);
  }
  expect(other.received.length).toBe(0);
  await store.clock.advance(1_000);
  await other.arrived(1);
  expect(other.received[0]!.headers.get('webhook-id')).toBe('second/orion-x-7/100/0');
  await store.clock.advance(600_000);
  await quiet();
  expect(other.received.length).toBe(1);
});

test('the console prints what a webhook is sent as JSON', async () => {
  const run = await start(configOf([{ id: 'screen', kind: 'console' }]));
  await store.tell(open({ receivers: ['screen'] }));
  await eventually(() => run.printed().includes('Acknowledge'));
  expect(run.printed()).toContain('CRITICAL  Orion X: stock');
});

describe('when something of ours fails', () => {
  test('a log that cannot be written for a while only delays', async () => {
    let refusals = 3;
    const run = await start(hook(), {
      onAppend:
        () =>
        ({ topic, when }) => {
          if (topic === 'deliveries' && when === 'before' && refusals-- > 0)
            throw new UnavailableError('disk full');
        },
    });
    await store.tell(open());
    await quiet();
    expect(server.received.length).toBe(0);
    await store.clock.advance(1_000);
    await eventually(() => delivered('hook/orion-x-7/100/0'));
    expect(server.received.length).toBe(1);
    expect(run.logged.map(({ message }) => message)).toEqual([
      'The log cannot take deliveries now; trying again.',
    ]);
  });

  test('a receiver that throws is tried again, and the others go on', async () => {
    let throws = 1;
    const receiver = (id: string): Receiver => ({
      id,
      kind: 'webhook',
      render: () => ({ body: id, contentType: 'text/plain' }),
      send: async () => {
        if (id === 'hook' && throws-- > 0) throw new Error('a fault');
        return { kind: 'delivered' };
      },
    });
    const run = await start(
      configOf([webhookConfig('hook', server.url), webhookConfig('second', other.url)]),
      {
        receivers: [receiver('hook'), receiver('second')],
      },
    );
    await store.tell(open({ receivers: ['hook', 'second'] }));
    await eventually(() => delivered('second/orion-x-7/100/0'));
    await failedTimes(run, 1);
    await quiet();
    await store.clock.advance(1_000);
    await eventually(() => delivered('hook/orion-x-7/100/0'));
  });

  test('an incident that cannot be rendered is told by its title and link', async () => {
    const run = await start(configOf([{ id: 'screen', kind: 'console' }]), {
      textOf: () => ({}) as never,
    });
    await store.tell(open({ receivers: ['screen'] }));
    await eventually(() => run.printed().includes('https://foreshock.example/incidents/orion-x-7'));
    expect(run.printed()).toContain('Orion X: stock: opened.');
    expect(run.logged.length).toBe(1);
  });
});

describe('stopping', () => {
  test('waits for the request in flight', async () => {
    server.script('drip');
    const run = await start(hook());
    await store.tell(open());
    await server.arrived(1);
    const stopped = run.notify.stop();
    await quiet();
    await store.clock.advance(4_999);
    let isOver = false;
    void stopped.then(() => {
      isOver = true;
    });
    await quiet();
    expect(isOver).toBe(false);
    await store.clock.advance(1);
    await stopped;
    expect((await store.states()).get('hook/orion-x-7/100/0')?.state).toBe('pending');
  });

  test('without one takes no time, and notes the position', async () => {
    const run = await start(hook());
    await store.tell(open());
    await eventually(() => delivered('hook/orion-x-7/100/0'));
    await run.notify.stop();
    await run.notify.stopped;
    expect(store.clock.now()).toBe(NIGHT);
    expect((await store.log.committed('notify', 'notices')).get(0)).toBe(1);
  });
});
