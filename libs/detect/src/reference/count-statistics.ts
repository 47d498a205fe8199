/**
 * Detectors of surveillance practice as statistics without a threshold, so that each can be given the one at which it
 * is false as often as the others. Input are complete buckets in order; what each says of a bucket depends on it and on
 * earlier ones only.
 */
export interface CountStatistic {
  readonly name: string;
  readonly bucketMinutes: number;
  /** Takes the next bucket’s count. */
  readonly next: (count: number) => number;
}

function usual(halfLifeBuckets: number) {
  const gain = 1 - 0.5 ** (1 / halfLifeBuckets);
  let seen = 0;
  let mean = 0;
  let variance = 0;
  return {
    deviations: (count: number) => (count - mean) / Math.sqrt(Math.max(variance, mean, 1)),
    learn(count: number) {
      seen += 1;
      const weight = Math.max(gain, 1 / seen);
      const off = count - mean;
      mean += weight * off;
      variance = (1 - weight) * (variance + weight * off * off);
    },
  };
}

/** Deviations above an exponentially weighted mean: the alarm of mean and three sigma, its sigmas left open. */
export function ewmaDeviations(bucketMinutes: number): CountStatistic {
  const past = usual(1_440 / bucketMinutes);
  return {
    name: `EWMA + kσ, ${bucketMinutes} min`,
    bucketMinutes,
    next(count) {
      const z = past.deviations(count);
      past.learn(count);
      return z;
    },
  };
}

/** Page’s cumulative sum of the deviations beyond half of one. After an alarm’s worth it is cut off, so it can end. */
export function cusum(bucketMinutes: number): CountStatistic {
  const past = usual((7 * 1_440) / bucketMinutes);
  let sum = 0;
  return {
    name: `CUSUM, ${bucketMinutes} min`,
    bucketMinutes,
    next(count) {
      sum = Math.min(Math.max(0, sum + past.deviations(count) - 0.5), 1_000);
      past.learn(count);
      return sum;
    },
  };
}

const EARS_DAYS = 7;

/**
 * EARS (Hutwagner et al. 2003), by the hour instead of by the day: the mean and deviation of seven days of hours;
 * C1 up to the last hour, C2 with a gap of two hours, C3 the sum of three C2 beyond one.
 */
export function ears(kind: 'C1' | 'C2' | 'C3'): CountStatistic {
  const gap = kind === 'C1' ? 0 : 2;
  const length = EARS_DAYS * 24;
  const hours: number[] = [];
  const recent: number[] = [];
  return {
    name: `EARS ${kind}, 1 h`,
    bucketMinutes: 60,
    next(count) {
      const past = hours.slice(Math.max(0, hours.length - gap - length), Math.max(0, hours.length - gap));
      hours.push(count);
      if (hours.length > length + gap) hours.shift();
      if (past.length < 24) return 0;
      const mean = past.reduce((sum, one) => sum + one, 0) / past.length;
      const variance = past.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (past.length - 1);
      const z = (count - mean) / Math.sqrt(Math.max(variance, 0.25));
      if (kind !== 'C3') return z;
      recent.push(Math.max(0, z - 1));
      if (recent.length > 3) recent.shift();
      return recent.reduce((sum, one) => sum + one, 0);
    },
  };
}

/** Fresh statistics, as the evaluation of delays prints them beside the detector. */
export const countStatistics = (): CountStatistic[] => [
  ewmaDeviations(10),
  ewmaDeviations(60),
  ears('C1'),
  ears('C2'),
  ears('C3'),
  cusum(10),
];
