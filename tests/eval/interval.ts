/**
 * 95 % limits of the mean of a Poisson count, by Byar’s approximation (Rothman and Boice 1979): within a hundredth of
 * the exact limits from ten on.
 */
export function poissonLimits(count: number): { readonly low: number; readonly high: number } {
  const z = 1.96;
  const limit = (about: number, sign: number): number =>
    about * (1 - 1 / (9 * about) + (sign * z) / (3 * Math.sqrt(about))) ** 3;
  return { low: count > 0 ? limit(count, -1) : 0, high: limit(count + 1, 1) };
}
