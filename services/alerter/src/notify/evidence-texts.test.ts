import { encodeJson } from '@foreshock/model/canonical-json';
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
import { type EvidenceTexts, followEvidenceTexts } from './evidence-texts.ts';

let store: Store;
let texts: EvidenceTexts;
let server: ReceiverServer;
beforeEach(async () => {
  store = await createStore();
  server = await startReceiverServer();
  texts = await followEvidenceTexts({ log: store.log, clock: store.clock });
});
afterEach(async () => {
  await texts.stop();
  await server.close();
});
const keep = (...posts: readonly (typeof POSTS)[number][]) =>
  store.log.append(
    'texts',
    posts.map((post) => ({ key: post.id, value: encodeJson(post) })),
  );

test('a post is at hand once it was written, and gone once it was erased', async () => {
  await keep(...POSTS);
  await texts.caughtUp();
  expect(texts.textOf('forum::b')).toEqual(POSTS[1]);
  await store.log.erase('texts', ['forum::b']);
  await eventually(() => texts.textOf('forum::b') === undefined);
  expect(texts.textOf('bluesky::a')).toEqual(POSTS[0]);
});

test('only the newest two thousand are kept', async () => {
  await keep(...Array.from({ length: 2_005 }, (_, n) => ({ ...POSTS[0]!, id: `bluesky::${n}` })));
  await eventually(() => texts.textOf('bluesky::2004') !== undefined);
  expect(texts.textOf('bluesky::4')).toBeUndefined();
  expect(texts.textOf('bluesky::5')).toBeDefined();
});

test('a notice written right after its posts quotes them', async () => {
  const run = await startRun(store, configOf([webhookConfig('hook', server.url)]), {
    textOf: (id) => texts.textOf(id),
    textsReady: () => texts.caughtUp(),
  });
  await Promise.all([keep(...POSTS), store.tell(noticeOf('opened', { receivers: ['hook'] }))]);
  const { body } = await server.arrived(1);
  expect(JSON.parse(body).data.posts).toHaveLength(3);
  await run.stop();
});

test('a notice whose posts were erased is told without them, and does not wait', async () => {
  const run = await startRun(store, configOf([webhookConfig('hook', server.url)]), {
    textOf: (id) => texts.textOf(id),
    textsReady: () => texts.caughtUp(),
  });
  await store.tell(noticeOf('opened', { receivers: ['hook'] }));
  const { body } = await server.arrived(1);
  expect(JSON.parse(body).data.posts).toEqual([]);
  await run.stop();
});
