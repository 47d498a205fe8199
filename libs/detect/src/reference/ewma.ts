import type { CountAlarm } from './count-alarm.ts';

interface EwmaOptions {
  readonly name: string;
  readonly bucketMs: number;
  /** Age at which a bucket counts half. */
  readonly halfLifeMs: number;
  /** Buckets learnt from before the first alarm. */
  readonly warmUp: number;
  /** Fewer than this never alarm. */
  readonly least: number;
}

/** Exponentially weighted mean and variance. Early buckets are averaged plainly, so that the start is not its own mean. */
function ewma(halfLifeMs: number, bucketMs: number) {
  const gain = 1 - 0.5 ** (bucketMs / halfLifeMs);
  let seen = 0;
  let mean = 0;
  let variance = 0;
  return {
    get seen() {
      return seen;
    },
    get mean() {
      return mean;
    },
    get variance() {
      return variance;
    },
    learn(count: number) {
      seen += 1;
      const weight = Math.max(gain, 1 / seen);
      const off = count - mean;
      mean += weight * off;
      variance = (1 - weight) * (variance + weight * off * off);
    },
  };
}

/** The dashboard classic: alarm above the mean plus three standard deviations. */
export function ewmaThreeSigma(options: EwmaOptions): CountAlarm {
  const usual = ewma(options.halfLifeMs, options.bucketMs);
  return {
    name: options.name,
    bucketMs: options.bucketMs,
    next(count) {
      const deviation = Math.sqrt(Math.max(usual.variance, usual.mean, 1));
      const alarm =
        usual.seen >= options.warmUp && count >= options.least && count > usual.mean + 3 * deviation;
      usual.learn(count);
      return alarm;
    },
  };
}

/**
 * The same mean with an exact negative-binomial tail: alarm where a count this high has a chance below `chance`.
 * The dispersion is fitted by moments; without overdispersion the tail is Poisson's.
 */
export function ewmaNegativeBinomial(options: EwmaOptions & { readonly chance: number }): CountAlarm {
  const usual = ewma(options.halfLifeMs, options.bucketMs);
  return {
    name: options.name,
    bucketMs: options.bucketMs,
    next(count) {
      const alarm =
        usual.seen >= options.warmUp &&
        count >= options.least &&
        negativeBinomialTail(count, Math.max(usual.mean, 0.05), usual.variance) < options.chance;
      usual.learn(count);
      return alarm;
    },
  };
}

/** Chance of `count` or more at this mean and variance. Terms are summed from 0; counts here are some thousands. */
export function negativeBinomialTail(count: number, mean: number, variance: number): number {
  const dispersed = variance > mean * 1.0001;
  const size = dispersed ? (mean * mean) / (variance - mean) : Number.POSITIVE_INFINITY;
  const stay = dispersed ? mean / (mean + size) : 0;
  // In logarithms: the first term underflows long before the sum does.
  let logTerm = dispersed ? size * Math.log(size / (size + mean)) : -mean;
  let below = 0;
  for (let k = 0; k < count; k++) {
    below += Math.exp(logTerm);
    logTerm += dispersed ? Math.log(((k + size) / (k + 1)) * stay) : Math.log(mean / (k + 1));
  }
  return Math.max(0, 1 - below);
}
