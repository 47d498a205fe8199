import { readFileSync } from 'node:fs';
import type { SourceBatch } from '@foreshock/model/source';
import { VirtualClock } from '@foreshock/runtime/clock';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  type JetstreamServerOptions,
  startJetstreamServer,
} from '../../../../../tests/fakes/jetstream-server.ts';
import { runSource, type SourceRunOptions } from '../../../../../tests/fakes/source-run.ts';
import { realData } from '../../../../../tests/real-data.ts';
import { FrameStream, QUEUE_FRAMES_MAX } from './frame-stream.ts';
import { type BlueskyOptions, blueskySource, foldFrames, JETSTREAM_HOSTS, subscribeUrl } from './source.ts';

const FIRST_US = 1_790_000_000_000_000;
const samples = readFileSync(new URL('testdata/events.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');

/** Time of a sample’s stream, so that nothing in it is history. */
const clockAt = (timeUs: number) => new VirtualClock(Math.floor(timeUs / 1_000) + 1_000);

const post = (index: number, timeUs: number, text = `post ${index}`) =>
  JSON.stringify({
    did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa',
    time_us: timeUs,
    kind: 'commit',
    commit: {
      operation: 'create',
      collection: 'app.bsky.feed.post',
      rkey: `3m${index}`,
      record: { text, createdAt: new Date(timeUs / 1_000).toISOString() },
    },
  });

const started: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
});

async function serve(options: JetstreamServerOptions) {
  const server = await startJetstreamServer(options);
  started.push({ stop: () => server.close() });
  return server;
}

function run(endpoint: string, options: SourceRunOptions & { source?: Partial<BlueskyOptions> } = {}) {
  const { source, ...rest } = options;
  const started_ = runSource(blueskySource({ name: 'sky', endpoint, ...source }), {
    clock: clockAt(FIRST_US),
    ...rest,
  });
  started.push(started_);
  return started_;
}

const texts = (batches: readonly SourceBatch[]) =>
  batches.flatMap((batch) => batch.mentions.map((mention) => mention.content));

describe('reading the stream', () => {
  test('asks for posts and reposts only and hands over what comes, with the cursor that follows', async () => {
    const server = await serve({});
    const source = run(server.url);
    await source.until(() => server.connections.length === 1 && source.statuses.length === 1);
    expect(source.statuses).toEqual([{ state: 'connected' }]);
    expect(server.connections[0]!.query.getAll('wantedCollections')).toEqual([
      'app.bsky.feed.post',
      'app.bsky.feed.repost',
    ]);
    expect(server.connections[0]!.query.get('cursor')).toBeNull();
    for (const frame of samples) server.publish(frame);
    await source.until(() => source.cursor === '1790000000800000', 1);
    expect(source.batches.flatMap((batch) => batch.mentions.map(({ op }) => op))).toEqual([
      'create',
      'create',
      'announce',
      'update',
      'delete',
    ]);
    expect(source.batches.flatMap((batch) => batch.erasures ?? [])).toEqual([
      { author: 'bluesky:did:plc:bbbbbbbbbbbbbbbbbbbbbbbb' },
    ]);
    // The newest event came at …800 ms; what clients stamp needs five seconds to settle.
    expect(source.batches.at(-1)!.completeUpTo).toBe(1_790_000_000_800 - 5_000);
  });

  test('a frame waits at most 100 ms for company, and 500 frames wait for nothing', async () => {
    const server = await serve({});
    const source = run(server.url);
    await source.until(() => source.statuses.length === 1);
    server.publish(post(0, FIRST_US));
    await source.until(() => source.clock.waiting === 2);
    await source.clock.advance(99);
    expect(source.batches).toHaveLength(0);
    await source.clock.advance(1);
    expect(source.batches).toHaveLength(1);
    const before = source.clock.now();
    for (let index = 1; index <= 500; index++) server.publish(post(index, FIRST_US + index));
    await source.until(() => source.batches.length === 2);
    expect(source.batches[1]!.mentions).toHaveLength(500);
    expect(source.clock.now()).toBe(before);
  });

  test('malformed frames are counted by reason and spoil nothing', async () => {
    const server = await serve({});
    const source = run(server.url);
    await source.until(() => source.statuses.length === 1);
    server.publish('{"did":');
    server.publish(post(1, FIRST_US));
    server.publish('[]');
    server.connections[0]!.socket.send(Buffer.from([1, 2, 3]), { binary: true });
    server.publish(post(2, FIRST_US + 1));
    await source.until(() => texts(source.batches).length === 2, 1);
    expect(source.batches.flatMap((batch) => batch.refused ?? [])).toEqual([
      'not-json',
      'not-an-event',
      'not-json',
    ]);
  });
});

describe('coming back', () => {
  test('after a cut the next run rewinds, repeats some and loses nothing', async () => {
    const frames = Array.from({ length: 40 }, (_, index) => post(index, FIRST_US + index * 1_000_000));
    const server = await serve({ frames, cutAfter: [25] });
    const clock = clockAt(FIRST_US + 60_000_000);
    const first = run(server.url, { clock, cursor: String(FIRST_US) });
    await first.until(() => first.ended, 1);
    expect(first.end).toMatchObject({ kind: 'retry', reason: 'closed-1011' });
    expect(first.statuses.at(-1)).toEqual({ state: 'disconnected', reason: 'closed-1011' });
    expect(first.cursor).toBe(String(FIRST_US + 24_000_000));

    const second = run(server.url, { clock, cursor: first.cursor! });
    await second.until(() => texts(second.batches).includes('post 39'), 1);
    expect(server.connections[1]!.query.get('cursor')).toBe(String(FIRST_US + 14_000_000));
    const all = [...texts(first.batches), ...texts(second.batches)];
    expect(new Set(all).size).toBe(40);
    expect(all.length - 40).toBe(11);
    expect([...first.batches, ...second.batches].some((batch) => batch.gap)).toBe(false);
  });

  test('a cursor older than what the server keeps is told as a gap', async () => {
    const frames = [post(1, FIRST_US + 3_600_000_000), post(2, FIRST_US + 3_601_000_000)];
    const server = await serve({ frames, retainedFromUs: FIRST_US + 3_600_000_000 });
    const source = run(server.url, { clock: clockAt(FIRST_US + 3_602_000_000), cursor: String(FIRST_US) });
    await source.until(() => texts(source.batches).length === 2, 1);
    expect(source.batches[0]!.gap).toEqual({ from: FIRST_US / 1_000, to: FIRST_US / 1_000 + 3_600_000 });
    const marks = source.batches.flatMap((batch) =>
      batch.mentions.map((mention) => mention.ingest.gapBefore),
    );
    expect(marks).toEqual([true, undefined]);
  });

  test('an hour of history is flagged as such until the stream is nearly live', async () => {
    const frames = [post(1, FIRST_US), post(2, FIRST_US + 3_000_000_000), post(3, FIRST_US + 3_600_000_000)];
    const server = await serve({ frames });
    const source = run(server.url, { clock: clockAt(FIRST_US + 3_600_000_000), cursor: String(FIRST_US) });
    await source.until(() => texts(source.batches).length === 3, 1);
    const replays = source.batches.flatMap((batch) => batch.mentions.map((mention) => mention.ingest.replay));
    expect(replays).toEqual([true, false, false]);
  });

  test('a stored cursor that is no time is left aside with a warning', async () => {
    const server = await serve({});
    const source = run(server.url, { cursor: 'abc' });
    await source.until(() => server.connections.length === 1);
    expect(server.connections[0]!.query.get('cursor')).toBeNull();
    expect(source.warnings).toHaveLength(1);
  });
});

describe('a stream that fails', () => {
  test('an open connection without events is given up after a minute, although it answers pings', async () => {
    const server = await serve({});
    const source = run(server.url);
    await source.until(() => source.statuses.length === 1);
    let pings = 0;
    server.connections[0]!.socket.on('ping', () => pings++);
    for (let quarter = 1; quarter <= 3; quarter++) {
      await source.clock.advance(15_000);
      await source.until(() => pings === quarter || source.ended);
    }
    expect(source.ended).toBe(false);
    await source.until(() => source.ended, 0);
    expect(source.end).toEqual({ kind: 'retry', reason: 'silent' });
  });

  test('a server that answers nothing at all is given up after 45 s', async () => {
    const server = await serve({ answersPings: false });
    const source = run(server.url, { source: { silentAfterMs: 3_600_000 } });
    await source.until(() => source.statuses.length === 1);
    await source.clock.advance(44_000);
    expect(source.ended).toBe(false);
    await source.clock.advance(16_000);
    await source.until(() => source.ended);
    expect(source.end).toEqual({ kind: 'retry', reason: 'heartbeat-lost' });
  });

  test.each([
    [429, { 'Retry-After': '7' }, { kind: 'retry', reason: 'http-429', waitMs: 7_000 }],
    [503, {}, { kind: 'retry', reason: 'http-503' }],
    [403, {}, { kind: 'stop', reason: 'the stream refuses us (HTTP 403)' }],
  ])('a handshake answered %s ends the run as told', async (status, headers, end) => {
    const server = await serve({ refuse: { status, headers } });
    const source = run(server.url);
    await source.until(() => source.ended);
    expect(source.end).toEqual(end);
  });

  test('a closed port is a retry without the address in its reason', async () => {
    const server = await startJetstreamServer();
    await server.close();
    const source = run(server.url);
    await source.until(() => source.ended);
    expect(source.end).toEqual({ kind: 'retry', reason: 'econnrefused' });
  });

  test.each(['https://a.example/subscribe', 'file:///etc/passwd', 'nonsense'])(
    'the endpoint %s stops the source',
    async (endpoint) => {
      const source = run(endpoint);
      await source.until(() => source.ended);
      expect(source.end).toMatchObject({ kind: 'stop' });
    },
  );

  test('stopping ends the run quietly, whatever it waits for', async () => {
    const server = await serve({ frames: [post(1, FIRST_US)] });
    const source = run(server.url, { cursor: String(FIRST_US) });
    await source.until(() => source.clock.waiting === 2);
    await source.stop();
    expect(source.end).toBeUndefined();
    expect(source.batches).toHaveLength(0);
    expect(source.clock.waiting).toBe(0);
  });
});

describe('a slow log', () => {
  test('stops the reading of the socket instead of filling memory, and loses nothing', async () => {
    const total = 60_000;
    const server = await serve({});
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const source = run(server.url, { durable: () => gate });
    await source.until(() => source.statuses.length === 1);
    const socket = server.connections[0]!.socket;
    // Some 40 MB: more than the kernel’s buffers and ours can take together.
    for (let index = 0; index < total; index++) socket.send(post(index, FIRST_US + index, 'x'.repeat(500)));
    await source.until(() => source.clock.waiting === 1 && socket.bufferedAmount > 10_000_000, 1);
    open();
    await source.until(() => texts(source.batches).length === total, 1);
    expect(socket.bufferedAmount).toBe(0);
    expect(source.cursor).toBe(String(FIRST_US + total - 1));
  });

  test('the queue itself stays within its bound', async () => {
    const server = await serve({});
    const clock = clockAt(FIRST_US);
    const signal = new AbortController().signal;
    const stream = new FrameStream({ url: server.url, clock, signal, silentAfterMs: 60_000 });
    started.push({ stop: () => stream.close() });
    await stream.ready();
    const source = run(server.url);
    await source.until(() => server.connections.length === 2);
    for (let index = 0; index < 20_000; index++)
      server.connections[0]!.socket.send(post(index, FIRST_US + index, 'x'.repeat(500)));
    await source.until(() => stream.paused);
    // One read of the socket brings at most 64 KiB more, here some 90 frames.
    expect(stream.waiting).toBeGreaterThanOrEqual(QUEUE_FRAMES_MAX);
    expect(stream.waiting).toBeLessThan(QUEUE_FRAMES_MAX + 200);
  });
});

test('each failure moves on to the next public instance', async () => {
  const server = await serve({ refuse: { status: 503 } });
  const asked: string[] = [];
  class Diverted extends WebSocket {
    constructor(url: string, options: object) {
      asked.push(new URL(url).host);
      super(server.url, options);
    }
  }
  const source = blueskySource({ name: 'sky', random: () => 0.99, WebSocket: Diverted as typeof WebSocket });
  for (let attempt = 0; attempt < 2; attempt++) {
    const attempted = runSource(source);
    await attempted.until(() => attempted.ended);
    expect(attempted.end).toEqual({ kind: 'retry', reason: 'http-503' });
  }
  expect(asked).toEqual([JETSTREAM_HOSTS[3], JETSTREAM_HOSTS[0]]);
});

test('the address carries the filter, the size limit and the rewound cursor', () => {
  const url = new URL(subscribeUrl('wss://a.example/subscribe', FIRST_US)!);
  expect(url.searchParams.get('cursor')).toBe(String(FIRST_US - 10_000_000));
  expect(url.searchParams.get('maxMessageSizeBytes')).toBe('262144');
});

test('a batch of repeats moves neither cursor nor completeness back', () => {
  const position = { resumedUs: FIRST_US, seen: false, maxUs: FIRST_US };
  const at = { observedMs: FIRST_US / 1_000, replayAfterMs: 1_800_000 };
  const { batch } = foldFrames(position, [post(1, FIRST_US - 5_000_000), post(2, FIRST_US)], at);
  expect(batch.mentions).toHaveLength(2);
  expect(batch).not.toHaveProperty('cursor');
  expect(batch).not.toHaveProperty('completeUpTo');
});

const recorded = realData('sources/jetstream/events-window-a.jsonl');
if (!recorded) console.warn('The real data folder is absent: recorded samples are NOT RUN');
describe(`the recorded window${recorded ? '' : ' (NOT RUN: the real data folder is absent)'}`, () => {
  test.runIf(recorded)('is taken whole through a cut in its middle', async () => {
    const frames = readFileSync(recorded!, 'utf8').trim().split('\n');
    const timesUs = frames.map((frame) => Number(JSON.parse(frame).time_us));
    const clock = clockAt(timesUs[0]!);
    const server = await serve({ frames, cutAfter: [7] });
    const first = run(server.url, { clock, cursor: String(timesUs[0]) });
    await first.until(() => first.ended, 1);
    const second = run(server.url, { clock, cursor: first.cursor! });
    const ids = () =>
      new Set([...first.batches, ...second.batches].flatMap((batch) => batch.mentions.map(({ id }) => id)));
    await second.until(() => ids().size === 16, 1);
    expect([...first.batches, ...second.batches].some((batch) => batch.gap || batch.refused)).toBe(false);
  });
});
