import type { CountAlarm } from './count-alarm.ts';

/**
 * The last hour against the hours before it, as hosted listening tools alert: the newest `recent` buckets hold more
 * than `ratio` times what the `before` buckets before them hold per as many. The window slides by one bucket.
 */
export function ratioRule(options: {
  readonly name: string;
  readonly bucketMs: number;
  readonly recent: number;
  readonly before: number;
  readonly ratio: number;
  readonly least: number;
}): CountAlarm {
  const kept: number[] = [];
  return {
    name: options.name,
    bucketMs: options.bucketMs,
    next(count) {
      kept.push(count);
      if (kept.length > options.recent + options.before) kept.shift();
      if (kept.length < options.recent + options.before) return false;
      const sum = (from: number, to: number) =>
        kept.slice(from, to).reduce((total, value) => total + value, 0);
      const usual = (sum(0, options.before) * options.recent) / options.before;
      const recent = sum(options.before, kept.length);
      return recent >= options.least && recent > options.ratio * usual;
    },
  };
}
