import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixEventTime } from './event-time.ts';

const MINUTE = 60_000;
const observed = Date.UTC(2026, 10, 20, 22, 0);
const live = { observed, trust: 'client', replay: false, latenessMs: 30 * MINUTE } as const;

describe('event time of a live mention', () => {
  test.each([
    ['a second ago', observed - 1_000, observed - 1_000],
    ['exactly the allowed lateness ago', observed - 30 * MINUTE, observed - 30 * MINUTE],
    ['one millisecond longer ago', observed - 30 * MINUTE - 1, observed],
    ['a little ahead', observed + MINUTE, observed + MINUTE],
    ['further ahead than the allowed lateness', observed + 30 * MINUTE + 1, observed],
    ['in 1970', 0, observed],
    ['in 2999', Date.UTC(2999, 0, 1), observed],
  ])('published %s', (_name, published, eventTime) => {
    expect(fixEventTime({ ...live, published })).toMatchObject({ ok: true, eventTime });
  });

  test('a server’s time that is overruled is no longer trusted as a server’s', () => {
    expect(fixEventTime({ ...live, published: 0, trust: 'server' })).toMatchObject({
      publishedTrust: 'client',
    });
    expect(fixEventTime({ ...live, published: 0, trust: 'inferred' })).toMatchObject({
      publishedTrust: 'inferred',
    });
    expect(fixEventTime({ ...live, published: observed, trust: 'server' })).toMatchObject({
      publishedTrust: 'server',
    });
  });

  test('it is never further from the observation than the allowed lateness', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (published) => {
        const fixed = fixEventTime({ ...live, published });
        return fixed.ok && Math.abs(fixed.eventTime - observed) <= live.latenessMs;
      }),
    );
  });
});

describe('event time of history', () => {
  const history = { ...live, replay: true } as const;

  test('it is the time of the post, however long ago', () => {
    const published = Date.UTC(2015, 1, 24, 19, 35, 52);
    expect(fixEventTime({ ...history, published })).toMatchObject({ ok: true, eventTime: published });
  });

  test('a rehearsal may lie some months ahead', () => {
    const published = observed + 90 * 1_440 * MINUTE;
    expect(fixEventTime({ ...history, published })).toMatchObject({ ok: true, eventTime: published });
  });

  test.each([
    ['1970', 0],
    ['2999', Date.UTC(2999, 0, 1)],
    ['no time at all', Number.NaN],
  ])('%s is refused with a reason', (_name, published) => {
    const fixed = fixEventTime({ ...history, published });
    expect(fixed.ok).toBe(false);
    expect(!fixed.ok && fixed.reason).toMatch(/published/);
  });
});
