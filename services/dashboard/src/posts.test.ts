import { hash52 } from '@foreshock/model/hash';
import { afterEach, describe, expect, test } from 'vitest';
import type { IncidentDetail, WatchDetail } from './api-schemas.ts';
import { startDashboard, type TestDashboard } from './testing/dashboard.ts';
import { HOSTILE, playLaunchNight } from './testing/launch-night.ts';
import { get } from './testing/requests.ts';
import {
  appendConfig,
  appendForwarded,
  appendIncident,
  appendMatch,
  appendText,
  configRevision,
  evidenceText,
  incident,
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
