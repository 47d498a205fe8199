/**
 * Exact tails of counts. A count with mean μ and variance v > μ is taken as negative binomial, with v ≤ μ as
 * Poisson: the two share P(X ≥ x) as a regularised incomplete beta or gamma function (NIST DLMF 8.2, 8.17).
 */

/** ln Γ(z) for z > 0: Stirling’s series after shifting z above 8 (DLMF 5.11.1); relative error below 1e-12. */
export function logGamma(z: number): number {
  let shift = 0;
  let x = z;
  while (x < 8) {
    shift += Math.log(x);
    x += 1;
  }
  const inverse = 1 / x;
  const square = inverse * inverse;
  const series =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188)))));
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** ln P(X ≥ x) for a count with this mean and variance. 0 for x ≤ 0; −∞ where nothing was ever expected. */
export function logTail(x: number, mean: number, variance: number): number {
  if (x <= 0) return 0;
  if (mean <= 0) return Number.NEGATIVE_INFINITY;
  if (mean > EXACT_MEAN_MAX) return logLargeTail(x, mean, Math.max(variance, mean));
  if (variance <= mean * 1.000001) return logLowerGamma(x, mean);
  const size = (mean * mean) / (variance - mean);
  return logBeta(mean / (mean + size), x, size);
}

/** Beyond it the exact series want more terms than they are given, and a count is as good as continuous. */
const EXACT_MEAN_MAX = 1e6;

/**
 * Large counts as a gamma variable of the same mean and variance, its cube root normal (Wilson and Hilferty 1931),
 * with half a count for continuity.
 */
function logLargeTail(x: number, mean: number, variance: number): number {
  const shape = (mean * mean) / variance;
  const third = 1 / (9 * shape);
  return logNormalTail((Math.cbrt((x - 0.5) / mean) - (1 - third)) / Math.sqrt(third));
}

/** ln P(Z ≥ z) of a standard normal: by its continued fraction where it is small, by symmetry where it is not. */
function logNormalTail(z: number): number {
  if (z < 0) return Math.log1p(-Math.exp(logNormalTail(-z)));
  if (z < 1.5) return Math.log(0.5 - normalBetween(z));
  let fraction = 0;
  for (let k = 60; k >= 1; k--) fraction = k / (z + fraction);
  return -0.5 * z * z - 0.5 * Math.log(2 * Math.PI) - Math.log(z + fraction);
}

/** P(0 ≤ Z < z) by its power series (Abramowitz and Stegun 26.2.11); z is small here. */
function normalBetween(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 1; k < 60; k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return (sum * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}

/** ln of the regularised lower incomplete gamma P(a, x) = P(Poisson(x) ≥ a). */
function logLowerGamma(a: number, x: number): number {
  const front = a * Math.log(x) - x - logGamma(a + 1);
  if (x < a + 1) {
    let term = 1;
    let sum = 1;
    for (let n = 1; n < 10_000 && term > sum * 1e-15; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.min(0, front + Math.log(sum));
  }
  // The upper tail is the small one here: 1 − Q by Lentz’s continued fraction.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 10_000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / nonZero(an * d + b);
    c = nonZero(b + an / c);
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < 1e-14) break;
  }
  const upper = Math.exp(a * Math.log(x) - x - logGamma(a)) * h;
  return Math.log1p(-Math.min(upper, 1 - 1e-16));
}

/** ln of the regularised incomplete beta I_p(a, b). */
function logBeta(p: number, a: number, b: number): number {
  const front = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(p) + b * Math.log1p(-p);
  if (p < (a + 1) / (a + b + 2)) return Math.min(0, front + Math.log(betaFraction(p, a, b) / a));
  const upper = Math.exp(front) * (betaFraction(1 - p, b, a) / b);
  return Math.log1p(-Math.min(upper, 1 - 1e-16));
}

/** The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz’s method. */
function betaFraction(p: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * p) / (a + 1));
  let h = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * p) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * p) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < 1e-12) break;
  }
  return h;
}

const nonZero = (x: number): number => (Math.abs(x) < 1e-300 ? 1e-300 : x);
