import { expect, onTestFinished, test } from 'vitest';
import { noticeOf } from '../../../../tests/fakes/notice.ts';
import {
  configOf,
  createStore,
  eventually,
  quiet,
  startRun,
  webhookConfig,
} from '../../../../tests/fakes/notify-run.ts';
import { startReceiverServer } from '../../../../tests/fakes/receiver-server.ts';

test.each([
  { owned: false, writes: 'nothing, and tells nobody' },
  { owned: true, writes: 'what it tells' },
])('a notifier of which the group says owned: $owned writes $writes', async ({ owned }) => {
  const hook = await startReceiverServer();
  const store = await createStore();
  let asked = 0;
  const log: typeof store.log = {
    ...store.log,
    join: async (options) => ({
      ...(await store.log.join(options)),
      owns: async () => {
        asked += 1;
        return owned;
      },
    }),
  };
  const run = await startRun({ ...store, log }, configOf([webhookConfig('hook', hook.url)]));
  onTestFinished(async () => {
    // What is stuck at the end of a process gets some seconds.
    const stopped = run.stop();
    await quiet();
    await store.clock.advance(10_000);
    await stopped;
    await hook.close();
  });
  await store.tell(noticeOf('opened', { receivers: ['hook'] }));
  await eventually(() => asked > 0);
  if (owned) await eventually(() => hook.received.length === 1);
  await quiet();
  expect(hook.received).toHaveLength(owned ? 1 : 0);
  expect((await store.deliveries()).length > 0).toBe(owned);
});

test('a notifier whose share went on while it was restored is not held up by that', async () => {
  const hook = await startReceiverServer();
  const store = await createStore();
  const config = configOf([webhookConfig('hook', hook.url)]);
  // It dies when the receiver has it, before it could say so.
  const first = await startRun(store, config, {
    onAppend: (kill) => (call) => void (call.topic === 'signals' && kill()),
  });
  await store.tell(noticeOf('opened', { receivers: ['hook'] }));
  await eventually(() => first.dead);
  await first.crash();
  const log: typeof store.log = {
    ...store.log,
    join: async (options) => ({ ...(await store.log.join(options)), owns: async () => false }),
  };
  const late = await startRun({ ...store, log }, config);
  // Every owner says what came of it; readers know an outcome by receiver and notice.
  await eventually(async () => (await store.outcomes()).length === 1);
  await late.stop();
  await hook.close();
});
