import { readJson } from '@foreshock/model/canonical-json';
import type { Delivery } from '@foreshock/model/notice';
import { readSnapshots } from '@foreshock/runtime/snapshots';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { describe, expect, test } from 'vitest';
import { noticeOf } from '../../../../tests/fakes/notice.ts';
import {
  type AppendHook,
  configOf,
  createStore,
  eventually,
  quiet,
  type Store,
  startRun,
  webhookConfig,
} from '../../../../tests/fakes/notify-run.ts';
import type { Answer, Receiver } from '../receivers/receiver.ts';

interface Request {
  readonly receiver: string;
  readonly key: string;
  readonly body: string;
}

/** What the outside saw, over all processes. */
interface World {
  readonly requests: Request[];
  readonly accepted: Request[];
  rendered: number;
}

/** Bodies differ each time they are rendered, so that a body rendered twice cannot hide. */
function fakeReceiver(world: World, id: string, answers: Answer[]): Receiver {
  return {
    id,
    kind: 'webhook',
    render(input) {
      const notices = input.kind === 'incident' ? input.notices.map((notice) => notice.id) : [];
      return {
        body: JSON.stringify({ notices, rendered: world.rendered++ }),
        contentType: 'application/json',
      };
    },
    async send(body, { key, signal }) {
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return { kind: 'retry', reason: 'connection-broken', ambiguous: true };
      world.requests.push({ receiver: id, key, body });
      const answer = answers.shift() ?? { kind: 'delivered', status: 200 };
      // An ambiguous failure is one that the other side has all the same.
      if (answer.kind === 'delivered' || (answer.kind === 'retry' && answer.ambiguous === true))
        world.accepted.push({ receiver: id, key, body });
      return answer;
    },
  };
}

const CONFIG = configOf([
  webhookConfig('plain', 'https://unused.example', { fallback: 'rough' }),
  webhookConfig('rough', 'https://unused.example'),
]);
const BOTH = ['plain', 'rough'];
const NOTICES = [
  noticeOf('opened', { incident: 'a-1', n: 0, receivers: BOTH }),
  noticeOf('opened', { incident: 'b-1', n: 1, receivers: BOTH, severity: 'warning' }),
  noticeOf('escalated', { incident: 'b-1', n: 2, receivers: BOTH }),
  noticeOf('resolved', { incident: 'a-1', n: 3, receivers: BOTH }),
];
const answersOf = (receiver: string): Answer[] =>
  receiver === 'rough'
    ? [
        { kind: 'retry', reason: 'server-error', status: 500 },
        { kind: 'retry', reason: 'timeout', ambiguous: true },
        { kind: 'delivered', status: 200 },
        { kind: 'rejected', reason: 'client-error', status: 400 },
      ]
    : [{ kind: 'retry', reason: 'rate-limited', status: 429, waitMs: 1_000 }];

/** Plays the night with a process that dies at one point, then with one that lives. Returns what was seen. */
async function play(options: {
  readonly kill?: { readonly at: number; readonly when: 'before' | 'after' };
  readonly cripple?: (log: TopicLog) => TopicLog;
}): Promise<{ world: World; store: Store; appends: number; died: boolean }> {
  const whole = await createStore();
  const store: Store = options.cripple
    ? { ...whole, log: { ...whole.log, ...options.cripple(whole.log) } }
    : whole;
  const world: World = { requests: [], accepted: [], rendered: 0 };
  const receivers = BOTH.map((id) => fakeReceiver(world, id, answersOf(id)));
  let appends = 0;
  const onAppend =
    (kill: () => void): AppendHook =>
    ({ index, when }) => {
      appends = Math.max(appends, index);
      if (index === options.kill?.at && when === options.kill.when) kill();
    };
  const mortal = await startRun(store, CONFIG, { receivers, onAppend });
  for (const notice of NOTICES) {
    await store.tell(notice);
    await quiet(5);
  }
  await elapse(store, () => mortal.dead);
  const died = mortal.dead;
  await mortal.crash();
  const alive = await startRun(store, CONFIG, { receivers });
  await elapse(store, async () => {
    const states = [...(await store.states()).values()];
    return (
      states.every(({ state }) => state !== 'pending') && toldBy(states).size === NOTICES.length * BOTH.length
    );
  });
  await alive.stop();
  return { world, store, appends, died };
}

/** Lets a minute pass, or less where `over` holds earlier. */
async function elapse(store: Store, over: () => boolean | Promise<boolean>): Promise<void> {
  for (let step = 0; step < 120; step++) {
    await quiet(10);
    if (await over()) return;
    await store.clock.advance(500);
  }
}

const toldBy = (deliveries: Iterable<Delivery>): Set<string> =>
  new Set([...deliveries].flatMap(({ receiver, notices }) => notices.map((id) => `${receiver} ${id}`)));

/** Everything that must hold whatever died when. Empty: it does. */
async function faults({ world, store }: { world: World; store: Store }): Promise<string[]> {
  const found: string[] = [];
  const bodies = new Map<string, string>();
  const keys = new Map<string, string>();
  for (const { receiver, key, body } of world.requests) {
    if ((bodies.get(key) ?? body) !== body) found.push(`two bodies under ${key}`);
    bodies.set(key, body);
    for (const id of (JSON.parse(body) as { notices: string[] }).notices) {
      const told = `${receiver} ${id}`;
      if ((keys.get(told) ?? key) !== key) found.push(`${told} told under two keys`);
      keys.set(told, key);
    }
  }
  const states = await store.states();
  for (const { receiver, notices, state } of states.values()) {
    if (state === 'pending') found.push(`pending for ever: ${receiver} ${notices.join()}`);
    if (state === 'delivered' && !notices.every((id) => accepted(world, receiver, id)))
      found.push(`not delivered: ${receiver} ${notices.join()}`);
  }
  const told = toldBy(states.values());
  const outcomes = new Set((await store.outcomes()).map(({ receiver, notice }) => `${receiver} ${notice}`));
  for (const receiver of BOTH)
    for (const { id } of NOTICES) {
      if (openingRefused(states.values(), receiver, id)) continue;
      if (!told.has(`${receiver} ${id}`)) found.push(`lost: ${receiver} ${id}`);
      if (!outcomes.has(`${receiver} ${id}`)) found.push(`no outcome: ${receiver} ${id}`);
    }
  for (const receiver of BOTH)
    for (const incident of ['a-1', 'b-1']) {
      const order = firstAccepted(world, receiver, incident);
      if (order.some((offset, index) => offset < (order[index - 1] ?? 0)))
        found.push(`out of order: ${receiver} ${incident} ${order.join()}`);
    }
  return found;
}

/** An end is not owed to a receiver that refused the opening. */
const openingRefused = (deliveries: Iterable<Delivery>, receiver: string, id: string): boolean =>
  id === 'a-1/103/0' &&
  [...deliveries].some(
    (one) => one.receiver === receiver && one.state === 'dead-lettered' && one.notices.includes('a-1/100/0'),
  );

const accepted = (world: World, receiver: string, id: string): boolean =>
  world.accepted.some((one) => one.receiver === receiver && one.body.includes(`"${id}"`));

const firstAccepted = (world: World, receiver: string, incident: string): number[] => {
  const seen = new Set<string>();
  return world.accepted
    .filter((one) => one.receiver === receiver && !seen.has(one.key) && seen.add(one.key))
    .flatMap(({ body }) => (JSON.parse(body) as { notices: string[] }).notices)
    .filter((id) => id.startsWith(`${incident}/`))
    .map((id) => Number(id.split('/')[1]));
};

describe('a process that dies between any two writes', async () => {
  const calm = await play({});
  const points = Array.from({ length: calm.appends }, (_, index) => index + 1).flatMap((at) =>
    (['before', 'after'] as const).map((when) => ({ at, when })),
  );

  test('has enough writes to die at, and none of them is needed by the run that does not die', async () => {
    expect(points.length).toBeGreaterThanOrEqual(20);
    expect(await faults(calm)).toEqual([]);
  });

  test.each(points)(
    'dies $when write $at: nothing is lost, told under two keys or in two wordings',
    async (kill) => {
      const night = await play({ kill });
      expect(night.died).toBe(true);
      expect(await faults(night)).toEqual([]);
    },
  );

  test('control: without the frozen body, a restart sends other bytes under the same key', async () => {
    // Pending records never reach the log: this is a notifier that renders again after a restart.
    const forgetful = (log: TopicLog): TopicLog => ({
      ...log,
      append: (topic, records) =>
        log.append(
          topic,
          topic === 'deliveries'
            ? records.filter(({ value }) => (readJson(value!) as Delivery).state !== 'pending')
            : records,
        ),
    });
    const found: string[] = [];
    for (const kill of points) found.push(...(await faults(await play({ kill, cripple: forgetful }))));
    expect(found.some((fault) => fault.startsWith('two bodies under'))).toBe(true);
  });

  test('control: without finished deliveries, a restart tells everything again', async () => {
    const amnesiac = (log: TopicLog): TopicLog => ({
      ...log,
      committed: async () => new Map(),
      append: (topic, records) =>
        topic === 'deliveries' || topic === 'snapshots' ? Promise.resolve([]) : log.append(topic, records),
    });
    const night = await play({ cripple: amnesiac });
    expect((await faults(night)).length).toBeGreaterThan(0);
    const repeats = night.world.accepted.filter(
      ({ receiver, body }) => receiver === 'plain' && body.includes('a-1/100/0'),
    );
    expect(repeats.length).toBeGreaterThan(1);
  });
});

test('what was told before a restart in good order is not told after it', async () => {
  const store = await createStore();
  const world: World = { requests: [], accepted: [], rendered: 0 };
  const receivers = BOTH.map((id) => fakeReceiver(world, id, []));
  const first = await startRun(store, CONFIG, { receivers });
  await store.tell(...NOTICES);
  await eventually(async () => (await store.outcomes()).length === NOTICES.length * 2);
  await first.stop();
  expect((await store.log.committed('notify', 'notices')).get(0)).toBe(NOTICES.length);
  expect((await readSnapshots(store.log, 'notify')).get(0)).toMatchObject([{ position: NOTICES.length }]);
  const requests = world.requests.length;
  const second = await startRun(store, CONFIG, { receivers });
  await store.tell(noticeOf('resolved', { incident: 'b-1', n: 9, receivers: BOTH }));
  await eventually(async () => (await store.outcomes()).length === NOTICES.length * 2 + 2);
  expect(
    world.requests
      .slice(requests)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(['plain/b-1/109/0', 'rough/b-1/109/0']);
  await second.stop();
});

test('a receiver that is added later is told of nothing older, one that is removed holds nothing up', async () => {
  const store = await createStore();
  const world: World = { requests: [], accepted: [], rendered: 0 };
  const dead: Answer[] = Array.from({ length: 9 }, () => ({
    kind: 'retry',
    reason: 'server-error',
    status: 500,
  }));
  const first = await startRun(store, configOf([webhookConfig('old', 'https://unused.example')]), {
    receivers: [fakeReceiver(world, 'old', dead)],
  });
  await store.tell(noticeOf('opened', { receivers: ['old'] }));
  await eventually(() => world.requests.length > 0);
  await first.crash();
  const second = await startRun(store, configOf([webhookConfig('new', 'https://unused.example')]), {
    receivers: [fakeReceiver(world, 'new', [])],
  });
  await store.tell(noticeOf('opened', { incident: 'b-1', n: 5, receivers: ['new'] }));
  await eventually(async () => (await store.outcomes()).length === 2);
  expect(world.requests.filter(({ receiver }) => receiver === 'new').map(({ key }) => key)).toEqual([
    'new/b-1/105/0',
  ]);
  expect(await store.deadLetters()).toMatchObject([{ reason: 'old: receiver-removed' }]);
  await second.stop();
});
