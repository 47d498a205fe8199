import { expect, test } from 'vitest';
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

/** A store whose group says, from when it is told to, that telling people is another’s task. */
async function shared() {
  const store = await createStore();
  let mine = true;
  const log: typeof store.log = {
    ...store.log,
    join: async (options) => ({ ...(await store.log.join(options)), owns: async () => mine }),
  };
  return {
    store: { ...store, log },
    lose: () => {
      mine = false;
    },
    regain: () => {
      mine = true;
    },
  };
}

test('a process that was frozen and lost its task tells nobody and writes nothing', async () => {
  const { store, lose, regain } = await shared();
  const server = await startReceiverServer();
  const run = await startRun(store, configOf([webhookConfig('hook', server.url)]));
  lose();
  await store.tell(noticeOf('opened', { receivers: ['hook'] }));
  await quiet();
  await store.clock.advance(5_000);
  await quiet();
  expect(server.received).toEqual([]);
  expect(await store.deliveries()).toEqual([]);

  // Control: it is the lost task alone that holds it back.
  regain();
  await store.clock.advance(1_000);
  await server.arrived(1);
  await eventually(async () =>
    [...(await store.states()).values()].every(({ state }) => state === 'delivered'),
  );
  await run.stop();
  await server.close();
});
