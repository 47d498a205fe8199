/** What came of one label over some posts. */
export interface Tally {
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}

export const tally = (parts: readonly Tally[]): Tally =>
  parts.reduce(
    (sum, part) => ({
      right: sum.right + part.right,
      wrong: sum.wrong + part.wrong,
      missed: sum.missed + part.missed,
    }),
    { right: 0, wrong: 0, missed: 0 },
  );

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Wilson’s interval of a share, 95 %: holds for the few posts that some labels have. Undefined where there are none. */
export function wilson(hits: number, of: number): Interval | undefined {
  if (of === 0) return undefined;
  const z = 1.96;
  const share = hits / of;
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const middle = share + (z * z) / (2 * of);
  const scale = 1 + (z * z) / of;
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}

export const intervalText = (interval: Interval | undefined): string =>
  interval === undefined ? '–' : `${interval.low.toFixed(2)}–${interval.high.toFixed(2)}`;
