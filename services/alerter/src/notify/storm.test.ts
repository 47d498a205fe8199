import type { Notice, Transition } from '@foreshock/model/notice';
import { expect, test } from 'vitest';
import { noticeOf } from '../../../../tests/fakes/notice.ts';
import {
  type AppendHook,
  configOf,
  createStore,
  quiet,
  startRun,
  webhookConfig,
} from '../../../../tests/fakes/notify-run.ts';
import type { Answer, Receiver } from '../receivers/receiver.ts';

/** Set it to 10000 for the figure that is published. */
const TRANSITIONS = Number(process.env['FORESHOCK_STORM_TRANSITIONS'] ?? 1_000);
const SEED = Number(process.env['FORESHOCK_SEED'] ?? 7);
const INCIDENTS = 150;
const RECEIVERS = ['one', 'two'] as const;

/** Numerical Recipes’ generator: the same seed plays the same night. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Seen {
  readonly accepted: { readonly key: string; readonly notices: readonly string[] }[];
  ambiguous: number;
  /** Requests while the receiver had asked to be left alone. */
  tooEarly: number;
  heldUntil: number;
}

test(`in ${TRANSITIONS} transitions with failing receivers and dying processes, nothing is lost`, async () => {
  const random = randomFrom(SEED);
  const store = await createStore();
  const seen = new Map(
    RECEIVERS.map((id): [string, Seen] => [id, { accepted: [], ambiguous: 0, tooEarly: 0, heldUntil: 0 }]),
  );
  const receivers = RECEIVERS.map((id): Receiver => {
    const mine = seen.get(id)!;
    return {
      id,
      kind: 'webhook',
      render: (input) => ({
        body: JSON.stringify(input.kind === 'incident' ? input.notices.map((notice) => notice.id) : []),
        contentType: 'application/json',
      }),
      async send(body, { key, signal }): Promise<Answer> {
        await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) return { kind: 'retry', reason: 'connection-broken', ambiguous: true };
        const waitMs = mine.heldUntil - store.clock.now();
        if (waitMs > 0) {
          mine.tooEarly += 1;
          return { kind: 'retry', reason: 'rate-limited', status: 429, waitMs };
        }
        const dice = random();
        if (dice < 0.05) {
          mine.heldUntil = store.clock.now() + 3_000;
          return { kind: 'retry', reason: 'rate-limited', status: 429, waitMs: 3_000 };
        }
        if (dice < 0.15) return { kind: 'retry', reason: 'server-error', status: 500 };
        mine.accepted.push({ key, notices: JSON.parse(body) as string[] });
        if (dice < 0.2) {
          mine.ambiguous += 1;
          return { kind: 'retry', reason: 'timeout', ambiguous: true };
        }
        return { kind: 'delivered', status: 200 };
      },
    };
  });
  const config = configOf(RECEIVERS.map((id) => webhookConfig(id, 'https://unused.example')));

  const states = new Map<number, Transition>();
  const story = Array.from({ length: TRANSITIONS }, (_, n): Notice => {
    const incident = Math.floor(random() * INCIDENTS);
    const before = states.get(incident);
    const next: Transition = !before
      ? 'opened'
      : before === 'resolved'
        ? 'reopened'
        : random() < 0.5
          ? 'resolved'
          : 'escalated';
    states.set(incident, next);
    return noticeOf(next, {
      incident: `w-${incident}`,
      n,
      receivers: RECEIVERS,
      severity: random() < 0.3 ? 'critical' : 'warning',
    });
  });

  let kills = 0;
  let told = 0;
  const startOne = (writesToLive: number) => {
    const onAppend =
      (kill: () => void): AppendHook =>
      ({ index }) => {
        if (index >= writesToLive) kill();
      };
    return startRun(store, config, { receivers, onAppend, random });
  };
  let run = await startOne(1 + Math.floor(random() * 200));
  const owed = TRANSITIONS * RECEIVERS.length;
  for (let turn = 0; turn < TRANSITIONS * 20; turn++) {
    const more = told + Math.floor(random() * 8);
    if (told < story.length) await store.tell(...story.slice(told, more));
    told = Math.min(more, story.length);
    await quiet(4);
    await store.clock.advance(random() < 0.2 ? 1_000 : 50);
    if (run.dead) {
      await run.crash();
      kills += 1;
      run = await startOne(told < story.length ? 1 + Math.floor(random() * 200) : Number.POSITIVE_INFINITY);
    }
    if (told === story.length && turn % 50 === 0) {
      const finished = [...(await store.states()).values()].filter(({ state }) => state === 'delivered');
      if (finished.reduce((sum, { notices }) => sum + notices.length, 0) >= owed) break;
    }
  }
  await run.stop();

  expect(kills).toBeGreaterThan(TRANSITIONS / 250);
  for (const receiver of RECEIVERS) {
    const { accepted, ambiguous, tooEarly } = seen.get(receiver)!;
    const all = new Set(accepted.flatMap(({ notices }) => notices));
    expect(story.filter(({ id }) => !all.has(id)).map(({ id }) => id)).toEqual([]);
    const keyOf = new Map<string, Set<string>>();
    for (const { key, notices } of accepted)
      for (const id of notices) keyOf.set(id, (keyOf.get(id) ?? new Set()).add(key));
    expect([...keyOf].filter(([, keys]) => keys.size > 1)).toEqual([]);
    const repeats = accepted.length - new Set(accepted.map(({ key }) => key)).size;
    // Each ambiguous answer and each process that died with a request under way may repeat one body, under its key.
    expect(repeats).toBeLessThanOrEqual(ambiguous + kills);
    // Only a new process does not know of the wait; it asks once and is told again.
    expect(tooEarly).toBeLessThanOrEqual(kills);
  }
});
