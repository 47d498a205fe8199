import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNewestByHash } from './newest-by-hash.ts';

test('it remembers what a map of lists would, whatever shares a hash', () => {
  const step = fc.record({ hash: fc.integer({ min: 1, max: 40 }), replaces: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const newest = createNewestByHash(steps.length);
      const model = new Map<number, number[]>();
      for (const [offset, { hash, replaces }] of steps.entries()) {
        const same = model.get(hash) ?? [];
        if (replaces && same.length > 0) {
          newest.replace(hash, same[0]!, offset);
          model.set(hash, [offset, ...same.slice(1)]);
        } else {
          newest.add(hash, offset);
          model.set(hash, [...same, offset]);
        }
      }
      for (let hash = 1; hash <= 41; hash++) {
        expect(newest.find(hash)).toEqual(model.get(hash) ?? []);
        expect(newest.mayHave(hash)).toBe(model.has(hash));
      }
    }),
  );
});
