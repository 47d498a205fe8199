import type { TopicLog } from '@foreshock/topic-log/contract';
import {
  appendConfig,
  appendForwarded,
  appendIncident,
  appendMatch,
  appendSeries,
  appendText,
  configRevision,
  evidenceText,
  explanation,
  figures,
  HOUR_MS,
  incident,
  MINUTE_MS,
  match,
  NIGHT,
  seriesMinute,
  seriesPoint,
  sourceStatus,
} from './seed.ts';

/** A repeatable wobble between 0 and 1: tests and pictures are the same every time. */
const wobble = (minute: number, salt: number): number => {
  const value = Math.sin(minute * 12.9898 + salt * 78.233) * 43_758.5453;
  return value - Math.floor(value);
};

/** Minutes of one watch: a daily swing with noise, `extra` added on top. */
async function playSeries(
  log: TopicLog,
  watch: string,
  shape: {
    readonly salt: number;
    readonly level: number;
    readonly hours: number;
    readonly now: number;
    readonly learning?: boolean;
    readonly blind?: (minutesAgo: number) => boolean;
    readonly missing?: (minutesAgo: number) => boolean;
    readonly trouble?: (minutesAgo: number) => number;
  },
): Promise<void> {
  for (let ago = shape.hours * 60; ago >= 1; ago--) {
    if (shape.missing?.(ago)) continue;
    const minute = shape.now - ago * MINUTE_MS;
    const swing = 0.75 + 0.25 * Math.sin((minute / HOUR_MS / 24) * 2 * Math.PI);
    const expected = shape.level * swing;
    const spread = Math.sqrt(expected + 1) * 1.7;
    const trouble = Math.round(shape.trouble?.(ago) ?? 0);
    const usual = Math.max(0, Math.round(expected + (wobble(ago, shape.salt) - 0.5) * spread * 1.3));
    const window = usual + trouble;
    const posts = Math.round(window / 9);
    const point = (series: string, observed: number, mean: number) => {
      const width = Math.sqrt(mean + 1) * 1.7;
      const high = mean + width;
      return seriesPoint({
        series: series as 'all',
        posts: Math.round(observed / 9),
        people: Math.round(observed / 10),
        window: observed,
        expected: mean,
        low: Math.max(0, mean - width),
        high,
        rarityDays: observed > high ? Math.min(200, ((observed - high) / (width + 1)) ** 2 * 4) : 0,
        learning: shape.learning ?? false,
        ...(shape.learning ? {} : { pageAt: mean + width * 2.2 }),
      });
    };
    const stock = Math.round(expected * 0.12 * wobble(ago, shape.salt + 5)) + Math.round(trouble * 0.85);
    const points =
      shape.level === 0
        ? [point('all', 0, 0.2)]
        : [
            point('all', window, expected),
            point('issue:stock', stock, expected * 0.08),
            point('negative', Math.round(stock * 1.1), expected * 0.2),
            point('source:bluesky', Math.round(window * 0.6), expected * 0.6),
            point('source:reddit', Math.round(window * 0.4), expected * 0.4),
          ];
    await appendSeries(
      log,
      seriesMinute({
        watch,
        minute,
        blind: shape.blind?.(ago) ?? false,
        points,
        channels: [
          { source: 'bluesky', posts: Math.round(posts * 0.6) },
          { source: 'reddit', posts: posts - Math.round(posts * 0.6) },
        ],
        negativePosts: Math.min(posts, Math.round(posts * 0.22 + trouble / 12)),
      }),
    );
  }
}

const rise = (from: number, height: number) => (minutesAgo: number) =>
  minutesAgo >= from
    ? 0
    : Math.min(1, ((from - minutesAgo) / 14) ** 1.6) * height * (0.9 + 0.1 * wobble(minutesAgo, 3));

/** A post that tries everything: markup, overrides, templates, a formula. */
export const HOSTILE =
  '<img src=x onerror="document.title=\'owned\'"><script>alert(1)</script> \u202egnp.exe {{7*7}} $& =cmd|calc &amp; </script><b>bold</b>';

/**
 * The night before a launch as the page should find it: stock trouble in the open, delivery trouble acknowledged,
 * and a watch in every other state: normal, nobody speaking, learning, blind, waiting.
 */
export async function playLaunchNight(log: TopicLog, now = NIGHT): Promise<void> {
  await appendConfig(
    log,
    configRevision({
      watches: [
        { id: 'orion-stock', name: 'Orion X stock', any: ['orion x'], page: { rarity: '30d', people: 5 } },
        { id: 'delivery', name: 'Delivery', any: ['delivery'] },
        { id: 'orion-price', name: 'Orion X price', any: ['orion price'] },
        { id: 'returns', name: 'Returns', any: ['return'] },
        { id: 'pixel-case', name: 'Orion X case', any: ['orion case'] },
        { id: 'outage', name: 'Store app', any: ['store app'], sources: ['sky'] },
        { id: 'warranty', name: 'Warranty', any: ['warranty'] },
      ],
    }),
  );
  await playSeries(log, 'orion-stock', { salt: 1, level: 24, hours: 26, now, trouble: rise(19, 170) });
  await playSeries(log, 'delivery', { salt: 2, level: 11, hours: 26, now, trouble: rise(50, 26) });
  await playSeries(log, 'orion-price', {
    salt: 3,
    level: 18,
    hours: 26,
    now,
    missing: (ago) => ago > 150 && ago < 190,
  });
  await playSeries(log, 'returns', { salt: 4, level: 0, hours: 26, now });
  await playSeries(log, 'pixel-case', { salt: 5, level: 7, hours: 3, now, learning: true });
  await playSeries(log, 'outage', {
    salt: 6,
    level: 14,
    hours: 26,
    now,
    blind: (ago) => ago < 34 || (ago > 200 && ago < 215),
  });
  await appendForwarded(log, sourceStatus({ name: 'shop', source: 'shop', mode: 'pushed' }));
  await appendForwarded(
    log,
    sourceStatus({ name: 'sky', state: 'disconnected', reason: 'connection closed by the other side' }),
  );
  await appendText(
    log,
    evidenceText({
      id: 'sky:1',
      content:
        'Anyone else? Orion X shows “out of stock” two minutes after the store opened. Had it in the basket.',
      reach: 3_410,
    }),
  );
  await appendText(log, evidenceText({ id: 'sky:2', content: HOSTILE, reach: 88_200, author: 8 }));
  await appendText(
    log,
    evidenceText({
      id: 'shop:3',
      source: 'reviews',
      content:
        'Order cancelled without a word. Pre-ordered in August, paid, confirmed. Now it says sold out and the hotline rings through.',
      author: 11,
    }),
  );
  for (let index = 0; index < 8; index++)
    await appendMatch(
      log,
      match({
        id: `sky:m${index}`,
        eventTime: now - (index + 1) * 40_000,
        author: 100 + index,
        content: `Third shop today without a single Orion X. They told me ${index + 2} people asked in the last hour.`,
        url: `https://sky.example/m/${index}`,
      }),
    );
  await appendIncident(
    log,
    incident({
      id: 'delivery-17',
      watch: 'delivery',
      watchName: 'Delivery',
      title: 'Delivery: “no delivery date”, 37 people',
      state: 'acknowledged',
      severity: 'warning',
      acknowledgedAt: now - 31 * MINUTE_MS,
      acknowledgedBy: 'Ana',
      onset: now - 50 * MINUTE_MS,
      detectedAt: now - 43 * MINUTE_MS,
      openedAt: now - 43 * MINUTE_MS,
      sentence: '41 posts by 37 people in 10 min, expected 8 (4–13): here once in 33 days; you page at 30.',
      bursts: [
        {
          burst: 'delivery/issue:stock/1',
          series: 'issue:stock',
          onset: now - 50 * MINUTE_MS,
          startedAt: now - 43 * MINUTE_MS,
          endedAt: null,
          figures: figures({ posts: 41, people: 37, expected: 8, low: 4, high: 13, rarityDays: 33 }),
          explanation: explanation({
            phrases: [{ phrase: 'no delivery date', people: 29, expected: 1.2, lift: 24 }],
            firstPosts: [],
            mostShared: [],
          }),
        },
      ],
      lead: 'delivery/issue:stock/1',
      evidence: [],
      revision: 90,
    }),
  );
  await appendIncident(log, incident());
}
