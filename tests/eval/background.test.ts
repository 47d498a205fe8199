import { describe, expect, test } from 'vitest';
import { BACKGROUND, backgroundOf, poisson, randomOf } from './background.ts';

const days = (seed: number, count: number, complaintsAnHour?: number) => {
  const next = backgroundOf(seed, complaintsAnHour === undefined ? {} : { complaintsAnHour });
  return Array.from({ length: count * 144 }, next);
};

describe('the background', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(days(3, 2)).toEqual(days(3, 2));
    expect(days(3, 2)).not.toEqual(days(4, 2));
  });

  test.each([1, 10, 100])('has about %d complaints an hour where they are asked for', (rate) => {
    const watches = Array.from({ length: 20 }, (_, seed) => days(seed, 14, rate));
    const mean = watches.flat().reduce((sum, block) => sum + block.negative, 0) / (watches.length * 14 * 24);
    // Weekends and holidays differ, and bots add to the smallest.
    expect(mean / rate).toBeGreaterThan(0.75);
    expect(mean / rate).toBeLessThan(1.25);
  });

  test('names issues in complaints only', () => {
    for (const block of days(5, 3, 50)) expect(Math.max(...block.issues)).toBeLessThanOrEqual(block.negative);
  });

  test('strays further than independent people would', () => {
    const blocks = days(8, 20, 100);
    const hours = Array.from({ length: 20 * 24 }, (_, hour) =>
      blocks.slice(hour * 6, hour * 6 + 6).reduce((sum, block) => sum + block.negative, 0),
    );
    const mean = hours.reduce((sum, count) => sum + count, 0) / hours.length;
    const variance = hours.reduce((sum, count) => sum + (count - mean) ** 2, 0) / hours.length;
    expect(variance / mean).toBeGreaterThan(2);
  });

  test.each([0.1, 5, 45, 500])('draws Poisson counts of mean %d', (mean) => {
    const random = randomOf(1);
    const counts = Array.from({ length: 4_000 }, () => poisson(random, mean));
    const average = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / counts.length));
  });

  test('has parts that are parts', () => {
    expect(BACKGROUND.issues[0] + BACKGROUND.issues[1]).toBeLessThanOrEqual(1);
  });
});
