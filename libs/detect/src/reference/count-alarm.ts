/**
 * Detectors that others use, for comparison in the evaluations only. All are causal: the alarm of a bucket depends on
 * it and on earlier ones. Input are complete buckets in order, without gaps; an alarm is the index of its bucket, so
 * it can be raised at the end of that bucket and no sooner.
 */
export interface CountAlarm {
  readonly name: string;
  readonly bucketMs: number;
  /** Takes the next bucket's count; true where it raises an alarm. */
  readonly next: (count: number) => boolean;
}

export interface Alarm {
  /** Start of the bucket that raised it. */
  readonly bucketMs: number;
  /** When a person would have heard: the end of that bucket. */
  readonly atMs: number;
}

/**
 * Runs one detector over the times of single events from `fromMs` (a bucket border) to `toMs`. Runs of alarming
 * buckets with gaps of at most `quietMs` are one alarm, as an alerting rule with that cool-down would tell it.
 */
export function alarmsOf(
  alarm: CountAlarm,
  {
    timesMs,
    fromMs,
    toMs,
    quietMs,
  }: { timesMs: readonly number[]; fromMs: number; toMs: number; quietMs: number },
): Alarm[] {
  const counts = new Array<number>(Math.max(0, Math.floor((toMs - fromMs) / alarm.bucketMs))).fill(0);
  for (const time of timesMs) {
    const bucket = Math.floor((time - fromMs) / alarm.bucketMs);
    if (bucket >= 0 && bucket < counts.length) counts[bucket]! += 1;
  }
  const alarms: Alarm[] = [];
  let loudMs = Number.NEGATIVE_INFINITY;
  counts.forEach((count, bucket) => {
    if (!alarm.next(count)) return;
    const startMs = fromMs + bucket * alarm.bucketMs;
    if (startMs - loudMs > quietMs) alarms.push({ bucketMs: startMs, atMs: startMs + alarm.bucketMs });
    loudMs = startMs;
  });
  return alarms;
}
