import type { SourceStatus } from '@foreshock/model/mention';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { downSince, foldStatus, isBlind, type Sights, SOURCES_MAX, watermarkOf } from './sight.ts';

const MINUTE = 60_000;
const NIGHT = Date.parse('2026-09-16T20:00:00Z');
const BLIND_AFTER = 5 * MINUTE;
const FALLBACK = 1;

/** `at` and `complete` are minutes of the night. */
const statusOf = (
  at: number,
  complete: number,
  options: Partial<Pick<SourceStatus, 'name' | 'mode' | 'state' | 'reason'>> = {},
): SourceStatus => ({
  op: 'status',
  source: 'x',
  eventTime: NIGHT + at * MINUTE,
  v: 1,
  name: 'x',
  mode: 'streaming',
  state: 'connected',
  completeUpTo: NIGHT + complete * MINUTE,
  ...options,
});
const fold = (sights: Sights, status: SourceStatus, partition = 0) =>
  foldStatus(sights, status, { partition, blindAfterMs: BLIND_AFTER });
const minutes = (time: number): number => (time - NIGHT) / MINUTE;

describe('the watermark', () => {
  test('is the fallback while nothing is known of any source', () => {
    expect(watermarkOf(new Map(), 1, FALLBACK)).toBe(FALLBACK);
  });

  test('needs a status from every partition, and is the least of them', () => {
    const sights: Sights = new Map();
    fold(sights, statusOf(10, 9), 0);
    expect(watermarkOf(sights, 3, FALLBACK)).toBe(0);
    fold(sights, statusOf(10, 8), 1);
    expect(watermarkOf(sights, 3, FALLBACK)).toBe(0);
    fold(sights, statusOf(10, 7), 2);
    expect(minutes(watermarkOf(sights, 3, FALLBACK))).toBe(7);
  });

  test('is the least of the sources', () => {
    const sights: Sights = new Map();
    fold(sights, statusOf(10, 9, { name: 'x' }));
    fold(sights, statusOf(10, 4, { name: 'shop', mode: 'pushed' }));
    expect(minutes(watermarkOf(sights, 1, FALLBACK))).toBe(4);
  });

  test('does not wait for a polled source beside a stream', () => {
    const sights: Sights = new Map();
    fold(sights, statusOf(10, 2, { name: 'feed', mode: 'polled' }));
    expect(minutes(watermarkOf(sights, 1, FALLBACK))).toBe(2);
    fold(sights, statusOf(10, 9));
    expect(minutes(watermarkOf(sights, 1, FALLBACK))).toBe(9);
  });

  test('never goes back, in whatever order statuses come', () => {
    const status = fc.record({
      at: fc.integer({ min: 0, max: 100 }),
      complete: fc.integer({ min: 0, max: 100 }),
      partition: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(
      fc.property(fc.array(status, { maxLength: 40 }), (statuses) => {
        const sights: Sights = new Map();
        let before = 0;
        for (const { at, complete, partition } of statuses) {
          fold(sights, statusOf(at, complete), partition);
          const watermark = watermarkOf(sights, 2, FALLBACK);
          expect(watermark).toBeGreaterThanOrEqual(before);
          before = watermark;
        }
      }),
    );
  });

  test('is held by a source that is down until it is blind, and not from then on', () => {
    const sights: Sights = new Map();
    fold(sights, statusOf(10, 10, { name: 'shop', mode: 'pushed' }));
    fold(sights, statusOf(10, 10));
    fold(sights, statusOf(11, 10, { state: 'disconnected' }));
    fold(sights, statusOf(15, 15, { name: 'shop', mode: 'pushed' }));
    expect(minutes(watermarkOf(sights, 1, FALLBACK))).toBe(10);
    fold(sights, statusOf(16, 10, { state: 'disconnected' }));
    expect(minutes(watermarkOf(sights, 1, FALLBACK))).toBe(15);
    fold(sights, statusOf(17, 10));
    expect(minutes(watermarkOf(sights, 1, FALLBACK))).toBe(10);
  });

  test('with every source blind is the fallback again', () => {
    const sights: Sights = new Map();
    fold(sights, statusOf(10, 10));
    fold(sights, statusOf(11, 10, { state: 'disconnected' }));
    fold(sights, statusOf(17, 10, { state: 'disconnected' }));
    expect(watermarkOf(sights, 1, FALLBACK)).toBe(FALLBACK);
  });
});

describe('a source that is gone', () => {
  test.each([
    ['a moment before', BLIND_AFTER - 1, false],
    ['exactly when', BLIND_AFTER, true],
    ['after', BLIND_AFTER + 1, true],
  ])('makes its watch blind: %s the time is over', (_what, downMs, blind) => {
    const sights: Sights = new Map();
    fold(sights, statusOf(10, 10));
    const down = statusOf(10, 10, { state: 'disconnected', reason: 'refused' });
    expect(fold(sights, down)).toBeNull();
    const change = fold(sights, { ...down, eventTime: down.eventTime + downMs });
    expect(change).toEqual(
      blind ? { source: 'x', state: 'blind', since: down.eventTime, reason: 'refused' } : null,
    );
    expect(isBlind(sights)).toBe(blind);
  });

  test('is told once as blind and once as back', () => {
    const sights: Sights = new Map();
    const changes = [
      statusOf(10, 10),
      statusOf(11, 10, { state: 'disconnected' }),
      statusOf(16, 10, { state: 'disconnected' }),
      statusOf(17, 10, { state: 'disconnected' }),
      statusOf(18, 18),
      statusOf(19, 19),
    ].map((status) => fold(sights, status)?.state ?? '-');
    expect(changes).toEqual(['-', '-', 'blind', '-', 'sighted', '-']);
    expect(isBlind(sights)).toBe(false);
    expect(downSince(sights)).toBeUndefined();
  });

  test('that comes back in time was never blind', () => {
    const sights: Sights = new Map();
    fold(sights, statusOf(10, 10));
    fold(sights, statusOf(11, 10, { state: 'disconnected' }));
    expect(fold(sights, statusOf(15, 15))).toBeNull();
    fold(sights, statusOf(16, 15, { state: 'disconnected' }));
    expect(fold(sights, statusOf(19, 15, { state: 'disconnected' }))).toBeNull();
  });

  test('is told back with the time since when it was gone', () => {
    const sights: Sights = new Map();
    fold(sights, statusOf(10, 10));
    fold(sights, statusOf(12, 12, { state: 'disconnected' }));
    fold(sights, statusOf(20, 12, { state: 'disconnected' }));
    expect(fold(sights, statusOf(30, 30))).toMatchObject({ state: 'sighted', since: NIGHT + 12 * MINUTE });
  });

  test('counts as down since it was complete, but for no longer than would be blind at once', () => {
    const recent: Sights = new Map();
    fold(recent, statusOf(10, 8));
    fold(recent, statusOf(11, 8, { state: 'disconnected' }));
    expect(minutes(downSince(recent)!)).toBe(8);
    const old: Sights = new Map();
    fold(old, statusOf(10, 1));
    fold(old, statusOf(11, 1, { state: 'disconnected' }));
    expect(minutes(downSince(old)!)).toBe(6);
  });

  test('is judged in partition 0 alone: the others carry the same news', () => {
    const sights: Sights = new Map();
    fold(sights, statusOf(10, 10));
    fold(sights, statusOf(11, 10, { state: 'disconnected' }), 1);
    expect(fold(sights, statusOf(30, 10, { state: 'disconnected' }), 1)).toBeNull();
    expect(isBlind(sights)).toBe(false);
    expect(downSince(sights)).toBeUndefined();
  });

  test('is the one that is longest down, of several', () => {
    const sights: Sights = new Map();
    for (const name of ['a', 'b', 'c']) fold(sights, statusOf(10, 10, { name }));
    fold(sights, statusOf(13, 13, { name: 'b', state: 'disconnected' }));
    fold(sights, statusOf(12, 12, { name: 'c', state: 'disconnected' }));
    expect(minutes(downSince(sights)!)).toBe(12);
  });
});

describe('the sources a watch knows', () => {
  test('do not come to be by a last word', () => {
    const sights: Sights = new Map();
    expect(fold(sights, statusOf(10, 10, { state: 'stopped' }))).toBeNull();
    expect(sights.size).toBe(0);
  });

  test(`are at most ${SOURCES_MAX}`, () => {
    const sights: Sights = new Map();
    for (let i = 0; i < SOURCES_MAX + 10; i++) fold(sights, statusOf(10, 10, { name: `s${i}` }));
    expect(sights.size).toBe(SOURCES_MAX);
  });

  test('are told by their names, whatever these are', () => {
    const sights: Sights = new Map();
    fold(sights, statusOf(10, 9, { name: '__proto__' }));
    fold(sights, statusOf(10, 8, { name: 'constructor' }));
    expect(minutes(watermarkOf(sights, 1, FALLBACK))).toBe(8);
  });
});
