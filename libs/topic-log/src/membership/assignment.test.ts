import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assign } from './assignment.ts';

test.each([
  { owned: [], partitions: 4, shares: [] },
  { owned: [[]], partitions: 3, shares: [[0, 1, 2]] },
  {
    owned: [[0, 1, 2, 3], []],
    partitions: 4,
    shares: [
      [0, 1],
      [2, 3],
    ],
  },
  { owned: [[], [0, 1, 2]], partitions: 3, shares: [[2], [0, 1]] },
  { owned: [[0], [1], []], partitions: 2, shares: [[0], [1], []] },
])('$owned share $partitions partitions as $shares', ({ owned, partitions, shares }) => {
  expect(assign(owned, partitions)).toEqual(shares);
});

test('every partition has one owner, shares differ by one at most, and nothing moves without need', () => {
  const holders = fc.array(fc.option(fc.nat({ max: 5 }), { nil: undefined }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), holders, (members, holderOf) => {
      const owned = Array.from({ length: members }, (_, member) =>
        holderOf.flatMap((holder, partition) => (holder === member ? [partition] : [])),
      );
      const shares = assign(owned, holderOf.length);
      expect(shares.flat().sort((a, b) => a - b)).toEqual(holderOf.map((_, partition) => partition));
      const sizes = shares.map((share) => share.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      for (const [member, share] of shares.entries()) {
        const lost = owned[member]!.filter((partition) => !share.includes(partition));
        const gained = share.filter((partition) => !owned[member]!.includes(partition));
        // Nobody gives with one hand and takes with the other.
        expect(Math.min(lost.length, gained.length)).toBe(0);
      }
    }),
  );
});
