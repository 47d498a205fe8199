import type { Match } from '@foreshock/model/match';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyCell } from './people.ts';
import { addToCell, isNegative, recount, seriesNamesOf } from './recount.ts';
import { LEARNED, learnedLife, MINUTE, matchOf, type Said, timeOf } from './testing/watch-life.ts';

let offset = 0;
const match = (said: Said): Match => matchOf(said, { partition: 0, offset: offset++ });
const window = (from: number, to: number, series = 'all') => ({ series, from: timeOf(from), to: timeOf(to) });

describe('a recount', () => {
  test.each([
    ['at the start of the window counts', 10, 1],
    ['a millisecond before its end counts', 20 - 1 / MINUTE, 1],
    ['at its end does not', 20, 0],
    ['a millisecond before its start does not', 10 - 1 / MINUTE, 0],
  ])('a post %s', (_what, minute, posts) => {
    expect(recount([match({ minute, author: 1 })], window(10, 20)).posts).toBe(posts);
  });

  test('counts an id once, and lists the posts by time', () => {
    const posts = [
      match({ minute: 15, author: 2, id: 'b' }),
      match({ minute: 12, author: 1, id: 'a' }),
      match({ minute: 16, author: 2, id: 'b' }),
      match({ minute: 12, author: 3, id: '0' }),
    ];
    expect(recount(posts, window(10, 20))).toEqual({ posts: 3, people: 3, counted: ['0', 'a', 'b'] });
  });

  test('counts reposts as posts and not as people', () => {
    const posts = [match({ minute: 12, author: 1 }), match({ minute: 13, author: 2, op: 'announce' })];
    expect(recount(posts, window(10, 20))).toMatchObject({ posts: 2, people: 1 });
  });

  test('counts what belongs to its series', () => {
    const posts = [
      match({ minute: 12, author: 1, issues: ['stock'], source: 'shop' }),
      match({ minute: 13, author: 2, source: 'shop' }),
    ];
    const people = (series: string) => recount(posts, window(10, 20, series)).people;
    expect(['all', 'source:shop', 'negative', 'issue:stock', 'issue:price'].map(people)).toEqual([
      2, 2, 1, 1, 0,
    ]);
  });

  test('of nothing is nothing', () => {
    expect(recount([], window(10, 20))).toEqual({ posts: 0, people: 0, counted: [] });
  });

  test('gives the figures that the fold gave, from the matches in any order, repeats and all', () => {
    const said: fc.Arbitrary<Said> = fc.record({
      minute: fc.double({ min: LEARNED, max: LEARNED + 12, noNaN: true }),
      author: fc.integer({ min: 0, max: 80 }),
      text: fc.option(fc.integer({ min: 500, max: 560 }), { nil: undefined }),
      id: fc.integer({ min: 0, max: 200 }).map((n) => `p${n}`),
      issues: fc.constantFrom(['stock'], ['stock'], []),
      op: fc.constantFrom<Said['op']>('create', 'create', 'create', 'announce'),
    });
    let compared = 0;
    fc.assert(
      fc.property(fc.array(said, { minLength: 20, maxLength: 120 }), (posts) => {
        const life = learnedLife();
        for (const post of posts.toSorted((a, b) => a.minute - b.minute)) life.post(post);
        life.pass(LEARNED + 20);
        // The first of an id is the one that counted; in the log it may stand anywhere.
        const first = new Map(
          posts
            .toSorted((a, b) => a.minute - b.minute)
            .toReversed()
            .map((post) => [post.id, post]),
        );
        const logged = [...first.values()].map(match);
        for (const { series, at, figures } of life.bursts) {
          const { from, to, people, posts: told } = figures;
          // On arrival the window was still being filled; from the close on its figures stand.
          if (series !== 'issue:stock' || at < to) continue;
          expect(recount(logged, { series, from, to })).toMatchObject({ posts: told, people });
          compared++;
        }
      }),
      { numRuns: 40 },
    );
    expect(compared).toBeGreaterThan(0);
  });
});

describe('a match', () => {
  test.each<[string, Partial<Match['understanding']>, boolean]>([
    ['of negative mood', { sentiment: { score: -0.5, label: 'negative' }, intent: 'other' }, true],
    [
      'that complains without a mood',
      { sentiment: { score: 0, label: 'unknown' }, intent: 'complaint' },
      true,
    ],
    ['that is neutral', { sentiment: { score: 0, label: 'neutral' }, intent: 'question' }, false],
    ['that praises', { sentiment: { score: 0.9, label: 'positive' }, intent: 'praise' }, false],
  ])('%s is negative: %3$s', (_what, understanding, negative) => {
    const said = match({ minute: 1, author: 1 });
    const understood = { ...said, understanding: { ...said.understanding, ...understanding } };
    expect(isNegative(understood)).toBe(negative);
    expect(seriesNamesOf(understood).includes('negative')).toBe(negative);
  });

  test('of two issues counts in both', () => {
    const names = seriesNamesOf(match({ minute: 1, author: 1, issues: ['stock', 'price'] }));
    expect(names).toEqual(
      expect.arrayContaining(['all', 'source:x', 'negative', 'issue:stock', 'issue:price']),
    );
  });

  test('leaves its mark in the minute: posts, reposts, replays, mood, the first of them, its source', () => {
    const cell = emptyCell();
    addToCell(cell, match({ minute: 1.5, author: 1, issues: ['stock'], source: 'shop' }));
    addToCell(cell, match({ minute: 1.2, author: 2, replay: true }));
    addToCell(cell, match({ minute: 1.7, author: 1, op: 'announce' }));
    expect(cell).toMatchObject({ posts: 3, reposts: 1, replayed: 1, negative: 1, firstAt: timeOf(1.2) });
    expect([...cell.sources]).toEqual([
      ['shop', 1],
      ['x', 1],
    ]);
  });

  test('without a text of its own counts for its author; with one that others have, once for all', () => {
    const cell = emptyCell();
    for (const author of [1, 2, 3]) addToCell(cell, match({ minute: 1, author, text: 7 }));
    for (const author of [4, 5]) addToCell(cell, match({ minute: 1, author }));
    expect(cell.texts).toEqual([7, 7, 7, 4, 5]);
  });
});
