/**
 * The series’ own extremes as yardstick. The largest standardised excesses seen so far say how far this series
 * strays by itself; along and beyond them the tail is taken as exponential. What formulas call impossible but the
 * series does every week is thereby not rare.
 */
export const EXTREMES_KEPT = 25;
const NEEDED = 10;

/** Descending, at most `EXTREMES_KEPT` values. */
export type Extremes = number[];

export function noteExcess(extremes: Extremes, excess: number, kept = EXTREMES_KEPT): void {
  if (extremes.length === kept && excess <= extremes[kept - 1]!) return;
  let at = extremes.length;
  while (at > 0 && extremes[at - 1]! < excess) at--;
  extremes.splice(at, 0, excess);
  if (extremes.length > kept) extremes.pop();
}

/**
 * Mean days between excesses of this size, from `windows` of `windowDays` each; `Infinity` while there are too few to
 * judge by. Only the top tenth of all windows is a tail. The tail goes on below its least value too, or an old series
 * would call every window as rare as that one.
 */
export function returnDays(
  extremes: Extremes,
  excess: number,
  past: { readonly windows: number; readonly windowDays: number; readonly leastScale?: number },
): number {
  const count = Math.min(extremes.length, Math.floor(past.windows / 10));
  if (count < NEEDED) return Number.POSITIVE_INFINITY;
  const every = (past.windows * past.windowDays) / count;
  const least = extremes[count - 1]!;
  let above = 0;
  for (let i = 0; i < count; i++) above += extremes[i]! - least;
  const scale = Math.max(above / count, past.leastScale ?? 0.25);
  // Beyond what a number can hold it is still a verdict, and no lack of one.
  return Math.min(every * Math.exp((excess - least) / scale), Number.MAX_VALUE);
}
