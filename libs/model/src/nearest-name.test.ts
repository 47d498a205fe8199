import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, nearestName } from './nearest-name.ts';

describe('the distance between two words', () => {
  test.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['recievers', 'receivers', 1],
    ['ab', 'ba', 1],
    ['abc', 'abc', 0],
  ])('%j to %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  test('is the same both ways and never more than the longer word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

describe('the nearest name', () => {
  const names = ['sources', 'watches', 'receivers', 'severity'];
  test.each([
    ['recievers', 'receivers'],
    ['Sources', 'sources'],
    ['watchs', 'watches'],
    ['sevrity', 'severity'],
  ])('of %j is %j', (written, name) => {
    expect(nearestName(written, names)).toBe(name);
  });

  test.each(['colour', 'x', '', 'zzzzzzzz'])('of %j is none: a guess would mislead', (written) => {
    expect(nearestName(written, names)).toBeUndefined();
  });

  test('costs little for a word of a million letters', () => {
    expect(nearestName('s'.repeat(1_000_000), names)).toBeUndefined();
  });
});
