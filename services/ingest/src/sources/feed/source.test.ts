import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { SourceBatch } from '@foreshock/model/source';
import { VirtualClock } from '@foreshock/runtime/clock';
import { createGuardedFetch } from '@foreshock/runtime/guarded-fetch';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FeedServer, startFeedServer } from '../../../../../tests/fakes/feed-server.ts';
import { eventually, runSource, type SourceRunOptions } from '../../../../../tests/fakes/source-run.ts';
import { type FeedSourceOptions, feedSource } from './source.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 8, 21, 13);
const sample = (file: string) => readFileSync(new URL(`testdata/${file}`, import.meta.url));

interface Entry {
  readonly id: string;
  readonly title?: string;
  readonly minute?: number;
}
const rss = (...entries: Entry[]) =>
  `<rss version="2.0"><channel><title>T</title>${entries
    .map(
      ({ id, title = id, minute }) =>
        `<item><guid isPermaLink="false">${id}</guid><title>${title}</title>${
          minute === undefined ? '' : `<pubDate>${new Date(NOW + minute * MINUTE).toUTCString()}</pubDate>`
        }</item>`,
    )
    .join('')}</channel></rss>`;

let server: FeedServer;
let guarded: ReturnType<typeof createGuardedFetch>;
const runs: { stop(): Promise<void> }[] = [];
beforeEach(async () => {
  server = await startFeedServer();
  guarded = createGuardedFetch();
});
afterEach(async () => {
  for (const run of runs.splice(0)) await run.stop();
  await guarded.close();
  await server.close();
});

function poll(
  paths: readonly string[],
  options: SourceRunOptions & { source?: Partial<FeedSourceOptions> } = {},
) {
  const { source, ...rest } = options;
  const run = runSource(
    feedSource({
      name: 'news',
      urls: paths.map((path) => (path.startsWith('http') ? path : server.url(path))),
      everyMs: 5 * MINUTE,
      fetch: guarded.fetch,
      allowPrivateAddresses: true,
      ...source,
    }),
    { clock: new VirtualClock(NOW), ...rest },
  );
  runs.push(run);
  return {
    ...run,
    batches: run.batches,
    get cursor() {
      return run.cursor;
    },
    get end() {
      return run.end;
    },
    get ended() {
      return run.ended;
    },
    /** Waits until so many polls of this run have ended, well or not, and the next one is awaited. */
    async polled(polls: number) {
      const ended = () =>
        run.batches.filter(({ mentions, cursor }) => mentions.length < 500 || cursor !== undefined).length +
        run.warnings.filter(({ message }) => message === 'A feed could not be read').length;
      await run.until(() => ended() >= polls && (run.ended || run.clock.waiting === 1));
    },
  };
}

const seen = (batches: readonly SourceBatch[]) =>
  batches.flatMap(({ mentions }) =>
    mentions.map(({ op, name, ingest }) => `${op} ${name}${ingest.replay ? ' (history)' : ''}`),
  );

describe('polling', () => {
  test('the first look is history, later items are news, edits are updates; unchanged feeds answer 304', async () => {
    server.serve(
      '/f',
      { body: rss({ id: 'b' }, { id: 'a' }), headers: { etag: '"1"' } },
      { body: rss({ id: 'b' }, { id: 'a' }), headers: { etag: '"1"' } },
      { body: rss({ id: 'c', minute: 9 }, { id: 'b', title: 'B!' }, { id: 'a' }), headers: { etag: '"2"' } },
    );
    const run = poll(['/f']);
    await run.polled(1);
    expect(seen(run.batches)).toEqual(['create a (history)', 'create b (history)']);
    expect(run.statuses).toEqual([{ state: 'connected' }]);
    await run.clock.advance(5 * MINUTE);
    await run.polled(2);
    expect(server.requests[1]!.headers).toMatchObject({ 'if-none-match': '"1"' });
    expect(run.batches.at(-1)).toMatchObject({ mentions: [], completeUpTo: NOW + 5 * MINUTE });
    await run.clock.advance(5 * MINUTE);
    await run.polled(3);
    expect(seen(run.batches).slice(2)).toEqual(['update B!', 'create c']);
    expect(run.batches.at(-1)!.mentions[1]).toMatchObject({ published: '2026-09-21T13:09:00.000Z' });
  });

  test('every format and the redirects of Google Alerts arrive as mentions', async () => {
    for (const file of ['rss.xml', 'atom.xml', 'rdf.xml', 'feed.json', 'google-alerts.xml'])
      server.serve(`/${file}`, { body: sample(file) });
    const run = poll(['/rss.xml', '/atom.xml', '/rdf.xml', '/feed.json', '/google-alerts.xml']);
    for (let request = 1; request <= 5; request++) {
      await run.polled(request);
      await run.clock.advance(200);
    }
    await run.polled(5);
    expect(run.batches.flatMap(({ mentions }) => mentions.map(({ url }) => url))).toContain(
      'https://paper.example/nova?id=7',
    );
    expect(seen(run.batches)).toHaveLength(8);
    expect(run.batches.flatMap(({ refused }) => refused ?? [])).toEqual(['no-words']);
  });

  test('of one host one feed is asked at a time, and the first round is spread', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    for (const path of ['/1', '/2', '/3']) server.serve(path, { body: rss({ id: path }), after: held });
    const run = poll(['/1', '/2', '/3']);
    await eventually(() => server.requests.length === 1);
    await run.clock.advance(10_000);
    expect(server.requests).toHaveLength(1);
    release();
    await run.polled(3);
    expect(server.inFlightMax).toBe(1);
    expect(run.batches).toHaveLength(3);
  });

  test('a long feed comes in batches of 500, and only the last brings the cursor', async () => {
    const ids = Array.from({ length: 1_200 }, (_, index) => ({ id: `i${index}` }));
    server.serve('/f', { body: rss(...ids) });
    const run = poll(['/f']);
    await run.polled(1);
    expect(run.batches.map(({ mentions, cursor }) => [mentions.length, cursor !== undefined])).toEqual([
      [500, false],
      [500, false],
      [200, true],
    ]);
  });

  test('packed bodies and bodies in another charset are read', async () => {
    server.serve('/gzip', { body: gzipSync(rss({ id: 'gz' })), headers: { 'content-encoding': 'gzip' } });
    server.serve('/silent', { body: gzipSync(rss({ id: 'silent' })) });
    server.serve('/latin', {
      body: Buffer.from(rss({ id: 'x', title: 'Käse' }), 'latin1'),
      headers: { 'content-type': 'text/xml; charset=utf-8' },
    });
    const run = poll(['/gzip', '/silent', '/latin']);
    for (let request = 1; request <= 3; request++) {
      await run.polled(request);
      await run.clock.advance(200);
    }
    expect(seen(run.batches).sort()).toEqual([
      'create Käse (history)',
      'create gz (history)',
      'create silent (history)',
    ]);
  });
});

describe('coming back', () => {
  test('a new run asks conditionally, knows what was seen and takes what is new for news', async () => {
    server.serve(
      '/f',
      { body: rss({ id: 'a' }), headers: { 'last-modified': 'Mon, 21 Sep 2026 12:00:00 GMT' } },
      { body: rss({ id: 'b', minute: 2 }, { id: 'a' }) },
    );
    const first = poll(['/f']);
    await first.polled(1);
    await first.stop();
    expect(first.end).toBeUndefined();
    const second = poll(['/f'], { cursor: first.cursor!, clock: new VirtualClock(NOW + 3 * MINUTE) });
    await second.polled(1);
    expect(server.requests[1]!.headers['if-modified-since']).toBe('Mon, 21 Sep 2026 12:00:00 GMT');
    expect(seen(second.batches)).toEqual(['create b']);
  });

  test('what could not be made durable comes again', async () => {
    server.serve('/f', { body: rss({ id: 'a' }) });
    const failing = runSource(
      feedSource({
        name: 'news',
        urls: [server.url('/f')],
        everyMs: MINUTE,
        fetch: guarded.fetch,
        allowPrivateAddresses: true,
      }),
      { clock: new VirtualClock(NOW), durable: () => Promise.reject(new Error('the log is full')) },
    );
    await expect(failing.until(() => failing.ended)).rejects.toThrow('the log is full');
    expect(failing.cursor).toBeUndefined();
    expect(failing.clock.waiting).toBe(0);
    const run = poll(['/f']);
    await run.polled(1);
    expect(seen(run.batches)).toEqual(['create a (history)']);
  });

  test('stopping ends a run while it is asking', async () => {
    const never = new Promise<void>(() => undefined);
    server.serve('/f', { after: never });
    const run = poll(['/f']);
    await eventually(() => server.requests.length === 1);
    await run.stop();
    expect(run.ended).toBe(true);
    expect(run.clock.waiting).toBe(0);
    expect(run.batches).toHaveLength(0);
  });
});

describe('what servers answer', () => {
  test('a permanent redirect is remembered, a temporary one is not', async () => {
    server.serve('/old', { status: 301, headers: { location: '/new' } });
    server.serve('/new', { body: rss({ id: 'a' }) });
    server.serve('/detour', { status: 302, headers: { location: '/target' } });
    server.serve('/target', { body: rss({ id: 'b' }) });
    const run = poll(['/old', '/detour']);
    await run.polled(1);
    await run.clock.advance(200);
    await run.polled(2);
    await run.clock.advance(6 * MINUTE);
    await run.polled(4);
    expect(
      server.requests
        .map(({ path }) => path)
        .slice(4)
        .sort(),
    ).toEqual(['/detour', '/new', '/target']);
    await run.stop();
    const again = poll(['/old'], { cursor: run.cursor! });
    await again.polled(1);
    expect(server.requests.at(-1)!.path).toBe('/new');
    // The identity stays with the configured address.
    expect(again.batches.flatMap(({ mentions }) => mentions)).toEqual([]);
  });

  test.each([
    [
      'a redirect loop',
      {
        '/f': { status: 302, headers: { location: '/g' } },
        '/g': { status: 301, headers: { location: '/f' } },
      },
      'redirect-loop',
    ],
    [
      'an endless chain',
      Object.fromEntries(
        Array.from({ length: 8 }, (_, at) => [
          at === 0 ? '/f' : `/${at}`,
          { status: 301, headers: { location: `/${at + 1}` } },
        ]),
      ),
      'redirects-too-many',
    ],
    [
      'a redirect to a file',
      { '/f': { status: 301, headers: { location: 'file:///etc/passwd' } } },
      'redirect-scheme',
    ],
    ['a redirect without a target', { '/f': { status: 301 } }, 'redirect-nowhere'],
    ['a page that is no feed', { '/f': { body: '<html>moved</html>' } }, 'not-a-feed'],
    ['broken XML', { '/f': { body: '<rss version="2.0"><channel><title></channel>' } }, 'malformed'],
    ['a body beyond the cap', { '/f': { body: 'x'.repeat(5_001) } }, 'too-large'],
    [
      'a small body that unpacks beyond the cap',
      { '/f': { body: gzipSync('x'.repeat(1_000_000)), headers: { 'content-encoding': 'gzip' } } },
      'too-large',
    ],
    [
      'an encoding nobody asked for',
      { '/f': { body: 'x', headers: { 'content-encoding': 'compress' } } },
      'encoding-unknown',
    ],
    ['an unasked 304', { '/f': { status: 304 } }, 'http-304'],
    ['an error of the server', { '/f': { status: 500 } }, 'http-500'],
  ] as const)('%s is a failure told once, and the feed is asked again later', async (_, replies, reason) => {
    for (const [path, reply] of Object.entries(replies)) server.serve(path, reply);
    const run = poll(['/f'], { source: { bytesMax: 5_000 } });
    await run.polled(1);
    expect(run.statuses).toEqual([{ state: 'disconnected', reason }]);
    expect(run.batches).toEqual([]);
    server.serve('/f', { body: rss({ id: 'a' }) });
    await run.clock.advance(5 * MINUTE);
    await run.until(() => run.batches.length === 1);
    expect(run.statuses.at(-1)).toEqual({ state: 'connected' });
  });

  test('429 with Retry-After is waited out to the second', async () => {
    server.serve('/f', { status: 429, headers: { 'retry-after': '1800' } }, { body: rss({ id: 'a' }) });
    const run = poll(['/f']);
    await run.polled(1);
    await run.clock.advance(1_800_000 - 1);
    expect(server.requests).toHaveLength(1);
    await run.clock.advance(1);
    await run.polled(2);
    expect(seen(run.batches)).toEqual(['create a (history)']);
  });

  test('a max-age longer than the interval is honoured', async () => {
    server.serve('/f', { body: rss({ id: 'a' }), headers: { 'cache-control': 'public, max-age=1200' } });
    const run = poll(['/f']);
    await run.polled(1);
    await run.clock.advance(1_200_000 - 1);
    expect(server.requests).toHaveLength(1);
    await run.clock.advance(1);
    await run.polled(2);
  });

  test('410 ends a feed for good, over restarts too, and the source when it was the last', async () => {
    server.serve('/gone', { status: 410 });
    server.serve('/f', { body: rss({ id: 'a' }) }, { status: 410 });
    const run = poll(['/gone', '/f']);
    await run.polled(1);
    await run.clock.advance(200);
    await run.polled(2);
    await run.clock.advance(6 * MINUTE);
    await run.until(() => run.ended);
    expect(run.end).toEqual({ kind: 'stop', reason: 'every feed is gone (HTTP 410)' });
    expect(server.requests.map(({ path }) => path)).toEqual(['/gone', '/f', '/f']);
    const again = poll(['/gone', '/f'], { cursor: run.cursor! });
    await again.until(() => again.ended);
    expect(server.requests).toHaveLength(3);
  });

  test('one failing feed neither stops the others nor makes the source look gone', async () => {
    server.serve('/bad', { status: 500 });
    server.serve('/good', { body: rss({ id: 'a' }) });
    const run = poll(['/bad', '/good']);
    await run.polled(1);
    await run.clock.advance(200);
    await run.polled(2);
    expect(run.statuses).toEqual([{ state: 'connected' }]);
    expect(run.batches).toHaveLength(1);
    expect(run.warnings).toEqual([
      {
        fields: { host: expect.any(String), reason: 'http-500', failures: 1 },
        message: 'A feed could not be read',
      },
    ]);
  });

  test('nothing that is logged or told holds the address, which may be a credential', async () => {
    server.serve('/f?key=hunter2', { status: 500 });
    const run = poll(['/f?key=hunter2']);
    await run.polled(1);
    expect(JSON.stringify([run.warnings, run.statuses])).not.toContain('hunter2');
  });

  test('a 10 MB feed is read, its newest items taken, and the loop goes on', async () => {
    const filler = 'word '.repeat(400);
    const count = 4_700;
    const items = Array.from({ length: count }, (_, index) => ({
      id: `i${index}`,
      title: filler,
      minute: -index,
    }));
    const body = rss(...items);
    expect(body.length).toBeGreaterThan(9_500_000);
    server.serve('/f', { body }, { body: rss({ id: 'new', minute: 1 }, ...items.slice(0, 20)) });
    const run = poll(['/f']);
    await run.polled(1);
    expect(seen(run.batches)).toHaveLength(2_000);
    await run.clock.advance(5 * MINUTE);
    await run.polled(2);
    expect(seen(run.batches).slice(2_000)).toEqual(['create new']);
  });
});

describe('the guard', () => {
  test('a private address is refused unless allowed, also behind a redirect', async () => {
    server.serve('/f', { status: 302, headers: { location: 'http://169.254.169.254/latest/' } });
    const closed = poll(['/f'], { source: { allowPrivateAddresses: false } });
    await closed.until(() => closed.statuses.length === 1);
    expect(closed.statuses).toEqual([{ state: 'disconnected', reason: 'address-refused' }]);
    expect(server.requests).toHaveLength(0);
    const open = poll(['/f']);
    await open.until(() => open.statuses.length === 1);
    expect(open.statuses).toEqual([{ state: 'disconnected', reason: 'address-refused' }]);
    expect(server.requests).toHaveLength(1);
  });

  test('a plain http address on the open internet is asked over https', async () => {
    const asked: string[] = [];
    const run = poll(['http://news.example/feed?x=1'], {
      source: {
        allowPrivateAddresses: false,
        fetch: async (url) => {
          asked.push(url);
          return { ok: false, reason: 'connect-failed', detail: '', ambiguous: false };
        },
      },
    });
    await run.until(() => run.statuses.length === 1);
    expect(asked).toEqual(['https://news.example/feed?x=1']);
  });

  test('an address that is none of the web stops the source without repeating it', async () => {
    const run = poll(['http://a.example/', 'file:///etc/passwd']);
    await run.until(() => run.ended);
    expect(run.end).toEqual({ kind: 'stop', reason: 'urls[1] is not an http or https URL' });
  });
});
