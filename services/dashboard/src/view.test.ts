import { afterEach, describe, expect, test } from 'vitest';
import { startDashboard, type TestDashboard } from './testing/dashboard.ts';
import {
  appendConfig,
  appendForwarded,
  appendMatch,
  appendSeries,
  configRevision,
  HOUR_MS,
  MINUTE_MS,
  match,
  NIGHT,
  seriesMinute,
} from './testing/seed.ts';
import { POSTS_PER_SECOND_MAX } from './view.ts';

let dashboard: TestDashboard | undefined;
afterEach(async () => {
  await dashboard?.close();
  dashboard = undefined;
});
const start = async (seed: (log: TestDashboard['log']) => Promise<void>) => {
  dashboard = await startDashboard({ seed });
  return dashboard;
};

describe('the present', () => {
  test('is the wall clock while minutes close on time', async () => {
    const on = await start((log) => appendSeries(log, seriesMinute({ minute: NIGHT - 2 * MINUTE_MS })));
    expect(on.view.now()).toBe(NIGHT);
    await on.clock.advance(6 * MINUTE_MS);
    expect(on.view.now()).toBe(NIGHT + 6 * MINUTE_MS);
  });

  test('is the night’s own while a recorded one is played, and goes on when it ends', async () => {
    const recorded = NIGHT - 400 * 24 * HOUR_MS;
    const on = await start((log) => appendSeries(log, seriesMinute({ minute: recorded })));
    expect(on.view.now()).toBe(recorded + MINUTE_MS);
    await on.clock.advance(5_000);
    expect(on.view.now()).toBe(recorded + MINUTE_MS + 5_000);
  });
});

test('a minute counts as closed when the log takes it, however old its night', async () => {
  const on = await start((log) => appendSeries(log, seriesMinute({ minute: NIGHT - 400 * 24 * HOUR_MS })));
  expect(on.view.sinceClosed('orion-stock')).toBe(0);
  expect(on.view.sinceClosed('returns')).toBeUndefined();
  await on.clock.advance(7 * MINUTE_MS);
  expect(on.view.sinceClosed('orion-stock')).toBe(7 * MINUTE_MS);
});

describe('what is read', () => {
  test('the hours before the last ones come when there is time for them, and replace nothing', async () => {
    const earlier = NIGHT - 5 * HOUR_MS;
    dashboard = await startDashboard({ startView: false });
    const { log, clock, view, settle } = dashboard;
    await appendSeries(log, seriesMinute({ minute: earlier }));
    await appendSeries(log, seriesMinute({ minute: NIGHT, negativePosts: 9 }));
    await clock.advance(5 * HOUR_MS);
    await appendSeries(log, seriesMinute({ minute: NIGHT, negativePosts: 3 }));
    const { promise, resolve } = Promise.withResolvers<void>();
    view.start(promise);
    await view.caughtUp();
    await settle();
    expect(view.series.sight('orion-stock', earlier)).toBe('unknown');
    resolve();
    await settle();
    expect(view.series.sight('orion-stock', earlier)).toBe('seen');
    expect(view.series.tally('orion-stock', NIGHT, NIGHT + MINUTE_MS).negative).toBe(3);
  });

  test('a record that cannot be read is counted and disturbs nothing', async () => {
    const on = await start(async (log) => {
      await appendConfig(log, configRevision());
      await log.append('series', [{ key: 'orion-stock', value: Buffer.from('{"v":1,"watch":7}') }]);
      await log.append('series', [{ key: 'orion-stock', value: Buffer.from([0xff, 0xfe]) }]);
      await appendSeries(log, seriesMinute({ minute: NIGHT - MINUTE_MS }));
    });
    expect(on.view.refused.get('series')).toBe(2);
    expect(on.view.series.newest('orion-stock')).toBe(NIGHT - MINUTE_MS);
  });

  test('the highest config revision is in force', async () => {
    const on = await start(async (log) => {
      await appendConfig(log, configRevision({ watches: [{ id: 'new', any: ['x'] }] }, 2));
      await appendConfig(log, configRevision({ watches: [{ id: 'old', any: ['x'] }] }, 1));
    });
    expect(on.view.watches().map(({ id }) => id)).toEqual(['new']);
  });

  test('of a flood of posts some are read, and an erasure in its midst is heard', async () => {
    const on = await start((log) => appendConfig(log, configRevision()));
    await appendMatch(on.log, match({ id: 'early', watch: 'returns' }));
    await on.settle();
    expect(on.view.posts.get('early')).toBeDefined();
    for (let index = 0; index < POSTS_PER_SECOND_MAX * 3; index++) {
      if (index === POSTS_PER_SECOND_MAX * 2)
        await appendForwarded(on.log, {
          op: 'erase',
          source: 'foreshock',
          eventTime: NIGHT,
          v: 1,
          mention: 'early',
        });
      await appendMatch(on.log, match({ id: `flood${index}`, watch: `w${index}` }));
    }
    await on.settle();
    expect(on.view.posts.get('early')).toBeUndefined();
    expect(on.view.posts.size).toBeLessThanOrEqual(POSTS_PER_SECOND_MAX);
    expect(on.view.posts.size).toBeGreaterThan(POSTS_PER_SECOND_MAX / 2);
  });
});
