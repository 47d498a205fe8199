import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const now = Date.parse('2026-09-21T13:00:00Z');

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['1.5', 1_500],
  ['Mon, 21 Sep 2026 13:01:00 GMT', 60_000],
  ['Mon, 21 Sep 2026 12:00:00 GMT', 0],
  ['-5', undefined],
  ['2026', 2_026_000],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %s means %s ms', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});
