import type { Figures } from '@foreshock/model/signal';
import { describe, expect, test } from 'vitest';
import { sentenceOf, wiresIn } from './explanation.ts';
import { addPair, emptyCell } from './people.ts';
import { LEARNED, learnedLife, MINUTE, RULES, timeOf } from './testing/watch-life.ts';

const figures: Figures = {
  windowMs: 10 * MINUTE,
  from: 0,
  to: 10 * MINUTE,
  posts: 37,
  people: 37,
  expected: 6.2,
  low: 4,
  high: 9,
  rarityDays: 41,
  threshold: 31,
  share: 0.31,
  usualShare: 0.04,
  negativeShare: 0.52,
  usualNegativeShare: 0.14,
  copies: 0,
  learning: false,
  learnedDays: 30,
};
const channels = [
  { source: 'x', share: 0.7 },
  { source: 'shop', share: 0.3 },
];
const sentence = (
  over: Partial<Figures>,
  pageDays = 30,
  where: { source: string; share: number }[] = channels,
) => sentenceOf({ ...figures, ...over }, pageDays, where);

describe('the sentence that is read at three in the morning', () => {
  test('says how many, what is usual, how rare that is, how bad and where', () => {
    expect(sentence({})).toBe(
      '37 people in 10 minutes, expected 6 (4–9): this happens here once in 41 days; you page at 30 d. ' +
        '52% of posts negative, usually 14%. x 70%, shop 30%.',
    );
  });

  test.each<[string, Partial<Figures>, string]>([
    ['people who wrote several posts', { posts: 90 }, '90 posts by 37 people in'],
    ['a single person', { posts: 1, people: 1 }, '1 person in'],
    ['a single person who wrote several posts', { posts: 3, people: 1 }, '3 posts by 1 person in'],
    ['what is hardly ever seen', { expected: 0.4 }, 'expected fewer than 1:'],
    ['three hours', { windowMs: 180 * MINUTE }, 'in 180 minutes'],
    ['a watch that is learning', { learning: true }, 'still learning what is usual here'],
  ])('tells of %s', (_what, over, words) => {
    expect(sentence(over)).toContain(words);
  });

  test.each([
    [0.01, 'once in an hour'],
    [0.125, 'once in 3 hours'],
    [1.4, 'once in 34 hours'],
    [1.5, 'once in 2 days'],
    [729, 'once in 729 days'],
    [730, 'once in 2 years'],
    [3_649, 'once in 10 years'],
    [3_650, 'less than once in ten years'],
    [36_500, 'less than once in ten years'],
  ])('calls a rarity of %d days “%s”', (rarityDays, words) => {
    expect(sentence({ rarityDays })).toContain(`this happens here ${words};`);
  });

  test.each([
    [10 / 1_440, 'you page at 10 min'],
    [1 / 24, 'you page at 1 h'],
    [0.5, 'you page at 12 h'],
    [1, 'you page at 1 d'],
    [30, 'you page at 30 d'],
  ])('says of a rule of %d days “%s”', (pageDays, words) => {
    expect(sentence({}, pageDays)).toContain(`${words}.`);
  });

  test('names the three strongest sources, and none where none is known', () => {
    const four = ['a', 'b', 'c', 'd'].map((source) => ({ source, share: 0.25 }));
    expect(sentence({}, 30, four)).toMatch(/ a 25%, b 25%, c 25%\.$/);
    expect(sentence({}, 30, [])).toMatch(/usually 14%\.$/);
  });
});

describe('an explanation', () => {
  function burst() {
    const life = learnedLife();
    for (let i = 0; i < 30; i++)
      life.post({
        minute: LEARNED + i / 100,
        author: 5_000 + i,
        id: `t${String(i).padStart(2, '0')}`,
        issues: ['stock'],
        source: i % 3 === 0 ? 'shop' : 'x',
        shares: i === 7 ? 900 : i,
        terms: i < 20 ? ['sold out'] : ['nothing left'],
      });
    life.pass(LEARNED + 1);
    const closed = life.bursts.findLast(({ series }) => series === 'issue:stock')!;
    return { life, closed };
  }

  test('shows the first posts and the most shared, by reference', () => {
    const { explanation } = burst().closed;
    expect(explanation.firstPosts).toEqual(['t00', 't01', 't02']);
    expect(explanation.mostShared[0]).toBe('t07');
    expect(explanation.mostShared).toHaveLength(3);
  });

  test('shows how the posts divide over the sources, the strongest first', () => {
    const { channels: split } = burst().closed.explanation;
    expect(split.map(({ source }) => source)).toEqual(['x', 'shop']);
    expect(split.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 2);
  });

  test('shows the phrases that rose, each used by five people at least', () => {
    const { phrases } = burst().closed.explanation;
    expect(phrases[0]).toMatchObject({ phrase: 'sold out' });
    expect(phrases.every(({ people }) => people >= 5)).toBe(true);
  });

  test('says whether it would have fired without its loudest author, source and phrase', () => {
    const { closed } = burst();
    const without = new Map(closed.explanation.without.map((one) => [one.what, one]));
    const { people, threshold } = closed.figures;
    expect([...without.keys()]).toEqual(['author', 'source', 'phrase']);
    expect(without.get('author')).toMatchObject({ people: people - 1, fires: people - 1 >= threshold });
    for (const { people: left, fires } of without.values()) {
      expect(left).toBeLessThan(people);
      expect(fires).toBe(left >= threshold);
    }
  });

  test('has figures that fit together', () => {
    const { figures: told } = burst().closed;
    expect(told.to - told.from).toBe(told.windowMs);
    expect(told.to).toBeLessThanOrEqual(timeOf(LEARNED + 1));
    expect(told.people).toBeLessThanOrEqual(told.posts);
    expect(told.low).toBeLessThanOrEqual(told.expected);
    expect(told.high).toBeGreaterThanOrEqual(told.expected);
    expect(told.threshold).toBeGreaterThanOrEqual(RULES.page.people);
    expect(told.people).toBeGreaterThanOrEqual(told.threshold);
    expect(told.share).toBeGreaterThan(told.usualShare);
    expect(told.copies).toBe(0);
    expect(told).toMatchObject({ learning: false });
    for (const share of [told.share, told.usualShare, told.negativeShare, told.usualNegativeShare])
      expect(share >= 0 && share <= 1).toBe(true);
  });

  test('tells copies and reposts apart from posts of their own', () => {
    const life = learnedLife();
    for (let i = 0; i < 20; i++)
      life.post({ minute: LEARNED + i / 100, author: 5_000 + i, text: i, issues: ['stock'] });
    for (let i = 0; i < 10; i++)
      life.post({
        minute: LEARNED + 0.5,
        author: 6_000 + i,
        text: 3,
        issues: ['stock'],
        op: i < 4 ? 'announce' : 'create',
      });
    life.pass(LEARNED + 1);
    const { figures: told } = life.bursts.findLast(({ series }) => series === 'issue:stock')!;
    const peak = life.state.series.get('issue:stock')!.burst!.peak ?? told;
    expect(peak).toMatchObject({ posts: 30, people: 20 });
  });
});

describe('copied texts', () => {
  const copied = (authors: readonly number[], text: number) => {
    const cell = emptyCell();
    for (const author of authors) addPair(cell, { author, text });
    return cell;
  };

  test('are wires from three accounts on, over all minutes of the window', () => {
    expect(wiresIn([copied([1, 2], 70), null, copied([3], 70), copied([4, 5], 80)])).toEqual({
      texts: 1,
      authors: 3,
    });
  });

  test('are told with how many put them out', () => {
    const told = { ...figures, posts: 412 };
    expect(sentenceOf(told, 30, channels, { texts: 1, authors: 376 })).toMatch(
      /^412 posts by 37 people \(1 text copied by 376 accounts\) in 10 minutes/,
    );
    expect(sentenceOf(told, 30, channels)).toMatch(/^412 posts by 37 people in 10 minutes/);
  });
});
