import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CURSOR_CHARS_MAX, decodeCursor, encodeCursor } from './feed-cursor.ts';
import type { FeedDocument, FeedItem } from './feed-document.ts';
import { type FeedMemory, itemsMax, readingOf, unknownFeed } from './feed-memory.ts';
import { dueAfterAnswer, dueAfterFailure, dueFeeds } from './feed-schedule.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 8, 21, 13);
const item = (id: string, publishedMs?: number, text = `text of ${id}`): FeedItem => ({
  id,
  title: id,
  text,
  categories: [],
  enclosures: [],
  ...(publishedMs === undefined ? {} : { publishedMs }),
});
const documentOf = (...items: FeedItem[]): FeedDocument => ({ items, skipHours: [] });
const at = (nowMs: number) => ({ nowMs, itemsMax: 2_000, replayAfterMs: 30 * MINUTE });
const found = (reading: ReturnType<typeof readingOf>) =>
  reading.items.map(({ item: { id }, op, replay }) => `${op} ${id}${replay ? ' (history)' : ''}`);
const known = (...items: FeedItem[]) => readingOf(documentOf(...items), unknownFeed, at(NOW)).memory;

describe('comparing a document with what is remembered', () => {
  test('the first look shows history', () => {
    expect(found(readingOf(documentOf(item('b', NOW), item('a')), unknownFeed, at(NOW)))).toEqual([
      'create b (history)',
      'create a (history)',
    ]);
  });

  test('after that only new and edited items come', () => {
    const memory = known(item('b', NOW), item('a', NOW));
    const next = documentOf(item('c', NOW), item('b', NOW, 'edited'), item('a', NOW));
    const reading = readingOf(next, memory, at(NOW + 5 * MINUTE));
    expect(found(reading)).toEqual(['create c', 'update b']);
    expect(found(readingOf(next, reading.memory, at(NOW + 10 * MINUTE)))).toEqual([]);
  });

  test('an item that the publisher dates back is news as long as we were looking', () => {
    const memory = known(item('a', NOW));
    const late = documentOf(item('late', NOW - 600 * MINUTE), item('a', NOW));
    expect(found(readingOf(late, memory, at(NOW + 5 * MINUTE)))).toEqual(['create late']);
  });

  test('what gathered while we were away is history beyond the allowed lateness, news within', () => {
    const memory = known(item('a', NOW));
    const items = documentOf(
      item('new', NOW + 280 * MINUTE),
      item('old', NOW + 100 * MINUTE),
      item('undated'),
    );
    expect(found(readingOf(items, memory, at(NOW + 300 * MINUTE)))).toEqual([
      'create new',
      'create old (history)',
      'create undated (history)',
    ]);
  });

  test('where memory was lost, unknown items from before the last look are history', () => {
    const memory: FeedMemory = { ...unknownFeed, polledAt: NOW, partial: true };
    const items = documentOf(item('new', NOW + 1), item('old', NOW), item('undated'));
    const reading = readingOf(items, memory, at(NOW + MINUTE));
    expect(found(reading)).toEqual(['create new', 'create old (history)', 'create undated (history)']);
    expect(reading.memory.partial).toBe(false);
  });

  test('an identity twice in one document counts once', () => {
    const twice = documentOf(item('a', NOW, 'new words'), item('a', NOW, 'old words'));
    const { memory } = readingOf(twice, known(item('z')), at(NOW));
    expect(found(readingOf(twice, memory, at(NOW + MINUTE)))).toEqual([]);
  });

  test('an item that comes back after it fell out of the feed is still known', () => {
    const memory = known(item('b', NOW), item('a', NOW));
    const without = readingOf(documentOf(item('b', NOW)), memory, at(NOW + MINUTE)).memory;
    expect(
      found(readingOf(documentOf(item('b', NOW), item('a', NOW)), without, at(NOW + 2 * MINUTE))),
    ).toEqual([]);
  });

  test('a document without any known item, all of it younger, tells the gap between', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const memory = known(...names.map((name) => item(name, NOW - MINUTE)));
    const fresh = names.map((name, index) => item(`${name}2`, NOW + (10 + index) * MINUTE));
    expect(readingOf(documentOf(...fresh), memory, at(NOW + 20 * MINUTE)).gap).toEqual({
      from: NOW,
      to: NOW + 10 * MINUTE,
    });
    const overlapping = documentOf(...fresh, item('a', NOW - MINUTE));
    expect(readingOf(overlapping, memory, at(NOW + 20 * MINUTE)).gap).toBeUndefined();
    expect(readingOf(documentOf(fresh[0]!), memory, at(NOW + 20 * MINUTE)).gap).toBeUndefined();
  });

  test('a document of any length costs a bounded memory, and its newest items are taken', () => {
    const items = Array.from({ length: 5_000 }, (_, index) => item(`i${index}`, NOW - (4_999 - index)));
    const reading = readingOf(documentOf(...items), unknownFeed, { ...at(NOW), itemsMax: 200 });
    expect(reading.items).toHaveLength(200);
    expect(reading.items[0]!.item.id).toBe('i4999');
    expect(reading.memory.seen.size).toBe(200);
    expect([1, 50, 500].map(itemsMax)).toEqual([2_000, 2_000, 200]);
  });
});

describe('the cursor', () => {
  const url = (index: number) => `https://feeds.example/${index}`;
  const full = (index: number, items: number): FeedMemory => ({
    polledAt: NOW + index * 1_000,
    etag: `W/"etag-${index}"`,
    lastModified: 'Mon, 21 Sep 2026 13:33:19 GMT',
    gone: false,
    partial: false,
    seen: known(...Array.from({ length: items }, (_, n) => item(`${index}/${n}`))).seen,
  });

  test('keeps all of one feed of usual length', () => {
    const memories = new Map([[url(0), { ...full(0, 50), movedTo: 'https://feeds.example/moved' }]]);
    expect(decodeCursor(encodeCursor(memories), [url(0)])).toEqual(memories);
  });

  test('keeps the newest items where not all fit, and says that it is not all', () => {
    const [restored] = decodeCursor(encodeCursor(new Map([[url(0), full(0, 2_000)]])), [url(0)]).values();
    const kept = [...restored!.seen];
    expect(kept.length).toBeGreaterThan(400);
    expect(kept).toEqual([...full(0, 2_000).seen].slice(-kept.length));
    expect(restored).toMatchObject({ partial: true, etag: 'W/"etag-0"' });
  });

  test.each([1, 2, 10, 50, 100, 500])('of %s feeds fits into one short record', (feeds) => {
    const memories = new Map(Array.from({ length: feeds }, (_, index) => [url(index), full(index, 2_000)]));
    const cursor = encodeCursor(memories);
    expect(cursor.length).toBeLessThanOrEqual(CURSOR_CHARS_MAX);
    const restored = decodeCursor(cursor, [...memories.keys(), 'https://feeds.example/new']);
    for (const key of memories.keys()) expect(restored.get(key)?.polledAt).toBeGreaterThanOrEqual(NOW);
    expect(restored.get('https://feeds.example/new')).toEqual(unknownFeed);
  });

  test('remembers which feeds are gone', () => {
    const memories = new Map([
      [url(0), { ...unknownFeed, gone: true }],
      [url(1), full(1, 3)],
    ]);
    expect(decodeCursor(encodeCursor(memories), [url(0), url(1)])).toEqual(memories);
  });

  test.each([undefined, '', 'nonsense', '[]', '{"v":2}', '{"v":1,"polled":7,"gone":{},"feeds":{"x":[1]}}'])(
    '%s knows nothing',
    (cursor) => {
      expect(decodeCursor(cursor, [url(0)]).get(url(0))).toEqual(unknownFeed);
    },
  );

  test('stays short whatever servers send', () => {
    const text = fc.string({ unit: 'binary', maxLength: 3_000 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ etag: text, lastModified: text, movedTo: text }), { maxLength: 20 }),
        (feeds) => {
          const memories = new Map(feeds.map((feed, index) => [url(index), { ...full(index, 20), ...feed }]));
          expect(encodeCursor(memories).length).toBeLessThanOrEqual(CURSOR_CHARS_MAX);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('the schedule', () => {
  const timing = { nowMs: NOW, everyMs: 5 * MINUTE, random: 0.5 };

  test.each([
    ['every five minutes', {}, 5],
    ['as long as the answer is fresh', { maxAgeMs: 20 * MINUTE }, 20],
    ['as long as the feed’s ttl asks', { ttlMs: 45 * MINUTE, maxAgeMs: MINUTE }, 45],
    ['after an hour, however long it is to be fresh', { maxAgeMs: 24 * 60 * MINUTE }, 60],
    ['after the skipped hours', { skipHours: [13, 14] }, 120],
    [
      'as usual where every hour is to be skipped',
      { skipHours: Array.from({ length: 24 }, (_, hour) => hour) },
      5,
    ],
  ])('asks again %s', (_, wishes, minutes) => {
    expect((dueAfterAnswer(timing, wishes) - NOW) / MINUTE).toBe(minutes);
  });

  test('spreads what is due by a tenth to either side', () => {
    expect((dueAfterAnswer({ ...timing, random: 0 }, {}) - NOW) / MINUTE).toBe(4.5);
    expect((dueAfterAnswer({ ...timing, random: 0.999_999 }, {}) - NOW) / MINUTE).toBeCloseTo(5.5, 3);
  });

  test.each([
    [{ failures: 1 }, 2.5, 5],
    [{ failures: 2 }, 5, 10],
    [{ failures: 9 }, 30, 60],
    [{ failures: 900 }, 30, 60],
    [{ failures: 1, retryAfterMs: 90 * MINUTE }, 90, 90],
    [{ failures: 1, retryAfterMs: 99 * 24 * 60 * MINUTE }, 1_440, 1_440],
  ])('after %o waits between %s and %s minutes', (failure, least, most) => {
    expect((dueAfterFailure({ ...timing, random: 0 }, failure) - NOW) / MINUTE).toBe(least);
    expect((dueAfterFailure({ ...timing, random: 0.999_999 }, failure) - NOW) / MINUTE).toBeCloseTo(most, 2);
  });

  test('asks of one host one feed at a time, the longest due first, and none that is gone', () => {
    const feed = (host: string, dueAt: number, busy = false, gone = false) => ({
      host,
      dueAt,
      busy,
      memory: { gone },
    });
    const feeds = [
      feed('a', NOW - 1),
      feed('a', NOW - 2),
      feed('b', NOW, true),
      feed('b', NOW - 9),
      feed('c', NOW + 1),
      feed('d', NOW - 5, false, true),
      feed('e', NOW - 3),
    ];
    expect(dueFeeds(feeds, NOW, 8)).toEqual([feeds[6], feeds[1]]);
    expect(dueFeeds(feeds, NOW, 1)).toEqual([feeds[6]]);
  });
});
