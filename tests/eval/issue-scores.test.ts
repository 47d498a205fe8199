import { expect, test } from 'vitest';
import { intervalText, tally, wilson } from './issue-scores.ts';

test('tallies add up', () => {
  expect(
    tally([
      { right: 1, wrong: 2, missed: 3 },
      { right: 4, wrong: 0, missed: 1 },
    ]),
  ).toEqual({ right: 5, wrong: 2, missed: 4 });
});

test('an interval is wide where there is little to go by, and never leaves 0 to 1', () => {
  expect(intervalText(wilson(0, 0))).toBe('–');
  expect(intervalText(wilson(4, 4))).toBe('0.51–1.00');
  expect(intervalText(wilson(400, 400))).toBe('0.99–1.00');
  expect(intervalText(wilson(0, 10))).toBe('0.00–0.28');
  expect(intervalText(wilson(50, 100))).toBe('0.40–0.60');
});
