import { afterEach, describe, expect, test } from 'vitest';
import { HEARTBEAT_MS } from './events-route.ts';
import { startDashboard, type TestDashboard } from './testing/dashboard.ts';
import {
  appendConfig,
  appendIncident,
  appendSeries,
  configRevision,
  incident,
  MINUTE_MS,
  NIGHT,
  seriesMinute,
} from './testing/seed.ts';

interface Message {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: { incident?: { revision: number }; watches?: { id: string; people: number }[] };
}

let dashboard: TestDashboard | undefined;
const readers: AbortController[] = [];
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.abort();
  await dashboard?.close();
  dashboard = undefined;
});

async function start(): Promise<{ on: TestDashboard; url: string }> {
  dashboard = await startDashboard({ seed: (log) => appendConfig(log, configRevision()) });
  return { on: dashboard, url: `${await dashboard.server.listen()}/api/events` };
}

/** Reads a stream as a browser would, one message at a time. */
async function open(url: string, lastEventId?: string) {
  const closing = new AbortController();
  readers.push(closing);
  const reply = await fetch(url, {
    headers: { accept: 'text/event-stream', ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
    signal: closing.signal,
  });
  expect(reply.headers.get('content-type')).toBe('text/event-stream');
  const chunks = reply.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  let held = '';
  const next = async (): Promise<Message> => {
    for (;;) {
      const end = held.indexOf('\n\n');
      if (end >= 0) {
        const fields = new Map(
          held
            .slice(0, end)
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        );
        held = held.slice(end + 2);
        return { id: fields.get('id'), event: fields.get('event')!, data: JSON.parse(fields.get('data')!) };
      }
      const chunk = await chunks.next();
      if (chunk.done) throw new Error('the stream ended');
      held += chunk.value;
    }
  };
  return { next, close: () => closing.abort() };
}

const transition = async (on: TestDashboard, revision: number) => {
  await appendIncident(on.log, incident({ revision }));
  await on.settle();
};

/** Reads until the incident of `revision` was told. */
async function untilRevision(stream: { next: () => Promise<Message> }, revision: number): Promise<Message[]> {
  const messages: Message[] = [];
  for (;;) {
    const message = await stream.next();
    messages.push(message);
    if (message.data.incident?.revision === revision) return messages;
  }
}
const revisions = (messages: readonly Message[]) =>
  messages.flatMap((message) => (message.data.incident ? [message.data.incident.revision] : []));

describe('the live stream', () => {
  test('greets with the place to go on from, then tells each change', async () => {
    const { on, url } = await start();
    const stream = await open(url);
    expect(await stream.next()).toMatchObject({ event: 'hello', id: expect.stringMatching(/^test-[0-9]+$/) });
    await transition(on, 1);
    await transition(on, 2);
    expect(revisions(await untilRevision(stream, 2))).toEqual([1, 2]);
  });

  test('goes on after a lost line without a gap and without a repetition', async () => {
    const { on, url } = await start();
    const first = await open(url);
    await transition(on, 1);
    const before = await untilRevision(first, 1);
    const lastId = before.findLast((message) => message.id)!.id!;
    first.close();
    await transition(on, 2);
    await transition(on, 3);
    const second = await open(url, lastId);
    await transition(on, 4);
    const after = await untilRevision(second, 4);
    expect(revisions([...before, ...after])).toEqual([1, 2, 3, 4]);
    const ids = [...before, ...after].flatMap(({ id, event }) => (id && event !== 'hello' ? [id] : []));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('the id an overview came with leaves nothing out between it and the stream', async () => {
    const { on, url } = await start();
    const overview = (
      await on.server.app.inject({ url: '/api/overview', headers: { host: 'localhost' } })
    ).json();
    await transition(on, 5);
    const stream = await open(`${url}?after=${overview.eventId}`);
    expect(revisions(await untilRevision(stream, 5))).toEqual([5]);
  });

  test.each(['earlier-7', 'test-999999', 'test-', 'nonsense'])(
    'tells a reader that comes with “%s” to read everything anew',
    async (lastEventId) => {
      const { url } = await start();
      const stream = await open(url, lastEventId);
      expect((await stream.next()).event).toBe('hello');
      expect(await stream.next()).toMatchObject({ event: 'reset', id: expect.stringMatching(/^test-/) });
    },
  );

  test('a reader so slow that its place fell out of the ring is told to read anew', async () => {
    const { on, url } = await start();
    for (let index = 0; index < 2_100; index++) on.view.events.push({ kind: 'sources' });
    const stream = await open(url, 'test-1');
    await stream.next();
    expect((await stream.next()).event).toBe('reset');
  });

  test('beats every 15 seconds when nothing happens, without an id', async () => {
    const { on, url } = await start();
    const stream = await open(url);
    const hello = await stream.next();
    await on.clock.advance(HEARTBEAT_MS);
    const beat = await stream.next();
    expect(beat.event).toBe('heartbeat');
    expect(beat.id).toBeUndefined();
    expect(hello.id).toBeDefined();
  });

  test('minutes that close in a burst are told as one row with its newest state', async () => {
    const { on, url } = await start();
    const stream = await open(url);
    await stream.next();
    for (let index = 20; index > 0; index--)
      await appendSeries(on.log, seriesMinute({ minute: NIGHT - index * MINUTE_MS }));
    await on.settle();
    await on.settle();
    const rows = await stream.next();
    expect(rows.event).toBe('watches');
    expect(rows.data.watches!.map(({ id, people }) => [id, people])).toEqual([['orion-stock', 20]]);
  });

  test('ends with the server, and the server does not wait for it', async () => {
    const { on, url } = await start();
    const stream = await open(url);
    await stream.next();
    await on.server.close();
    await expect(stream.next()).rejects.toThrow();
  });
});
