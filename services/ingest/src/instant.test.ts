import { describe, expect, test } from 'vitest';
import { instantOf, readInstant } from './instant.ts';
import { knownZone } from './time-zone.ts';

const read = (value: unknown, timezone?: string): string => {
  const result = readInstant(value, timezone);
  return result.ok ? instantOf(result.ms) : `refused: ${result.reason}`;
};

describe('times that are read', () => {
  test.each([
    ['2026-11-20T18:04:05Z', '2026-11-20T18:04:05.000Z'],
    ['2026-11-20t18:04:05.1239z', '2026-11-20T18:04:05.123Z'],
    ['2026-11-20T18:04:05.5+01:00', '2026-11-20T17:04:05.500Z'],
    ['2026-11-20T18:04+0530', '2026-11-20T12:34:00.000Z'],
    ['2015-02-24 11:35:52 -0800', '2015-02-24T19:35:52.000Z'],
    ['2015-02-24 11:35:52-08', '2015-02-24T19:35:52.000Z'],
    [' 2015-02-24 11:35:52 UTC ', '2015-02-24T11:35:52.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    [1_424_806_552, '2015-02-24T19:35:52.000Z'],
    ['1424806552', '2015-02-24T19:35:52.000Z'],
    ['1424806552.25', '2015-02-24T19:35:52.250Z'],
    [1_424_806_552_123, '2015-02-24T19:35:52.123Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    ['2999-01-01T00:00:00Z', '2999-01-01T00:00:00.000Z'],
  ])('%j is %s', (value, expected) => {
    expect(read(value)).toBe(expected);
  });
});

describe('times that are refused', () => {
  test.each([
    ['2026-11-20 18:04:05', 'names no time zone'],
    ['2026-11-20', 'no time of day'],
    ['2026-02-29T00:00:00Z', 'not in the calendar'],
    ['2026-13-01T00:00:00Z', 'not in the calendar'],
    ['2026-11-20T24:00:00Z', 'no time of day'],
    ['2026-11-20T18:04:05+19:00', 'unknown time zone'],
    ['20/11/2026 18:04', 'cannot read'],
    ['NaN', 'cannot read'],
    ['', 'cannot read'],
    ['1969-12-31T23:59:59Z', 'before 1970'],
    [Number.NaN, 'seconds or ms'],
    [-1, 'seconds or ms'],
    [1_424_806_552_123_000, 'micro'],
    [true, 'must be a time'],
    [null, 'must be a time'],
    [{}, 'must be a time'],
  ])('%j: %s', (value, reason) => {
    expect(read(value)).toContain(reason);
  });

  test('a long foreign text is quoted in part only', () => {
    expect(read('x'.repeat(10_000)).length).toBeLessThan(200);
  });
});

describe('times without a zone, read in one', () => {
  test.each([
    ['2026-07-01 12:00:00', 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
    ['2026-01-01 12:00:00', 'Europe/Berlin', '2026-01-01T11:00:00.000Z'],
    ['2026-01-01 12:00:00', '+05:30', '2026-01-01T06:30:00.000Z'],
    ['2026-01-01 12:00:00', 'America/St_Johns', '2026-01-01T15:30:00.000Z'],
    ['2026-01-01 12:00:00Z', 'Europe/Berlin', '2026-01-01T12:00:00.000Z'],
    ['2026-10-25 02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-03-29 02:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25 03:00:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
    ['2026-03-29 01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59.000Z'],
    ['2026-03-29 03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ])('%s in %s is %s', (value, zone, expected) => {
    expect(read(value, zone)).toBe(expected);
  });

  test('an unknown zone is named', () => {
    expect(read('2026-01-01 12:00:00', 'Mars/Olympus')).toContain('unknown time zone "Mars/Olympus"');
    expect(knownZone('Mars/Olympus')).toBe(false);
    expect(knownZone('Asia/Kolkata')).toBe(true);
  });
});
