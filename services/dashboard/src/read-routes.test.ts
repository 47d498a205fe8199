import { afterEach, describe, expect, test } from 'vitest';
import type { IncidentDetail, Overview, SeriesGraph } from './api-schemas.ts';
import { startDashboard, type TestDashboard } from './testing/dashboard.ts';
import { playLaunchNight } from './testing/launch-night.ts';
import { get } from './testing/requests.ts';
import { appendIncident, HOUR_MS, incident, MINUTE_MS, NIGHT } from './testing/seed.ts';

let dashboard: TestDashboard | undefined;
afterEach(async () => {
  await dashboard?.close();
  dashboard = undefined;
});

const start = async (options: Parameters<typeof startDashboard>[0] = { seed: playLaunchNight }) => {
  dashboard = await startDashboard(options);
  return dashboard;
};

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
