import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countForRarity,
  emptyBaseline,
  emptyShape,
  expect as expectationOf,
  learn,
  learnShape,
  RARITY_DAYS_MAX,
  type RarityContext,
  rarityDays,
  type ScaleBaseline,
  type Shape,
  shapeAt,
} from './baseline.ts';

const SCALE = 10;
const DAY = 1_440;

/** Folds windows of ten minutes that hold what `countAt` says of their middle. */
function learned(windows: number, countAt: (minute: number) => number, shape = emptyShape()): ScaleBaseline {
  const baseline = emptyBaseline();
  for (let i = 0; i < windows; i++) {
    const minute = i * SCALE + SCALE / 2;
    learn(baseline, shape, { count: countAt(minute), minute, scaleMinutes: SCALE, unusual: false });
  }
  return baseline;
}

/** Folds hours as they come. */
function shapedBy(days: number, countAt: (hour: number) => number): Shape {
  const shape = emptyShape();
  for (let hour = 0; hour < days * 24; hour++)
    learnShape(shape, { count: countAt(hour % 24), minute: hour * 60 + 30 });
  return shape;
}

const context = (over: Partial<RarityContext> = {}): RarityContext => ({
  scaleMinutes: SCALE,
  extremes: new Array<number>(25).fill(1),
  windows: 10_000,
  troubles: 1,
  ...over,
});
const levelOf = ({ counts, shapes }: ScaleBaseline): number => counts / shapes;

describe('what is usual', () => {
  test('before anything was seen is little, but not nothing', () => {
    const { mean, variance } = expectationOf(emptyBaseline(), emptyShape(), 0);
    expect(mean).toBeGreaterThan(0);
    expect(mean).toBeLessThan(0.1);
    expect(variance).toBeGreaterThan(mean);
  });

  test.each([1, 4, 50, 2_000])('after a week of %d in every window is that', (count) => {
    const { mean } = expectationOf(
      learned(1_008, () => count),
      emptyShape(),
      0,
    );
    expect(mean).toBeCloseTo(count, 6);
  });

  test('is never taken as less scattered than Poisson, however even the past was', () => {
    const { mean, variance } = expectationOf(
      learned(5_000, () => 10),
      emptyShape(),
      0,
    );
    expect(variance).toBeGreaterThan(mean);
  });

  test('is the less certain the less was seen', () => {
    const young = expectationOf(
      learned(20, () => 10),
      emptyShape(),
      0,
    );
    const old = expectationOf(
      learned(2_000, () => 10),
      emptyShape(),
      0,
    );
    expect(young.variance / young.mean).toBeGreaterThan(old.variance / old.mean);
  });

  test('forgets: two weeks of silence leave a quarter of the level', () => {
    const baseline = learned(4 * 1_008, (minute) => (minute < 14 * DAY ? 40 : 0));
    expect(levelOf(baseline)).toBeGreaterThan(5);
    expect(levelOf(baseline)).toBeLessThan(12);
  });
});

describe('one window', () => {
  test.each([10, 1_000, 1e9])('of %d people moves the level of a long past only so far', (count) => {
    const baseline = learned(1_008, () => 10);
    const before = levelOf(baseline);
    const { mean, variance } = expectationOf(baseline, emptyShape(), 0);
    learn(baseline, emptyShape(), { count, minute: 0, scaleMinutes: SCALE, unusual: false });
    const most = (3 * Math.sqrt(variance) + 1) / baseline.shapes;
    expect(levelOf(baseline) - before).toBeLessThanOrEqual(most + 1e-9);
    expect(expectationOf(baseline, emptyShape(), 0).mean).toBeLessThan(mean * 1.05);
  });

  test('of a million is to the level what one of a thousand is', () => {
    const [a, b] = [1_000, 1_000_000].map((count) => {
      const baseline = learned(1_008, () => 10);
      learn(baseline, emptyShape(), { count, minute: 0, scaleMinutes: SCALE, unusual: false });
      return levelOf(baseline);
    });
    expect(a).toBe(b);
  });

  test.each([
    [11, true],
    [12, false],
  ])('of a hundred after %d windows teaches freely: %s', (windows, freely) => {
    const baseline = learned(windows, () => 1);
    const { counts } = baseline;
    learn(baseline, emptyShape(), { count: 100, minute: 0, scaleMinutes: SCALE, unusual: false });
    expect(baseline.counts - counts > 99).toBe(freely);
  });

  test('that is unusual teaches no extremes, but is an extreme otherwise', () => {
    const calm = learned(200, () => 3);
    const [told, untold] = [false, true].map((unusual) => {
      const baseline = structuredClone(calm);
      learn(baseline, emptyShape(), { count: 80, minute: 0, scaleMinutes: SCALE, unusual });
      return baseline.extremes[0]!;
    });
    expect(untold).toBe(calm.extremes[0]);
    expect(told).toBeGreaterThan(untold!);
  });
});

describe('the shape of the day', () => {
  const night = (hour: number): number => (hour < 6 ? 2 : 60);

  test('is flat before two days were seen, however strong it is', () => {
    const shape = shapedBy(1, night);
    for (let minute = 0; minute < DAY; minute += 30) expect(shapeAt(shape, minute)).toBe(1);
  });

  test('is used once it has predicted better than a flat line', () => {
    const shape = shapedBy(14, night);
    expect(shapeAt(shape, 3 * 60 + 30)).toBeLessThan(0.3);
    expect(shapeAt(shape, 15 * 60 + 30)).toBeGreaterThan(1.1);
  });

  test('is not used where days have none: what it learned of chance predicts worse', () => {
    let seed = 7;
    const chance = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return 30 + (seed % 23);
    };
    const shape = shapedBy(14, chance);
    for (let minute = 0; minute < DAY; minute += 30) expect(shapeAt(shape, minute)).toBe(1);
  });

  test('goes from the middle of one hour to the middle of the next without a leap, over midnight too', () => {
    const shape = shapedBy(14, night);
    for (let minute = 0; minute < 2 * DAY; minute++)
      expect(Math.abs(shapeAt(shape, minute + 1) - shapeAt(shape, minute))).toBeLessThan(0.05);
    expect(shapeAt(shape, DAY + 200)).toBe(shapeAt(shape, 200));
    expect(shapeAt(shape, -1_240)).toBeCloseTo(shapeAt(shape, 200), 12);
  });

  test('of one huge hour stays within bounds', () => {
    const shape = shapedBy(14, night);
    const before = shapeAt(shape, 3 * 60 + 30);
    learnShape(shape, { count: 1e9, minute: 14 * DAY + 3 * 60 + 30 });
    expect(shapeAt(shape, 3 * 60 + 30)).toBeLessThan(before + 0.5);
  });

  test('brings the expectation of a night down', () => {
    const shape = shapedBy(14, night);
    const baseline = learned(2_016, (minute) => night(Math.floor(minute / 60) % 24) / 6, shape);
    expect(expectationOf(baseline, shape, 3 * 60 + 30).mean).toBeLessThan(3);
    expect(expectationOf(baseline, shape, 15 * 60 + 30).mean).toBeGreaterThan(7);
  });
});

describe('rarity', () => {
  const expectations = fc
    .tuple(fc.double({ min: 0.02, max: 500, noNaN: true }), fc.double({ min: 1.2, max: 20, noNaN: true }))
    .map(([mean, dispersion]) => ({ mean, variance: mean * dispersion }));

  test.each([0, 3, 4])('of %d where four are expected is none', (count) => {
    expect(rarityDays(count, { mean: 4, variance: 8 }, context())).toBe(0);
  });

  test('never falls with the count, and is a hundred years at the most', () => {
    fc.assert(
      fc.property(expectations, fc.integer({ min: 0, max: 5_000 }), (expectation, count) => {
        const here = rarityDays(count, expectation, context());
        const next = rarityDays(count + 1, expectation, context());
        expect(next).toBeGreaterThanOrEqual(here * (1 - 1e-9));
        expect(next).toBeLessThanOrEqual(RARITY_DAYS_MAX);
        expect(here).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('is less where more troubles are looked at side by side', () => {
    const usual = { mean: 4, variance: 8 };
    const [one, ten] = [1, 10].map((troubles) => rarityDays(15, usual, context({ troubles })));
    expect(one).toBeCloseTo(10 * ten!, 6);
  });

  test('is less where the series itself strays often, whatever the formula says', () => {
    const usual = { mean: 4, variance: 8 };
    const tame = rarityDays(25, usual, context());
    const wild = rarityDays(
      25,
      usual,
      context({ extremes: Array.from({ length: 25 }, (_, i) => 9 - i / 10) }),
    );
    expect(wild).toBeLessThan(tame / 10);
  });

  test('of a past too short for extremes is that of the formula', () => {
    const usual = { mean: 4, variance: 8 };
    const young = rarityDays(15, usual, context({ extremes: [], windows: 0 }));
    expect(young).toBeGreaterThan(0);
    expect(young).toBeLessThan(RARITY_DAYS_MAX);
  });

  test('asks for the least count that reaches it, and for no fewer people than the rule', () => {
    fc.assert(
      fc.property(
        expectations,
        fc.double({ min: 0.1, max: 365, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        (expectation, days, least) => {
          const count = countForRarity(days, least, expectation, context());
          expect(count).toBeGreaterThanOrEqual(least);
          expect(rarityDays(count, expectation, context())).toBeGreaterThanOrEqual(days);
          if (count > least) expect(rarityDays(count - 1, expectation, context())).toBeLessThan(days);
        },
      ),
    );
  });

  test('that nothing can reach asks for more than there are people', () => {
    const count = countForRarity(2 * RARITY_DAYS_MAX, 5, { mean: 4, variance: 8 }, context());
    expect(count).toBeGreaterThan(1e9);
  });
});
