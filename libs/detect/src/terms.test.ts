import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeWatch } from './snapshot.ts';
import { emptyTerms, noteTerms, PEOPLE_TO_NAME, risenTerms, type TermTable } from './terms.ts';
import { emptyWatchState } from './watch-state.ts';

const NIGHT = Date.parse('2026-09-16T20:00:00Z');
const MINUTE = 60_000;
const BLOCK = 10 * MINUTE;

const note = (table: TermTable, terms: readonly string[], author: number, minute: number): void =>
  noteTerms(table, terms, author, NIGHT + minute * MINUTE);
const named = (table: TermTable): string[] =>
  [...table.terms.values()].flatMap(({ text }) => (text === null ? [] : [text]));

/** Two days in which `people` of a hundred who write in every block use a term. */
function usual(people: number, term = 'nice'): TermTable {
  const table = emptyTerms();
  for (let block = -288; block < 0; block++)
    for (let author = 0; author < 20; author++)
      note(table, author < people ? [term] : ['other'], block * 100 + author, block * 10);
  return table;
}

describe('the name of a term', () => {
  test.each([
    [PEOPLE_TO_NAME - 1, []],
    [PEOPLE_TO_NAME, ['sold out']],
    [PEOPLE_TO_NAME + 1, ['sold out']],
  ])('that %d people used is kept as %j', (people, kept) => {
    const table = emptyTerms();
    for (let author = 0; author < people; author++) note(table, ['sold out'], author, author);
    expect(named(table)).toEqual(kept);
  });

  test('is not kept for one who says it a hundred times', () => {
    const table = emptyTerms();
    for (let post = 0; post < 100; post++) note(table, ['my address'], 1, post / 10);
    expect(named(table)).toEqual([]);
  });

  test('is not kept for five people who were never within an hour of each other', () => {
    const table = emptyTerms();
    for (let author = 0; author < 20; author++) note(table, ['rare word'], author, author * 20);
    expect(named(table)).toEqual([]);
  });

  test('is forgotten when fewer than five people used it in the last hour', () => {
    const table = emptyTerms();
    for (let author = 0; author < 8; author++) note(table, ['sold out'], author, 0);
    expect(named(table)).toEqual(['sold out']);
    note(table, ['other'], 99, 59);
    expect(named(table)).toEqual(['sold out']);
    note(table, ['other'], 99, 60);
    expect(named(table)).toEqual([]);
  });

  test('stands in no snapshot unless five people used it within the hour before the last post', () => {
    const post = fc.record({
      term: fc.integer({ min: 0, max: 8 }),
      author: fc.integer({ min: 0, max: 12 }),
      pause: fc.integer({ min: 0, max: 25 }),
    });
    fc.assert(
      fc.property(fc.array(post, { maxLength: 120 }), (posts) => {
        const state = emptyWatchState('orion', 1);
        let minute = 0;
        const said: { term: string; author: number; block: number }[] = [];
        for (const { term, author, pause } of posts) {
          minute += pause;
          note(state.terms, [`secret-${term}`], author, minute);
          said.push({ term: `secret-${term}`, author, block: Math.floor((NIGHT + minute * MINUTE) / BLOCK) });
        }
        const now = said.at(-1)?.block ?? 0;
        const snapshot = JSON.stringify(encodeWatch(state));
        for (let term = 0; term <= 8; term++) {
          const people = new Set(
            said
              .filter((one) => one.term === `secret-${term}` && one.block > now - 6)
              .map(({ author }) => author),
          );
          const stands = snapshot.includes(`"secret-${term}"`);
          expect(stands && people.size < PEOPLE_TO_NAME, `secret-${term}`).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the table of terms', () => {
  test('is bounded, however many words are invented', () => {
    const table = emptyTerms();
    for (let i = 0; i < 5_000; i++) note(table, [`word${i}`], i, i / 1_000);
    expect(table.terms.size).toBe(2_000);
  });

  test('makes room when nobody used a word for an hour', () => {
    const table = emptyTerms();
    for (let i = 0; i < 5_000; i++) note(table, [`word${i}`], i, 0);
    note(table, ['late'], 1, 70);
    expect(table.terms.size).toBeLessThan(10);
  });

  test('keeps 64 people a term at the most', () => {
    const table = emptyTerms();
    for (let author = 0; author < 500; author++) note(table, ['sold out'], author, 0);
    expect([...table.terms.values()].map(({ authors }) => authors.size)).toEqual([64]);
  });

  test('a post that comes late takes no time back', () => {
    const table = emptyTerms();
    note(table, ['a'], 1, 35);
    const { block } = table;
    note(table, ['a'], 2, 5);
    expect(table.block).toBe(block);
    expect([...table.terms.values()].map(({ authors }) => authors.size)).toEqual([2]);
  });
});

describe('the terms that rose', () => {
  const rise = (table: TermTable, terms: readonly string[], people: number) => {
    for (let author = 0; author < people; author++) note(table, terms, 1_000_000 + author, 5);
  };

  test('are those that far more people use than did', () => {
    const table = usual(2);
    rise(table, ['sold out'], 30);
    const [first] = risenTerms(table, 50, 5);
    expect(first).toMatchObject({ phrase: 'sold out', people: 30 });
    expect(first!.lift).toBeGreaterThan(5);
  });

  test('are not those that are used as ever', () => {
    const table = usual(10);
    for (let author = 0; author < 10; author++) note(table, ['nice'], 1_000_000 + author, 5);
    expect(risenTerms(table, 130, 5)).toEqual([]);
  });

  test('are not those of fewer than five people, however new', () => {
    const table = usual(2);
    rise(table, ['brand new'], PEOPLE_TO_NAME - 1);
    expect(risenTerms(table, 50, 5)).toEqual([]);
  });

  test('come by people, at most as many as asked for', () => {
    const table = usual(2);
    for (const [i, term] of ['one', 'two', 'three'].entries()) rise(table, [term], 40 - i);
    expect(risenTerms(table, 120, 2).map(({ phrase }) => phrase)).toEqual(['one', 'two']);
    expect(risenTerms(table, 120, 5).map(({ phrase }) => phrase)).toEqual(['one', 'two', 'three']);
  });

  test('leave out a word that the same people used in a longer phrase', () => {
    const table = usual(2);
    rise(table, ['out', 'sold out', 'soldier'], 30);
    expect(risenTerms(table, 50, 5).map(({ phrase }) => phrase)).toEqual(
      expect.arrayContaining(['sold out', 'soldier']),
    );
    expect(risenTerms(table, 50, 5).map(({ phrase }) => phrase)).not.toContain('out');
  });

  test('keep a word that far more people used than the longer phrase', () => {
    const table = usual(2);
    for (let author = 0; author < 60; author++)
      note(table, author < 20 ? ['out', 'sold out'] : ['out'], 1_000_000 + author, 5);
    expect(risenTerms(table, 80, 5).map(({ phrase }) => phrase)).toEqual(['out', 'sold out']);
  });

  test('are none in an empty table', () => {
    expect(risenTerms(emptyTerms(), 0, 5)).toEqual([]);
    expect(risenTerms(emptyTerms(), 1_000, 5)).toEqual([]);
  });
});
