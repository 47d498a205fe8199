import { encodeJson } from '@foreshock/model/canonical-json';
import { silentLogger } from '@foreshock/runtime/log';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noticeOf, POSTS } from '../../../../tests/fakes/notice.ts';
import {
  configOf,
  createStore,
  eventually,
  type Store,
  startRun,
  webhookConfig,
} from '../../../../tests/fakes/notify-run.ts';
import { type ReceiverServer, startReceiverServer } from '../../../../tests/fakes/receiver-server.ts';
import { followEvidenceTexts } from './evidence-texts.ts';
import { eraseFinishedBodies, startBodyEraser } from './finished-bodies.ts';

let store: Store;
let server: ReceiverServer;
const config = () => configOf([webhookConfig('hook', server.url)]);
beforeEach(async () => {
  store = await createStore();
  server = await startReceiverServer();
});
afterEach(() => server.close());

/** Bodies that the log still gives to a reader from its start. */
const bodies = async () =>
  (await store.deliveries()).map(({ body }) => body).filter((body) => body.includes(POSTS[0]!.content));

test('a body that was delivered goes, and a restart sends nothing again', async () => {
  const run = await startRun(store, config());
  await store.tell(noticeOf('opened', { receivers: ['hook'] }));
  await server.arrived(1);
  await eventually(async () =>
    [...(await store.states()).values()].every(({ state }) => state === 'delivered'),
  );
  // It dies: where it stood in the notices was never noted.
  await run.crash();
  expect(await bodies()).toHaveLength(1);

  expect(await eraseFinishedBodies(store.log)).toBe(0);
  expect(await bodies()).toEqual([]);

  const again = await startRun(store, config());
  await store.tell(noticeOf('resolved', { n: 1, receivers: ['hook'] }));
  await server.arrived(2);
  expect(server.received.map(({ body }) => JSON.parse(body).type)).toEqual([
    'incident.opened',
    'incident.resolved',
  ]);
  await again.stop();
});

test('a body that waits for its receiver stays until it is through', async () => {
  server.otherwise({ status: 503 });
  const run = await startRun(store, config());
  await store.tell(noticeOf('opened', { receivers: ['hook'] }));
  await server.arrived(1);
  const texts = await followEvidenceTexts({
    log: store.log,
    clock: store.clock,
    onErased: () => eraser.ask(),
  });
  const eraser = startBodyEraser({ log: store.log, clock: store.clock, logger: silentLogger });
  await store.log.append('texts', [{ key: POSTS[0]!.id, value: encodeJson(POSTS[0]) }]);
  await store.log.erase('texts', [POSTS[0]!.id]);
  await texts.caughtUp();
  await store.clock.advance(5_000);
  expect(await bodies()).toHaveLength(1);

  server.otherwise({ status: 200 });
  await eventually(async () => {
    await store.clock.advance(1_000);
    return (await bodies()).length === 0;
  });
  expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
  await eraser.stop();
  await texts.stop();
  await run.stop();
});
