import { check, parseJson } from '@foreshock/model/decode';
import { Command } from '@foreshock/model/signal';
import { UnavailableError } from '@foreshock/topic-log/contract';
import { afterEach, describe, expect, test } from 'vitest';
import type { IncidentDetail, Overview, SeriesGraph, WatchDetail } from './api-schemas.ts';
import { tokenAuth } from './auth.ts';
import { startDashboard, type TestDashboard } from './testing/dashboard.ts';
import { HOSTILE, playLaunchNight } from './testing/launch-night.ts';
import {
  appendConfig,
  appendForwarded,
  appendIncident,
  appendMatch,
  appendText,
  configRevision,
  evidenceText,
  HOUR_MS,
  incident,
  MINUTE_MS,
  match,
  NIGHT,
} from './testing/seed.ts';

let dashboard: TestDashboard | undefined;
afterEach(async () => {
  await dashboard?.close();
  dashboard = undefined;
});

const start = async (options: Parameters<typeof startDashboard>[0] = { seed: playLaunchNight }) => {
  dashboard = await startDashboard(options);
  return dashboard;
};

const get = async <T>(on: TestDashboard, url: string, headers: Record<string, string> = {}) => {
  const reply = await on.server.app.inject({ url, headers: { host: 'localhost', ...headers } });
  return { status: reply.statusCode, headers: reply.headers, text: reply.body, json: () => reply.json<T>() };
};

const post = (on: TestDashboard, url: string, body?: object, headers: Record<string, string> = {}) =>
  on.server.app.inject({
    method: 'POST',
    url,
    headers: { host: 'localhost', 'x-foreshock-request': '1', ...headers },
    ...(body ? { payload: body } : {}),
  });

async function signals(on: TestDashboard): Promise<Command[]> {
  const commands: Command[] = [];
  for await (const batch of on.log.scan('signals', 0, { from: 0 }))
    for (const record of batch.records) {
      const parsed = parseJson(record.value!);
      if (parsed.ok) commands.push(parsed.value as Command);
    }
  return commands;
}

describe('the overview', () => {
  test('lists the active incidents most urgent first, and watches in the order of interest', async () => {
    const { json } = await get<Overview>(await start(), '/api/overview');
    const overview = json();
    expect(overview.incidents.map(({ id }) => id)).toEqual(['orion-stock-142', 'delivery-17']);
    expect(overview.watches.slice(0, 2).map(({ id }) => id)).toEqual(['orion-stock', 'delivery']);
    expect(overview.restoring).toEqual([]);
    expect(overview.incidents[0]!.posts[0]!.text).toContain('out of stock');
  });

  test('tells apart a watch that is unusual, normal, silent, learning, blind and not yet counted', async () => {
    const { json } = await get<Overview>(await start(), '/api/overview');
    const states = new Map(json().watches.map(({ id, state }) => [id, state]));
    expect(Object.fromEntries(states)).toEqual({
      'orion-stock': 'unusual',
      delivery: 'unusual',
      'orion-price': 'normal',
      returns: 'zero',
      'pixel-case': 'learning',
      outage: 'blind',
      warranty: 'waiting',
    });
  });

  test('calls a watch stale when no minute closed for five minutes', async () => {
    const on = await start();
    await on.clock.advance(6 * MINUTE_MS);
    const { json } = await get<Overview>(on, '/api/overview');
    expect(json().watches.find(({ id }) => id === 'orion-price')!.state).toBe('stale');
  });

  test('counts the sources of a watch that are connected, and forgets a status after 30 seconds', async () => {
    const on = await start();
    const before = (await get<Overview>(on, '/api/overview')).json();
    expect(before.watches.find(({ id }) => id === 'orion-price')).toMatchObject({
      sourcesConnected: 1,
      sourcesTotal: 2,
    });
    expect(before.watches.find(({ id }) => id === 'outage')).toMatchObject({
      sourcesConnected: 0,
      sourcesTotal: 1,
    });
    await on.clock.advance(31_000);
    const after = (await get<Overview>(on, '/api/overview')).json();
    expect(after.sources.find(({ name }) => name === 'shop')!.state).toBe('silent');
  });
});

describe('a series', () => {
  test('is thinned so that its highest minute stays', async () => {
    const { json } = await get<SeriesGraph>(
      await start(),
      `/api/watches/orion-stock/series?from=${NIGHT - 24 * HOUR_MS}&to=${NIGHT}&points=12`,
    );
    const graph = json();
    expect(graph.bucketMs).toBe(2 * HOUR_MS);
    expect(graph.t.length).toBeLessThanOrEqual(13);
    const full = (
      await get<SeriesGraph>(
        dashboard!,
        `/api/watches/orion-stock/series?from=${NIGHT - 24 * HOUR_MS}&to=${NIGHT}&points=2000`,
      )
    ).json();
    expect(Math.max(...graph.observed.map((value) => value ?? 0))).toBe(
      Math.max(...full.observed.map((value) => value ?? 0)),
    );
  });

  test('leaves a gap where nothing is known, hatches blind minutes and marks its incidents', async () => {
    const on = await start();
    const price = (await get<SeriesGraph>(on, '/api/watches/orion-price/series')).json();
    expect(price.observed.filter((value) => value === null).length).toBe(39);
    const outage = (await get<SeriesGraph>(on, '/api/watches/outage/series')).json();
    expect(outage.blind).toEqual([
      { from: NIGHT - 214 * MINUTE_MS, to: NIGHT - 200 * MINUTE_MS },
      { from: NIGHT - 33 * MINUTE_MS, to: NIGHT },
    ]);
    const stock = (await get<SeriesGraph>(on, '/api/watches/orion-stock/series?series=issue:stock')).json();
    expect(stock.markers.map(({ letter, incident }) => [letter, incident])).toEqual([
      ['A', 'orion-stock-142'],
    ]);
  });

  test.each([
    ['an unknown watch', '/api/watches/nobody/series', 404, 'not-found'],
    ['a series name that cannot be', '/api/watches/returns/series?series=__proto__', 400, 'bad-request'],
    ['a time that is none', '/api/watches/returns/series?from=yesterday', 400, 'bad-request'],
    ['more points than are told', '/api/watches/returns/series?points=1000000', 400, 'bad-request'],
    ['a watch id with a path in it', '/api/watches/..%2f..%2fetc', 400, 'bad-request'],
  ])('refuses %s in one shape', async (_what, url, status, code) => {
    const reply = await get<{ error: { code: string } }>(await start(), url);
    expect(reply.status).toBe(status);
    expect(reply.json().error.code).toBe(code);
  });

  test('a question about all of history costs no more than a month', async () => {
    const { json } = await get<SeriesGraph>(await start(), '/api/watches/returns/series?from=0&points=10');
    expect(json().from).toBe(NIGHT - 31 * 24 * HOUR_MS);
  });
});

describe('an incident', () => {
  test('comes with its reasons, its posts and its timeline', async () => {
    const { json } = await get<IncidentDetail>(await start(), '/api/incidents/orion-stock-142');
    const detail = json();
    expect(detail.figures!.people).toBe(180);
    expect(detail.explanation!.without.map(({ fires }) => fires)).toEqual([false, true, true]);
    expect(detail.posts.map(({ id, role }) => [id, role])).toEqual([
      ['sky:1', 'first'],
      ['sky:2', 'most-shared'],
      ['shop:3', undefined],
    ]);
    expect(detail.timeline).toHaveLength(3);
  });

  test('the highest revision wins, whatever the order', async () => {
    const on = await start();
    await appendIncident(on.log, incident({ revision: 102, state: 'acknowledged' }));
    await appendIncident(on.log, incident({ revision: 101, state: 'open' }));
    await on.settle();
    const { json } = await get<IncidentDetail>(on, '/api/incidents/orion-stock-142');
    expect(json().summary).toMatchObject({ state: 'acknowledged', revision: 102 });
  });

  test.each([
    ['active', ['orion-stock-142', 'delivery-17']],
    ['open', ['orion-stock-142']],
    ['acknowledged', ['delivery-17']],
    ['resolved', []],
  ])('is listed by state %s', async (state, ids) => {
    const { json } = await get<{ incidents: { id: string }[] }>(
      await start(),
      `/api/incidents?state=${state}`,
    );
    expect(json().incidents.map(({ id }) => id)).toEqual(ids);
  });
});

describe('a command', () => {
  test('becomes one record in signals that fits the schema', async () => {
    const on = await start();
    const reply = await post(on, '/api/incidents/orion-stock-142/acknowledge', { actor: 'Ana\u0007\nB' });
    expect(reply.statusCode).toBe(202);
    const commands = await signals(on);
    expect(commands).toHaveLength(1);
    expect(check(Command, commands[0])).toMatchObject({ ok: true });
    expect(commands[0]).toMatchObject({
      verb: 'acknowledge',
      incident: 'orion-stock-142',
      actor: 'Ana  B',
      at: NIGHT,
      via: 'api',
    });
  });

  test('asked twice of the same state is one command; of a newer state another', async () => {
    const on = await start();
    const first = await post(on, '/api/incidents/orion-stock-142/acknowledge');
    const second = await post(on, '/api/incidents/orion-stock-142/acknowledge');
    expect(second.json()).toEqual({ command: first.json().command, repeated: true });
    expect(await signals(on)).toHaveLength(1);
    await appendIncident(on.log, incident({ revision: 120, state: 'open' }));
    await on.settle();
    await post(on, '/api/incidents/orion-stock-142/acknowledge');
    expect(new Set((await signals(on)).map(({ id }) => id)).size).toBe(2);
  });

  test.each(['acknowledge', 'unacknowledge', 'resolve', 'snooze', 'not-useful'] as const)(
    '%s needs no body',
    async (verb) => {
      const on = await start();
      expect((await post(on, `/api/incidents/orion-stock-142/${verb}`)).statusCode).toBe(202);
      expect((await signals(on)).map((command) => command.verb)).toEqual([verb]);
    },
  );

  test('a note needs its text', async () => {
    const on = await start();
    expect((await post(on, '/api/incidents/orion-stock-142/note', { note: '  ' })).statusCode).toBe(400);
    expect(
      (await post(on, '/api/incidents/orion-stock-142/note', { note: 'supplier called' })).statusCode,
    ).toBe(202);
    expect((await signals(on))[0]).toMatchObject({ verb: 'note', note: 'supplier called' });
  });

  test('of an unknown incident is refused and writes nothing', async () => {
    const on = await start();
    expect((await post(on, '/api/incidents/nobody-1/acknowledge')).statusCode).toBe(404);
    expect(await signals(on)).toEqual([]);
  });

  test('without the request header, as another site would send it, is refused and writes nothing', async () => {
    const on = await start();
    const reply = await on.server.app.inject({
      method: 'POST',
      url: '/api/incidents/orion-stock-142/acknowledge',
      headers: { host: 'localhost' },
    });
    expect(reply.statusCode).toBe(403);
    expect(reply.json().error.code).toBe('missing-header');
    expect(await signals(on)).toEqual([]);
  });

  test('an unknown field is refused, not dropped', async () => {
    const on = await start();
    const reply = await post(on, '/api/incidents/orion-stock-142/acknowledge', { severity: 'info' });
    expect(reply.statusCode).toBe(400);
    expect(await signals(on)).toEqual([]);
  });

  test('is answered 503 when the log cannot take it, and may be sent again', async () => {
    let full = true;
    const on = await start({
      seed: playLaunchNight,
      log: (memory) => ({
        ...memory,
        append: (topic, records) =>
          full && topic === 'signals'
            ? Promise.reject(new UnavailableError('disk full'))
            : memory.append(topic, records),
      }),
    });
    expect((await post(on, '/api/incidents/orion-stock-142/acknowledge')).statusCode).toBe(503);
    full = false;
    const again = await post(on, '/api/incidents/orion-stock-142/acknowledge');
    expect(again.json()).toMatchObject({ repeated: false });
  });

  test('sixty a minute are enough for a person; more are told to wait', async () => {
    const on = await start();
    const codes = [];
    for (let index = 0; index < 61; index++)
      codes.push(
        (await post(on, '/api/incidents/orion-stock-142/note', { note: `note ${index}` })).statusCode,
      );
    expect(codes.slice(0, 60).every((code) => code === 202)).toBe(true);
    expect(codes[60]).toBe(429);
  });

  test('a GET changes nothing', async () => {
    const on = await start();
    await get(on, '/incidents/orion-stock-142');
    expect((await get(on, '/api/incidents/orion-stock-142/acknowledge')).status).toBe(404);
    expect(await signals(on)).toEqual([]);
  });
});

describe('posts', () => {
  const secret = 'UNIQUE-TEXT-TO-ERASE';
  const erasable = async (log: TestDashboard['log']) => {
    await appendConfig(log, configRevision());
    await appendIncident(log, incident({ evidence: ['sky:1'] }));
    await appendText(log, evidenceText({ id: 'sky:1', content: secret }));
    await appendMatch(log, match({ id: 'sky:1', content: secret }));
  };
  const everything = async (on: TestDashboard) =>
    (
      await Promise.all(
        [
          '/api/overview',
          '/api/watches/orion-stock',
          '/api/incidents/orion-stock-142',
          '/',
          '/incidents/orion-stock-142',
        ].map((url) => get(on, url)),
      )
    )
      .map(({ text }) => text)
      .join('\n');

  test.each([
    [
      'an erasure of the mention',
      (on: TestDashboard) =>
        appendForwarded(on.log, {
          op: 'erase',
          source: 'foreshock',
          eventTime: NIGHT,
          v: 1,
          mention: 'sky:1',
        }),
    ],
    [
      'an upstream delete',
      (on: TestDashboard) => appendMatch(on.log, match({ id: 'sky:1', op: 'delete', content: '' })),
    ],
    [
      'tombstones',
      async (on: TestDashboard) => {
        await on.log.erase('texts', ['sky:1']);
        await on.log.erase('matches', ['orion-stock/sky:1']);
      },
    ],
  ])('are gone everywhere after %s', async (_what, erase) => {
    const on = await start({ seed: erasable });
    expect(await everything(on)).toContain(secret);
    await erase(on);
    await on.settle();
    expect(await everything(on)).not.toContain(secret);
  });

  test('of an erased author are gone, and stay gone when their text is read later', async () => {
    const { hash52 } = await import('@foreshock/model/hash');
    const author = hash52(configRevision().identityKey, 'bluesky:did:1');
    const on = await start({
      seed: async (log) => {
        await appendConfig(log, configRevision());
        await appendIncident(log, incident({ evidence: ['sky:1'] }));
        await appendMatch(log, match({ id: 'sky:1', content: secret, author }));
      },
    });
    expect(await everything(on)).toContain(secret);
    await appendForwarded(on.log, {
      op: 'erase',
      source: 'foreshock',
      eventTime: NIGHT,
      v: 1,
      author: 'bluesky:did:1',
    });
    await on.settle();
    await appendText(on.log, evidenceText({ id: 'sky:1', content: secret, author }));
    await on.settle();
    expect(await everything(on)).not.toContain(secret);
  });

  test('hostile text stays text in the HTML, and the boot data cannot end its element', async () => {
    const on = await start();
    const { text } = await get(on, '/incidents/orion-stock-142');
    expect(HOSTILE).toContain('<script>');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('$&amp; =cmd|calc');
    expect(text.toLowerCase()).not.toContain('<script>alert');
    expect(text).not.toContain('<img');
    expect(text).not.toContain('\u202e');
    expect(text.match(/<\/script>/g)!.length).toBe(text.match(/<script/g)!.length);
  });

  test('do not tell who wrote them', async () => {
    const on = await start({
      seed: async (log) => {
        await erasable(log);
        await appendText(
          log,
          evidenceText({ id: 'sky:1', authorName: 'Private Person', author: 4_242_424_242 }),
        );
        await appendMatch(log, match({ id: 'sky:9', authorName: 'Private Person', author: 4_242_424_242 }));
      },
    });
    const { json } = await get<WatchDetail>(on, '/api/watches/orion-stock');
    expect(json().posts.map(({ id }) => id)).toContain('sky:9');
    expect(await everything(on)).not.toMatch(/Private Person|4242424242/);
  });

  test('a link that is no web address is left out', async () => {
    const on = await start({
      seed: async (log) => {
        await erasable(log);
        await appendText(log, evidenceText({ id: 'sky:1', url: 'javascript:alert(1)' }));
      },
    });
    const { json } = await get<IncidentDetail>(on, '/api/incidents/orion-stock-142');
    expect(json().posts[0]!.url).toBeUndefined();
  });
});

describe('the door', () => {
  test('answers with a strict policy and no way into a frame', async () => {
    const { headers } = await get(await start(), '/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
  });

  test.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', '10.0.0.7:8080'])(
    'without a token, a request under the name “%s” is turned away',
    async (host) => {
      const reply = await get(await start(), '/api/overview', { host });
      expect(reply.status).toBe(421);
    },
  );

  test.each(['localhost', '127.0.0.1:8080', '[::1]:8080'])('but %s is let in', async (host) => {
    expect((await get(await start(), '/api/overview', { host })).status).toBe(200);
  });

  test.each([
    ['/api/overview', 401],
    ['/api/incidents/orion-stock-142', 401],
    ['/api/events', 401],
    ['/api/openapi.json', 401],
    ['/metrics', 401],
    ['/healthz', 200],
    ['/readyz', 200],
  ])('with a token configured, %s without it is answered %i', async (url, status) => {
    const on = await start({ seed: playLaunchNight, auth: tokenAuth('correct-horse') });
    expect((await get(on, url)).status).toBe(status);
  });

  test('the page without the token holds a login form’s place and not a word of the incident', async () => {
    const on = await start({ seed: playLaunchNight, auth: tokenAuth('correct-horse') });
    const { text, status } = await get(on, '/incidents/orion-stock-142');
    expect(status).toBe(200);
    expect(text).toContain('"kind":"login"');
    expect(text).not.toContain('out of stock');
  });

  test('a bearer token or the cookie of a login opens it; a wrong one does not', async () => {
    const on = await start({ seed: playLaunchNight, auth: tokenAuth('correct-horse') });
    expect((await get(on, '/api/overview', { authorization: 'Bearer correct-hors' })).status).toBe(401);
    expect((await get(on, '/api/overview', { authorization: 'Bearer correct-horse' })).status).toBe(200);
    expect((await post(on, '/api/session', { token: 'wrong' })).statusCode).toBe(401);
    const login = await post(on, '/api/session', { token: 'correct-horse' });
    expect(login.statusCode).toBe(204);
    const cookie = String(login.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain('correct');
    expect((await get(on, '/api/overview', { cookie: cookie.split(';')[0]! })).status).toBe(200);
  });
});

describe('health', () => {
  test('is not ready while the view restores, and says so', async () => {
    const on = await start({ startView: false });
    const reply = await get<{ missing: string[] }>(on, '/readyz');
    expect(reply.status).toBe(503);
    expect(reply.json().missing).toContain('the page’s view of incidents');
    expect((await get(on, '/healthz')).status).toBe(200);
  });

  test('tells what the rest of the process misses', async () => {
    const on = await start({ health: () => ({ ready: false, missing: ['the detector’s snapshot'] }) });
    const reply = await get<{ missing: string[] }>(on, '/readyz');
    expect([reply.status, reply.json().missing]).toEqual([503, ['the detector’s snapshot']]);
  });

  test('/metrics holds no word of a user', async () => {
    const { text, status } = await get(await start(), '/metrics');
    expect(status).toBe(200);
    expect(text).toContain('# TYPE foreshock_ingest_mentions_total counter');
    expect(text).not.toContain('orion');
  });
});

test('the OpenAPI document names every route with typed answers', async () => {
  const { json } = await get<{
    openapi: string;
    paths: Record<string, Record<string, { responses: Record<string, { content?: unknown }> }>>;
  }>(await start(), '/api/openapi.json');
  const document = json();
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths).sort()).toEqual([
    '/api/events',
    '/api/incidents',
    '/api/incidents/{id}',
    '/api/incidents/{id}/acknowledge',
    '/api/incidents/{id}/not-useful',
    '/api/incidents/{id}/note',
    '/api/incidents/{id}/resolve',
    '/api/incidents/{id}/snooze',
    '/api/incidents/{id}/unacknowledge',
    '/api/overview',
    '/api/sources',
    '/api/watches',
    '/api/watches/{id}',
    '/api/watches/{id}/series',
    '/healthz',
    '/metrics',
    '/readyz',
  ]);
  expect(document.paths['/api/overview']!['get']!.responses['200']!.content).toBeDefined();
  expect(document.paths['/api/incidents/{id}/note']!['post']!.responses['404']!.content).toBeDefined();
});
