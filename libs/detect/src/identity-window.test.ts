import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admit, emptyIdentityWindow, IDS_KEPT } from './identity-window.ts';

const filled = (count: number) => {
  const window = emptyIdentityWindow();
  for (let id = 0; id < count; id++) admit(window, id);
  return window;
};

describe('the window of known ids', () => {
  test('admits each id once', () => {
    const window = emptyIdentityWindow();
    expect(admit(window, 7)).toBe(true);
    expect(admit(window, 7)).toBe(false);
    expect(admit(window, 8)).toBe(true);
  });

  test(`knows the last ${IDS_KEPT} ids, however many came`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 * IDS_KEPT }), (count) => {
        const window = filled(count);
        for (let id = Math.max(0, count - IDS_KEPT); id < count; id++)
          if (admit(window, id)) throw new Error(`${id} of ${count} was forgotten`);
      }),
      { numRuns: 20 },
    );
  });

  test('never holds more than twice as many', () => {
    const window = emptyIdentityWindow();
    for (let id = 0; id < 5 * IDS_KEPT; id++) {
      admit(window, id);
      if (window.young.size + window.old.size > 2 * IDS_KEPT) throw new Error(`${id}: too many`);
    }
    expect(window.young.size + window.old.size).toBeGreaterThanOrEqual(IDS_KEPT);
  });

  test.each([
    ['is known while the younger generation is being filled', IDS_KEPT - 1, false],
    ['is known when it has become the older one', IDS_KEPT, false],
    ['is known just before the next one is full', 2 * IDS_KEPT - 1, false],
    ['is forgotten when the next one is full', 2 * IDS_KEPT, true],
  ])('the first id %s', (_what, count, admitted) => {
    expect(admit(filled(count), 0)).toBe(admitted);
  });

  test('a repeat does not make an id younger, nor push others out', () => {
    const window = filled(IDS_KEPT);
    for (let again = 0; again < 3; again++)
      for (let id = 0; id < IDS_KEPT; id++) expect(admit(window, id)).toBe(false);
    expect(window.young.size).toBe(0);
  });
});
