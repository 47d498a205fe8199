import { expect, test } from 'vitest';
import { compose } from './launch-night-grammar.ts';
import { poisson, randomOf } from './launch-night-random.ts';

const bank = { a: ['x {b}'], b: ['[1|1] y'], loop: ['{loop}'] };

test('names and alternatives are filled in until none is left', () => {
  expect(compose(randomOf(1, 't'), bank, '{a} [|] !')).toBe('x 1 y!');
});

test('an unknown name and an endless phrase are mistakes', () => {
  expect(() => compose(randomOf(1, 't'), bank, '{c}')).toThrow('no phrases named c');
  expect(() => compose(randomOf(1, 't'), { loop: ['{loop}{loop}'] }, '{loop}')).toThrow('without end');
});

test('streams of random numbers differ by seed and by name and repeat themselves', () => {
  const five = (seed: number, name: string) => Array.from({ length: 5 }, randomOf(seed, name));
  expect(five(1, 'a')).toEqual(five(1, 'a'));
  expect(five(1, 'a')).not.toEqual(five(2, 'a'));
  expect(five(1, 'a')).not.toEqual(five(1, 'b'));
});

test.each([0.25, 3, 55])('poisson counts of mean %f have that mean and variance', (mean) => {
  const random = randomOf(3, `poisson/${mean}`);
  const counts = Array.from({ length: 20_000 }, () => poisson(random, mean));
  const average = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - average) ** 2, 0) / counts.length;
  expect(Math.abs(average / mean - 1)).toBeLessThan(0.05);
  expect(Math.abs(variance / mean - 1)).toBeLessThan(0.07);
});
