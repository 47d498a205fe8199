import { hash52 } from '@foreshock/model/hash';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addPair, type Cell, emptyCell, PAIRS_EXACT, type Pair, peopleIn } from './people.ts';

/** As a post is counted: itself, then its pair. */
const addPost = (cell: Cell, pair: Pair): boolean => {
  cell.posts++;
  return addPair(cell, pair);
};
const cellOf = (pairs: readonly Pair[]): Cell => {
  const cell = emptyCell();
  for (const pair of pairs) addPost(cell, pair);
  return cell;
};

/** Puts each pair into the minute named with it. */
function minutesOf(pairs: readonly (Pair & { minute: number })[]): Cell[] {
  const cells = Array.from({ length: 4 }, emptyCell);
  for (const pair of pairs) addPost(cells[pair.minute]!, pair);
  return cells;
}

/** The definition itself, tried out: every way to give authors texts of their own. */
function largestMatchingByTrying(pairs: readonly Pair[]): number {
  const [first, ...rest] = [...new Set(pairs.map((pair) => pair.author))];
  if (first === undefined) return 0;
  const others = pairs.filter((pair) => pair.author !== first);
  let best = rest.length === 0 ? 0 : largestMatchingByTrying(others);
  for (const { text } of pairs.filter((pair) => pair.author === first))
    best = Math.max(best, 1 + largestMatchingByTrying(others.filter((pair) => pair.text !== text)));
  return best;
}

const author = fc.integer({ min: 0, max: 6 });
const text = fc.integer({ min: 100, max: 106 });
const minute = fc.integer({ min: 0, max: 3 });
const talk = fc.array(fc.record({ author, text, minute }), { maxLength: 16 });

const person = (name: string, words = name): Pair => ({
  author: hash52('author', name),
  text: hash52('text', words),
});
const crowd = (count: number, name: string): Pair[] =>
  Array.from({ length: count }, (_, i) => person(`${name}${i}`));

describe('how many people', () => {
  const loud = Array.from({ length: 30 }, (_, i) => ({ author: 1, text: 1_000 + i }));
  const wire = Array.from({ length: 30 }, (_, i) => ({ author: 2_000 + i, text: 7 }));

  test.each<{ what: string; pairs: Pair[]; people: number }>([
    { what: 'nobody is none', pairs: [], people: 0 },
    { what: 'one post is one', pairs: [{ author: 1, text: 1 }], people: 1 },
    {
      what: 'the same said twice by one is one',
      pairs: [
        { author: 1, text: 1 },
        { author: 1, text: 1 },
      ],
      people: 1,
    },
    { what: 'a loud author is one', pairs: loud, people: 1 },
    { what: 'a wire that many copy is one', pairs: wire, people: 1 },
    { what: 'a loud author beside a copied wire are two', pairs: [...loud, ...wire], people: 2 },
    {
      what: 'two who wrote the same two texts are two',
      pairs: [
        { author: 1, text: 1 },
        { author: 1, text: 2 },
        { author: 2, text: 1 },
        { author: 2, text: 2 },
      ],
      people: 2,
    },
    {
      what: 'who copied one text and wrote another is counted for the other',
      pairs: [
        { author: 1, text: 1 },
        { author: 2, text: 1 },
        { author: 2, text: 2 },
      ],
      people: 2,
    },
  ])('$what', ({ pairs, people }) => {
    expect(peopleIn(pairs.map((pair) => cellOf([pair])))).toBe(people);
  });

  test('a wire copied by 400 accounts and a loud author are two, be it in one minute or in ten', () => {
    const wires = Array.from({ length: 400 }, (_, i) => ({
      author: hash52('a', `${i}`),
      text: hash52('t', 'wire'),
    }));
    const loudest = Array.from({ length: 400 }, (_, i) => ({
      author: hash52('a', 'x'),
      text: hash52('t', `${i}`),
    }));
    const spread = (pairs: readonly Pair[]) =>
      Array.from({ length: 10 }, (_, k) => cellOf(pairs.filter((_pair, i) => i % 10 === k)));
    expect(peopleIn([cellOf(wires)])).toBe(1);
    expect(peopleIn([cellOf(loudest)])).toBe(1);
    expect(peopleIn(spread(wires))).toBe(1);
    expect(peopleIn(spread(loudest))).toBe(1);
    expect(peopleIn([...wires.slice(0, 200), ...loudest.slice(0, 200)].map((pair) => cellOf([pair])))).toBe(
      2,
    );
  });

  test('minutes in which nobody spoke count as nobody', () => {
    expect(peopleIn([null, cellOf([person('a')]), null])).toBe(1);
    expect(peopleIn([])).toBe(0);
  });

  test('is the largest matching, as trying every way finds it', () => {
    fc.assert(
      fc.property(talk, (pairs) => {
        expect(peopleIn(minutesOf(pairs))).toBe(largestMatchingByTrying(pairs));
      }),
      { numRuns: 400 },
    );
  });

  test('never falls when a pair is added, and rises by one at the most', () => {
    fc.assert(
      fc.property(talk, fc.record({ author, text, minute }), (pairs, another) => {
        const before = peopleIn(minutesOf(pairs));
        const after = peopleIn(minutesOf([...pairs, another]));
        expect(after - before).toBeGreaterThanOrEqual(0);
        expect(after - before).toBeLessThanOrEqual(1);
      }),
      { numRuns: 400 },
    );
  });

  test('does not depend on the order of posts, nor on the minute each is in', () => {
    fc.assert(
      fc.property(
        talk.chain((pairs) =>
          fc.tuple(fc.constant(pairs), fc.shuffledSubarray(pairs, { minLength: pairs.length })),
        ),
        ([pairs, shuffled]) => {
          const people = peopleIn(minutesOf(pairs));
          expect(peopleIn(minutesOf(shuffled))).toBe(people);
          expect(peopleIn([cellOf(shuffled)])).toBe(people);
        },
      ),
    );
  });

  test('is found along a chain of thousands without running out of stack', () => {
    // Everybody shares a text with the next one; the last shares none.
    const chain = Array.from({ length: 4_000 }, (_, i) => [
      { author: i, text: i },
      { author: i, text: i + 1 },
    ]).flat();
    expect(peopleIn(chain.map((pair) => cellOf([pair])))).toBe(4_000);
  });

  test('a pair is said to be news exactly when it is', () => {
    const cell = emptyCell();
    expect(addPost(cell, person('a'))).toBe(true);
    expect(addPost(cell, person('a'))).toBe(false);
    expect(addPost(cell, person('a', 'something else'))).toBe(true);
    for (const pair of crowd(200, 'n')) addPost(cell, pair);
    expect(addPost(cell, person('n7'))).toBe(false);
  });
});

describe('a minute of many', () => {
  test(`is exact up to ${PAIRS_EXACT} pairs`, () => {
    for (let count = 0; count <= PAIRS_EXACT; count++) {
      const cell = cellOf(crowd(count, 'p'));
      expect(cell.sketch).toBeNull();
      expect(peopleIn([cell])).toBe(count);
    }
  });

  test('is a sketch from the next one on, which holds no pair any more', () => {
    const cell = cellOf(crowd(PAIRS_EXACT + 1, 'p'));
    expect(cell.sketch?.authors).toHaveLength(512);
    expect([cell.authors, cell.texts]).toEqual([[], []]);
  });

  test('repeats do not make it a sketch', () => {
    const pairs = crowd(PAIRS_EXACT, 'p');
    expect(cellOf([...pairs, ...pairs, ...pairs]).sketch).toBeNull();
  });

  test('loses at most six of 33 people when it becomes a sketch, and gains none', () => {
    for (let seed = 0; seed < 100; seed++) {
      const people = peopleIn([cellOf(crowd(PAIRS_EXACT + 1, `${seed}/`))]);
      expect(people).toBeLessThanOrEqual(PAIRS_EXACT + 1);
      expect(people).toBeGreaterThanOrEqual(PAIRS_EXACT - 5);
    }
  });

  test('never has more people than posts, beside exact minutes too; reposts are none', () => {
    for (let seed = 0; seed < 40; seed++)
      for (const count of [34, 40, 60, 120]) {
        const cell = cellOf(crowd(count, `${seed}/`));
        const beside = cellOf(crowd(9, `${seed}/beside`));
        expect(peopleIn([cell, beside])).toBeLessThanOrEqual(count + 9);
        cell.posts += 500;
        cell.reposts += 500;
        expect(peopleIn([cell])).toBeLessThanOrEqual(count);
      }
  });

  // Two sketches of 4.6 % each, of which the lesser counts: 2.6 % low on average, and three deviations around it.
  test.each([100, 1_000, 10_000])('of %d people is estimated within a fifth', (count) => {
    const errors = Array.from(
      { length: 30 },
      (_, seed) => peopleIn([cellOf(crowd(count, `${seed}/`))]) / count - 1,
    );
    for (const error of errors) expect(Math.abs(error)).toBeLessThan(0.14);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
  });

  test('a window over sketched and exact minutes counts who is in both once', () => {
    const everybody = crowd(1_000, 'p');
    const some = everybody.slice(0, 20);
    const minutes = [cellOf(everybody), cellOf(some), cellOf(some)];
    expect(peopleIn(minutes)).toBe(peopleIn([cellOf(everybody)]));
  });

  test('once a sketch, it never falls when a pair is added', () => {
    for (let seed = 0; seed < 3; seed++) {
      const cell = cellOf(crowd(PAIRS_EXACT + 1, `${seed}/`));
      let people = peopleIn([cell]);
      for (const pair of crowd(2_500, `${seed}/more`)) {
        addPost(cell, pair);
        const now = peopleIn([cell]);
        expect(now).toBeGreaterThanOrEqual(people);
        people = now;
      }
    }
  });

  test('does not depend on the order of posts either', () => {
    const pairs = crowd(500, 'p');
    expect(cellOf(pairs.toReversed()).sketch).toEqual(cellOf(pairs).sketch);
  });
});
