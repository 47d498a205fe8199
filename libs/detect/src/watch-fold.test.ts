import { describe, expect, test } from 'vitest';
import {
  LEARNED,
  learnedLife,
  MINUTE,
  RULES,
  START,
  timeOf,
  type WatchLife,
  watchLife,
} from './testing/watch-life.ts';
import { foldErasure } from './watch-fold.ts';
import { CANDIDATES_KEPT, RING_MINUTES } from './watch-state.ts';

const minuteOf = (minute: number): number => START / MINUTE + minute;
const blindMinutes = (life: WatchLife): number[] =>
  [...life.state.blindMinutes].map((minute) => minute - START / MINUTE).sort((a, b) => a - b);
const told = (life: WatchLife, minute: number) => life.minutes.find((one) => one.minute === timeOf(minute));

describe('a match', () => {
  test('counts once: what a source repeats is a duplicate', () => {
    const life = watchLife();
    expect(life.post({ minute: 1, author: 1, id: 'a' })).toBe('counted');
    expect(life.post({ minute: 1, author: 1, id: 'a' })).toBe('duplicate');
    expect(life.state.counters).toMatchObject({ counted: 1, duplicates: 1 });
  });

  test('an edit of a known post does not count again', () => {
    const life = watchLife();
    life.post({ minute: 1, author: 1, id: 'a' });
    expect(life.post({ minute: 2, author: 1, id: 'a', op: 'update' })).toBe('duplicate');
  });

  test.each([
    ['the first minute that is not final yet', 0, 'counted'],
    ['a minute that is final', -0.01, 'late'],
  ])('in %s is %s', (_what, beyond, fate) => {
    const life = learnedLife();
    life.pass(LEARNED + 30);
    const final = life.state.finalMinute - START / MINUTE;
    expect(final).toBe(LEARNED + 30 - RULES.latenessMinutes);
    expect(life.post({ minute: final + beyond, author: 1 })).toBe(fate);
  });

  test('that is late is counted as late and changes nothing else', () => {
    const life = learnedLife();
    const before = structuredClone(life.state);
    for (let i = 0; i < 50; i++)
      life.post({ minute: LEARNED - 60, author: i, issues: ['stock'], terms: ['sold out'] });
    expect(life.bursts).toEqual([]);
    expect(life.state.counters.late).toBe(before.counters.late + 50);
    expect({ series: life.state.series, terms: life.state.terms }).toEqual({
      series: before.series,
      terms: before.terms,
    });
  });

  test('far ahead of a watermark that lags closes what is further back than the lateness', () => {
    const life = learnedLife();
    life.post({ minute: LEARNED + 40.5, author: 1 });
    expect(life.state.closedMinute).toBe(minuteOf(LEARNED + 40 - RULES.latenessMinutes));
  });

  test('counts as everything it is: the whole, its source, the mood, each issue', () => {
    const life = watchLife();
    life.post({ minute: 1, author: 1, issues: ['stock'], source: 'shop' });
    const counted = [...life.state.series.values()]
      .filter(({ cells }) => cells.some((cell) => cell && cell.posts > 0))
      .map(({ name }) => name);
    expect(counted).toEqual(expect.arrayContaining(['all', 'negative', 'issue:stock', 'source:shop']));
  });

  test('keeps the newest posts of a trouble as candidates, by reference, and no more than it may', () => {
    const life = watchLife();
    for (let i = 0; i < CANDIDATES_KEPT + 5; i++)
      life.post({ minute: 1 + i / 100, author: i, id: `p${i}`, issues: ['stock'] });
    life.post({ minute: 2, author: 1, id: 'repost', op: 'announce', issues: ['stock'] });
    const { candidates } = life.state.series.get('issue:stock')!;
    expect(candidates.map(({ id }) => id)).toEqual(
      Array.from({ length: CANDIDATES_KEPT }, (_, i) => `p${i + 5}`),
    );
    expect(life.state.series.get('all')!.candidates).toEqual([]);
  });

  test('an erased post is no candidate any more, and stays counted', () => {
    const life = watchLife();
    life.post({ minute: 1, author: 1, id: 'a', issues: ['stock'] });
    life.post({ minute: 1, author: 2, id: 'b', issues: ['stock'] });
    foldErasure(life.state, {
      kind: 'forwarded',
      v: 1,
      origin: { partition: 0, offset: 9 },
      record: { op: 'erase', source: 'foreshock', eventTime: timeOf(2), v: 1, mention: 'a' },
    });
    expect(life.state.series.get('issue:stock')!.candidates.map(({ id }) => id)).toEqual(['b']);
    expect(life.state.counters.counted).toBe(2);
  });
});

describe('closing', () => {
  test('tells every minute once, in order', () => {
    const life = watchLife();
    life.pass(100);
    life.status(130);
    const seen = life.minutes.map(({ minute }) => minute);
    expect(seen[0]).toBe(timeOf(-RULES.latenessMinutes));
    expect(seen.at(-1)).toBe(timeOf(129));
    expect(seen).toEqual(seen.map((_, i) => seen[0]! + i * MINUTE));
  });

  test.each([
    ['a millisecond before', -1, 9],
    ['exactly at', 0, 10],
  ])('a watermark %s the next minute closes up to minute %3$d', (_what, ms, closed) => {
    const life = watchLife();
    life.status(10, { completeUpTo: timeOf(10) + ms });
    expect(life.state.closedMinute).toBe(minuteOf(closed));
  });

  test('learns a minute the allowed lateness after it was closed', () => {
    const life = watchLife();
    life.pass(100);
    expect(life.state.closedMinute).toBe(minuteOf(100));
    expect(life.state.finalMinute).toBe(minuteOf(100 - RULES.latenessMinutes));
  });

  test('waits for every partition', () => {
    const life = watchLife({ ...RULES, partitions: 2 });
    life.status(10, { partition: 0 });
    expect(life.state.closedMinute).toBe(minuteOf(-RULES.latenessMinutes));
    life.status(10, { partition: 1 });
    expect(life.state.closedMinute).toBe(minuteOf(10));
  });

  test('tells posts, people and channels of the minute', () => {
    const life = learnedLife();
    for (let i = 0; i < 5; i++)
      life.post({ minute: LEARNED + 0.5, author: i % 2, text: i, source: 'x', negative: i < 2 });
    life.pass(LEARNED + 1);
    expect(told(life, LEARNED)).toMatchObject({
      blind: false,
      negativePosts: 3,
      channels: [{ source: 'x' }],
    });
    expect(told(life, LEARNED)!.points.find(({ series }) => series === 'all')).toMatchObject({
      posts: 6,
      people: 3,
    });
  });
});

describe('a source that is silent', () => {
  const down = (life: WatchLife, from: number, to: number) => {
    for (let minute = from; minute <= to; minute++)
      life.status(minute, { state: 'disconnected', reason: 'gone' });
  };

  test('makes the minutes since it was heard blind, and they are told so', () => {
    const life = learnedLife();
    down(life, LEARNED + 1, LEARNED + 30);
    life.pass(LEARNED + 40);
    expect(blindMinutes(life)[0]).toBe(LEARNED + 1);
    expect(blindMinutes(life)).toContain(LEARNED + 29);
    expect(blindMinutes(life)).not.toContain(LEARNED + 35);
    expect(told(life, LEARNED + 20)?.blind).toBe(true);
    expect(told(life, LEARNED + 38)?.blind).toBe(false);
    expect(life.sights.map(({ state }) => state)).toEqual(['blind', 'sighted']);
  });

  test('teaches nothing: neither a window that it touches nor a sighted minute', () => {
    const life = learnedLife();
    life.pass(LEARNED + 20);
    const before = structuredClone(life.state);
    down(life, LEARNED + 21, LEARNED + 300);
    const { baselines } = life.state.series.get('all')!;
    const windows = baselines.map(
      (baseline, i) => baseline.windows - before.series.get('all')!.baselines[i]!.windows,
    );
    // The ten minutes that were complete before it fell silent, and no window of those after.
    expect(windows[0]).toBeLessThanOrEqual(2);
    expect(windows.slice(2)).toEqual([0, 0]);
    expect(life.state.sightedMinutes - before.sightedMinutes).toBeLessThan(12);
  });

  test('of another watch does not matter', () => {
    const life = watchLife({ ...RULES, sources: ['x'] });
    life.pass(20);
    for (let minute = 20; minute < 60; minute++)
      life.status(minute, { name: 'shop', state: 'disconnected', completeUpTo: timeOf(1) });
    life.pass(60);
    expect(life.sights).toEqual([]);
    expect(blindMinutes(life)).toEqual([]);
    expect(life.state.closedMinute).toBe(minuteOf(60));
  });

  test('leaves the stretch blind that it says it missed', () => {
    const life = learnedLife();
    life.status(LEARNED + 1, {
      completeUpTo: timeOf(LEARNED),
      gap: { from: timeOf(LEARNED), to: timeOf(LEARNED + 3) },
    });
    life.pass(LEARNED + 10);
    expect(blindMinutes(life)).toEqual([LEARNED, LEARNED + 1, LEARNED + 2]);
  });

  test('that nobody was there to tell of was not calm either', () => {
    const life = learnedLife();
    life.status(LEARNED + 1, { state: 'stopped' });
    // A night later it is back, and its cursor filled in what was said meanwhile.
    life.status(LEARNED + 61, { completeUpTo: timeOf(LEARNED + 1) });
    life.pass(LEARNED + 70);
    expect(blindMinutes(life)).toEqual(
      expect.arrayContaining(Array.from({ length: 58 }, (_, i) => LEARNED + 2 + i)),
    );
  });
});

describe('an absence', () => {
  test.each([45, 120, RING_MINUTES - 10, RING_MINUTES + 100, 3_000, 20_000])(
    'of %d minutes is blind, not calm: nothing of it is learned',
    (away) => {
      const life = learnedLife();
      const before = structuredClone(life.state);
      const windowsBefore = before.series.get('all')!.baselines[0]!.windows;
      life.status(LEARNED + away);
      expect(life.state.closedMinute).toBe(minuteOf(LEARNED + away));
      expect(life.state.sightedMinutes - before.sightedMinutes).toBeLessThanOrEqual(RULES.latenessMinutes);
      expect(life.state.series.get('all')!.baselines[0]!.windows - windowsBefore).toBeLessThanOrEqual(1);
      const calm = life.minutes.filter(({ minute, blind }) => !blind && minute < timeOf(LEARNED + away));
      expect(calm).toEqual([]);
    },
  );

  test('of half an hour is made up for: sources fill it in', () => {
    const life = learnedLife();
    life.status(LEARNED + 30);
    expect(blindMinutes(life)).toEqual([]);
  });

  test('again and again does not add up in the state', () => {
    const life = learnedLife();
    for (let i = 1; i <= 20; i++) life.status(LEARNED + i * 2_000);
    expect(life.state.blindMinutes.size).toBeLessThanOrEqual(2 * RING_MINUTES + 10);
  });
});

describe('the first post after an absence', () => {
  const ABSENT = 3 * 60;
  const life = (): WatchLife => {
    const one = learnedLife();
    one.pass(LEARNED + 10);
    return one;
  };

  test('leaves the minutes that nobody saw blind, not calm', () => {
    const one = life();
    one.post({ minute: LEARNED + 10 + ABSENT, author: 1 });
    one.status(LEARNED + 10 + ABSENT + 1);
    expect(blindMinutes(one)).toContain(LEARNED + 30);
    expect(told(one, LEARNED + 100)?.blind).toBe(true);
    expect(told(one, LEARNED + 9)?.blind).toBe(false);
  });

  test('is nothing special while statuses came all along', () => {
    const one = life();
    for (let minute = 0; minute < ABSENT; minute++) one.status(LEARNED + 10 + minute);
    one.post({ minute: LEARNED + 10 + ABSENT, author: 1 });
    expect(blindMinutes(one)).toEqual([]);
  });
});
