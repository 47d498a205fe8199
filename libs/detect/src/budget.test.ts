import { describe, expect, test } from 'vitest';
import { rarityOfBudget } from './budget.ts';

describe('a budget of false pages', () => {
  test.each([
    { daysPerPage: 14, days: 0.85 },
    { daysPerPage: 100, days: 8.6 },
    { daysPerPage: 7_000, days: 1_281 },
  ])('of one in $daysPerPage days is a rarity of about $days', ({ daysPerPage, days }) => {
    expect(rarityOfBudget(daysPerPage) / days).toBeCloseTo(1, 1);
  });

  test('that is smaller asks for more', () => {
    expect(rarityOfBudget(20)).toBeGreaterThan(rarityOfBudget(10));
  });

  test('without bounds is still a rarity', () => {
    expect(rarityOfBudget(0.000001)).toBe(0.01);
  });
});
