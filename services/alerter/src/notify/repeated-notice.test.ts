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

test('a notice that triage writes again after a restart is not told again, however long it is finished', async () => {
  const store = await createStore();
  const server = await startReceiverServer();
  const config = configOf([webhookConfig('hook', server.url)]);
  const opened = noticeOf('opened', { receivers: ['hook'] });
  const run = await startRun(store, config);
  await store.tell(opened);
  await server.arrived(1);
  await eventually(async () =>
    [...(await store.states()).values()].every(({ state }) => state === 'delivered'),
  );
  // In good order, so that its position is noted beyond the notice.
  await run.stop();
  expect((await store.log.committed('notify', 'notices')).get(0)).toBe(1);

  const again = await startRun(store, config);
  await store.tell(opened);
  await quiet();
  await store.tell(noticeOf('resolved', { n: 1, receivers: ['hook'] }));
  await server.arrived(2);
  expect(server.received.map(({ body }) => JSON.parse(body).type)).toEqual([
    'incident.opened',
    'incident.resolved',
  ]);
  await again.stop();
  await server.close();
});

test('a notice written again behind a later one does not make the later one look told', async () => {
  const store = await createStore();
  const server = await startReceiverServer();
  const config = configOf([webhookConfig('hook', server.url)]);
  const opened = noticeOf('opened', { receivers: ['hook'] });
  const escalated = noticeOf('escalated', { n: 1, receivers: ['hook'] });
  const run = await startRun(store, config);
  await store.tell(opened);
  await server.arrived(1);
  await eventually(async () =>
    [...(await store.states()).values()].every(({ state }) => state === 'delivered'),
  );
  await run.crash();
  await store.tell(escalated, opened);

  const again = await startRun(store, config);
  await server.arrived(2);
  await quiet();
  expect(server.received.map(({ body }) => JSON.parse(body).type)).toEqual([
    'incident.opened',
    'incident.escalated',
  ]);
  await again.stop();
  await server.close();
});
