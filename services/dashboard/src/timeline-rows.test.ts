import { expect, test } from 'vitest';
import { timelineRows } from './timeline-rows.ts';

test('growth in a row is one row with its first and last time; everything else stands by itself', () => {
  const rows = timelineRows([
    { at: 1, what: 'detected', note: 'issue:out_of-stock' },
    { at: 2, what: 'grew', note: 'issue:stock' },
    { at: 3, what: 'grew', note: 'negative' },
    { at: 4, what: 'grew', note: 'issue:stock' },
    { at: 5, what: 'delivered', who: 'console' },
    { at: 6, what: 'grew', note: 'issue:stock' },
    { at: 7, what: 'note', who: 'Ana (page)', note: 'called the supplier' },
    { at: 8, what: 'note', who: 'Ana (page)', note: 'called again' },
  ]);
  expect(rows.map(({ at, until, what, note }) => [at, until, what, note])).toEqual([
    [1, undefined, 'detected', 'out of stock'],
    [2, 4, 'grew', 'stock, negative mentions'],
    [5, undefined, 'delivered', undefined],
    [6, undefined, 'grew', 'stock'],
    [7, undefined, 'note', 'called the supplier'],
    [8, undefined, 'note', 'called again'],
  ]);
});
