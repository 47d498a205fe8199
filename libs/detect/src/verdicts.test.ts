import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LEARNED,
  learnedLife,
  MINUTE,
  RULES,
  timeOf,
  type WatchLife,
  watchLife,
} from './testing/watch-life.ts';
import { LEARNING_MINUTES } from './watch-state.ts';

const stock = { issues: ['stock'] };

/** So many people report the trouble from `minute` on, over `over` minutes. */
function trouble(
  life: WatchLife,
  options: { minute: number; people: number; over?: number; from?: number },
): void {
  const { minute, people, over = 1, from = 5_000 } = options;
  for (let i = 0; i < people; i++)
    life.post({ minute: minute + (i * over) / people, author: from + i, ...stock });
}

const phases = (life: WatchLife, series = 'issue:stock') =>
  life.bursts.filter((burst) => burst.series === series).map(({ phase }) => phase);

describe('a verdict on arrival', () => {
  test('comes with the very post that makes it certain', () => {
    const life = learnedLife();
    const opened: number[] = [];
    for (let i = 0; i < 20; i++) {
      life.post({ minute: LEARNED + 0.1 + i / 100, author: 5_000 + i, ...stock });
      if (life.bursts.length > 0) opened.push(i);
    }
    expect(opened[0]).toBeGreaterThanOrEqual(RULES.page.people - 1);
    expect(life.bursts[0]).toMatchObject({
      phase: 'onset',
      series: 'issue:stock',
      level: 'page',
      at: timeOf(LEARNED + 0.1 + opened[0]! / 100),
    });
    expect(life.bursts[0]!.figures.people).toBe(opened[0]! + 1);
  });

  test('needs as many people as the rule says, however rare fewer are', () => {
    const life = learnedLife({ ...RULES, page: { days: 0.001, people: 12 } });
    trouble(life, { minute: LEARNED, people: 11 });
    expect(phases(life)).toEqual([]);
    life.post({ minute: LEARNED + 0.99, author: 1, ...stock });
    expect(phases(life)).toEqual(['onset']);
  });

  test('counts people, not posts: one who says it a hundred times opens nothing', () => {
    const life = learnedLife();
    for (let i = 0; i < 100; i++) life.post({ minute: LEARNED + i / 200, author: 7, text: i, ...stock });
    expect(life.bursts).toEqual([]);
  });

  test('counts texts, not accounts: a wire copied by a hundred opens nothing', () => {
    const life = learnedLife();
    for (let i = 0; i < 100; i++)
      life.post({ minute: LEARNED + i / 200, author: 5_000 + i, text: 7, ...stock });
    expect(life.bursts).toEqual([]);
  });

  test('does not count reposts', () => {
    const life = learnedLife();
    for (let i = 0; i < 100; i++)
      life.post({ minute: LEARNED + i / 200, author: 5_000 + i, op: 'announce', ...stock });
    expect(life.bursts).toEqual([]);
  });

  test('is never taken back by what comes later: only its end follows it', () => {
    const post = fc.record({
      minute: fc.double({ min: -4, max: 40, noNaN: true }),
      author: fc.integer({ min: 0, max: 500 }),
      bad: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(post, { maxLength: 60 }), fc.integer({ min: 6, max: 30 }), (later, people) => {
        const life = learnedLife();
        trouble(life, { minute: LEARNED + 0.1, people });
        const told = structuredClone(life.bursts);
        for (const { minute, author, bad } of later)
          life.post({ minute: LEARNED + minute, author, ...(bad ? stock : {}) });
        // The last post, the longest window that may hold it, and half an hour of calm.
        life.pass(LEARNED + 40 + 180 + 40);
        expect(life.bursts.slice(0, told.length)).toEqual(told);
        if (told.length > 0) expect(phases(life).at(-1)).toBe('end');
      }),
      { numRuns: 15 },
    );
  });

  test('does not depend on the order of the posts before it', () => {
    const opened = (authors: readonly number[]) => {
      const life = learnedLife();
      for (const author of authors) life.post({ minute: LEARNED + 0.5, author: 5_000 + author, ...stock });
      return life.bursts.map(({ phase, figures, onset }) => ({ phase, people: figures.people, onset }));
    };
    const authors = Array.from({ length: 15 }, (_, i) => i);
    expect(opened(authors.toReversed())).toEqual(opened(authors));
    expect(opened(authors)).toHaveLength(2);
  });
});

describe('what is replayed', () => {
  test('never opens on arrival', () => {
    const life = learnedLife();
    for (let i = 0; i < 60; i++)
      life.post({ minute: LEARNED + i / 100, author: 5_000 + i, replay: true, ...stock });
    expect(life.bursts).toEqual([]);
  });

  test('is told as replayed when the minute closes', () => {
    const life = learnedLife();
    for (let i = 0; i < 60; i++)
      life.post({ minute: LEARNED + i / 100, author: 5_000 + i, replay: true, ...stock });
    life.pass(LEARNED + 3);
    expect(life.bursts[0]).toMatchObject({ phase: 'onset', replay: true });
  });

  test.each([
    ['half', 30, false],
    ['more than half', 31, true],
  ])('counts as replayed where %s of the posts are', (_what, replayed, replay) => {
    const life = learnedLife();
    // The replayed ones first, so that the live ones among them open nothing by themselves before.
    for (let i = 0; i < 60; i++)
      life.post({
        minute: LEARNED - 0.9 + i / 100,
        author: 5_000 + i,
        replay: i < replayed,
        text: 1,
        ...stock,
      });
    life.pass(LEARNED);
    for (let i = 0; i < 60; i++)
      life.post({ minute: LEARNED + i / 100, author: 6_000 + i, replay: i < replayed, ...stock });
    life.pass(LEARNED + 2);
    const closed = life.bursts.filter((burst) => burst.phase === 'onset' || burst.phase === 'growth').at(-1)!;
    expect(closed.replay).toBe(replay);
  });
});

describe('while a watch is learning', () => {
  test('nothing opens on arrival, and what closes is shown without paging', () => {
    const life = watchLife();
    life.pass(600);
    trouble(life, { minute: 600, people: 60 });
    expect(life.bursts).toEqual([]);
    life.pass(602);
    expect(life.bursts.length).toBeGreaterThan(0);
    expect(life.bursts.every(({ level }) => level === 'info')).toBe(true);
    expect(life.bursts[0]!.figures.learning).toBe(true);
    expect(life.bursts[0]!.explanation.sentence).toContain('still learning');
  });

  test('time in which it was blind does not count', () => {
    const life = watchLife();
    life.pass(600);
    const { sightedMinutes } = life.state;
    life.status(601, { state: 'disconnected' });
    for (let minute = 602; minute <= 900; minute++) life.status(minute, { state: 'disconnected' });
    life.pass(901);
    expect(life.state.sightedMinutes).toBeLessThan(sightedMinutes + 15);
  });

  test('a burst that is still on when it has learned becomes a page once it stands out again', () => {
    const life = watchLife();
    const last = LEARNING_MINUTES + RULES.latenessMinutes;
    life.pass(last - 10);
    trouble(life, { minute: last - 10, people: 20, over: 5 });
    life.pass(last - 5);
    expect(life.bursts.at(0)).toMatchObject({ phase: 'onset', level: 'info' });
    trouble(life, { minute: last - 5, people: 60, over: 20, from: 7_000 });
    life.pass(last + 20);
    expect(life.bursts.find(({ level }) => level === 'page')).toMatchObject({ phase: 'growth' });
    life.pass(last + 300);
    expect(life.bursts.findLast(({ series }) => series === 'issue:stock')).toMatchObject({
      phase: 'end',
      level: 'page',
    });
  });
});

describe('a burst', () => {
  test('is told at its onset, as it grows and once when it ends', () => {
    const life = learnedLife();
    trouble(life, { minute: LEARNED, people: 10 });
    life.pass(LEARNED + 5);
    trouble(life, { minute: LEARNED + 5, people: 60, from: 6_000 });
    life.pass(LEARNED + 300);
    const seen = phases(life);
    expect(seen[0]).toBe('onset');
    expect(seen.at(-1)).toBe('end');
    expect(seen.slice(1, -1).length).toBeGreaterThan(0);
    expect(seen.slice(1, -1).every((phase) => phase === 'growth')).toBe(true);
    expect(
      new Set(life.bursts.filter(({ series }) => series === 'issue:stock').map(({ burst }) => burst)).size,
    ).toBe(1);
  });

  test('ends only after half an hour of calm', () => {
    const life = learnedLife();
    trouble(life, { minute: LEARNED, people: 20 });
    life.pass(LEARNED + 400);
    const end = life.bursts.find(({ series, phase }) => series === 'issue:stock' && phase === 'end')!;
    // The shortest window forgets the trouble ten minutes after its last post; the hour remembers it longer.
    expect(end.at).toBeGreaterThanOrEqual(timeOf(LEARNED + 1 + 30));
    expect(end.at).toBeLessThan(timeOf(LEARNED + 180));
  });

  test('does not end while the trouble goes on', () => {
    const life = learnedLife();
    for (let ten = 0; ten < 12; ten++) {
      trouble(life, { minute: LEARNED + ten * 10, people: 25, over: 10, from: 5_000 + ten * 100 });
      life.pass(LEARNED + ten * 10 + 10);
    }
    expect(phases(life)).not.toContain('end');
    expect(phases(life)[0]).toBe('onset');
  });

  test('does not end while the watch is blind, and ends when it sees that it is calm', () => {
    const life = learnedLife();
    trouble(life, { minute: LEARNED, people: 20 });
    life.pass(LEARNED + 2);
    for (let minute = LEARNED + 3; minute < LEARNED + 300; minute++)
      life.status(minute, { state: 'disconnected' });
    expect(phases(life)).not.toContain('end');
    expect(life.state.closedMinute).toBeGreaterThan(timeOf(LEARNED + 250) / MINUTE);
    life.pass(LEARNED + 400);
    expect(phases(life).at(-1)).toBe('end');
  });

  test('does not open again from a long window that still holds it', () => {
    const life = learnedLife();
    trouble(life, { minute: LEARNED, people: 80, over: 3 });
    life.pass(LEARNED + 600);
    expect(phases(life).filter((phase) => phase === 'onset')).toEqual(['onset']);
    expect(phases(life).filter((phase) => phase === 'end')).toEqual(['end']);
  });

  test('a post or two after its end do not open it again either', () => {
    const life = learnedLife();
    trouble(life, { minute: LEARNED, people: 80, over: 3 });
    let minute = LEARNED;
    while (phases(life).at(-1) !== 'end') life.pass(++minute);
    for (let i = 0; i < 3; i++) life.post({ minute: minute + i / 10, author: 9_000 + i, ...stock });
    life.pass(minute + 120);
    expect(phases(life).filter((phase) => phase === 'onset')).toEqual(['onset']);
  });

  test('a second trouble hours later is a burst of its own', () => {
    const life = learnedLife();
    trouble(life, { minute: LEARNED, people: 30 });
    life.pass(LEARNED + 400);
    trouble(life, { minute: LEARNED + 400, people: 60, from: 8_000 });
    life.pass(LEARNED + 800);
    const ids = life.bursts.filter(({ series }) => series === 'issue:stock').map(({ burst }) => burst);
    expect(new Set(ids)).toEqual(new Set(['orion/issue:stock/1', 'orion/issue:stock/2']));
  });

  test('is told at its end with the figures of its peak', () => {
    const life = learnedLife();
    trouble(life, { minute: LEARNED, people: 40 });
    life.pass(LEARNED + 400);
    const end = life.bursts.find(({ series, phase }) => series === 'issue:stock' && phase === 'end')!;
    expect(end.figures.people).toBe(40);
    expect(end.figures.threshold).toBeGreaterThan(0);
  });

  test('waits for the close of a minute that is too far ahead of the watermark to be judged', () => {
    const life = learnedLife();
    trouble(life, { minute: LEARNED + 3.5, people: 30 });
    expect(life.bursts).toEqual([]);
    life.pass(LEARNED + 4);
    expect(phases(life)).toEqual(['onset']);
  });

  test('its onset is the first post of the run, which is not after the verdict', () => {
    const life = learnedLife();
    life.pass(LEARNED + 3);
    trouble(life, { minute: LEARNED + 3.5, people: 30 });
    const onset = life.bursts.find(({ series }) => series === 'issue:stock');
    expect(onset!.onset).toBe(timeOf(LEARNED + 3));
    expect(onset!.firstPostAt).toBe(timeOf(LEARNED + 3.5));
    expect(onset!.at).toBeGreaterThanOrEqual(onset!.firstPostAt);
  });

  test('volume alone is no trouble', () => {
    const life = learnedLife();
    for (let i = 0; i < 200; i++) life.post({ minute: LEARNED + i / 100, author: 5_000 + i });
    life.pass(LEARNED + 60);
    expect(life.bursts).toEqual([]);
  });
});
