/**
 * The standard scoring of the Numenta Anomaly Benchmark v1.1, from its published description. One threshold for all
 * series together; in a window only the earliest alert counts and earns more the earlier it is; alerts outside cost,
 * less just after a window; the first 15 % of a series (of at most 5,000 rows) are not scored.
 */
export interface NabSeries {
  readonly name: string;
  readonly scores: readonly number[];
  /** Index of the first and of the last row of each window, in order. */
  readonly windows: readonly (readonly [first: number, last: number])[];
}

export interface NabWeights {
  readonly hit: number;
  readonly miss: number;
  readonly falseAlert: number;
}

export const NAB_PROFILES = {
  standard: { hit: 1, miss: 1, falseAlert: 0.11 },
  reward_low_FP_rate: { hit: 1, miss: 1, falseAlert: 0.22 },
  reward_low_FN_rate: { hit: 1, miss: 2, falseAlert: 0.11 },
} as const satisfies Record<string, NabWeights>;

const squash = (position: number): number => (position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1);

/** Rows of a series that are not scored. */
export const probationRows = (rows: number): number => Math.ceil(Math.min(Math.floor(0.15 * rows), 750));

interface Row {
  readonly score: number;
  /** Worth of an alert here before weights: in a window between 0 and 1, outside below 0. */
  readonly worth: number;
  /** Number of the window over all series; −1 outside. */
  readonly window: number;
}

export interface PreparedNab {
  readonly rows: readonly Row[];
  readonly windows: number;
  /** Windows that end after the probation: only these can be missed. */
  readonly scored: number;
}

/** Rows after probation with what an alert there is worth. */
export function prepareNab(series: readonly NabSeries[]): PreparedNab {
  const rows: Row[] = [];
  let windows = 0;
  let scored = 0;
  for (const { scores, windows: spans } of series) {
    const probation = probationRows(scores.length);
    let next = 0;
    for (let row = 0; row < scores.length; row++) {
      while (next < spans.length && row > spans[next]![1]) next++;
      const span = spans[next];
      const inside = span !== undefined && row >= span[0];
      if (row < probation) continue;
      rows.push({
        score: scores[row]!,
        worth: inside ? worthInside(span, row) : worthOutside(spans[next - 1], row),
        window: inside ? windows + next : -1,
      });
    }
    windows += spans.length;
    scored += spans.filter(([, last]) => last >= probation).length;
  }
  return { rows, windows, scored };
}

function worthInside([first, last]: readonly [number, number], row: number): number {
  return squash(-(last - row + 1) / (last - first + 1)) / squash(-1);
}

function worthOutside(before: readonly [number, number] | undefined, row: number): number {
  if (!before) return -1;
  return squash((row - before[1]) / Math.max(1, before[1] - before[0]));
}

/** Sum of gains and costs with alerts at `score >= threshold`. */
export function rawNabScore(nab: PreparedNab, weights: NabWeights, threshold: number): number {
  const hits = new Map<number, number>();
  let outside = 0;
  for (const { score, worth, window } of nab.rows) {
    if (score < threshold) continue;
    if (window < 0) outside += weights.falseAlert * worth;
    // Rows come in order, so the first alert of a window is the earliest.
    else if (!hits.has(window)) hits.set(window, worth);
  }
  const inside = [...hits.values()].reduce((sum, worth) => sum + weights.hit * worth, 0);
  return inside + outside - weights.miss * (nab.scored - hits.size);
}

/** 100 where every window is hit in its first row and nothing else alerts, 0 where nothing alerts at all. */
export function normalisedNabScore(nab: PreparedNab, weights: NabWeights, raw: number): number {
  const silent = -weights.miss * nab.scored;
  return (100 * (raw - silent)) / (weights.hit * nab.windows - silent);
}

/** The best threshold among the scores that occur, found by lowering it row by row. */
export function bestNabThreshold(nab: PreparedNab, weights: NabWeights): { threshold: number; raw: number } {
  const falling = [...nab.rows].sort((a, b) => b.score - a.score);
  const earliest = new Map<number, number>();
  let raw = -weights.miss * nab.scored;
  let best = { threshold: 1.1, raw };
  for (let at = 0; at < falling.length; at++) {
    const { score, worth, window } = falling[at]!;
    if (window < 0) raw += weights.falseAlert * worth;
    else {
      const known = earliest.get(window);
      // Inside a window worth falls with time, so the largest worth is the earliest alert's.
      if (known === undefined) raw += weights.miss + weights.hit * worth;
      else if (worth > known) raw += weights.hit * (worth - known);
      earliest.set(window, Math.max(known ?? worth, worth));
    }
    if (falling[at + 1]?.score !== score && raw > best.raw) best = { threshold: score, raw };
  }
  return best;
}

/** Alerts closer than this many rows are one alarm for precision: an hour of five-minute rows. */
const ALARM_MERGE_ROWS = 12;

export interface NabEvents {
  readonly windows: number;
  readonly hit: number;
  readonly falseAlarms: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Precision and recall over alarms and windows at a threshold. */
export function nabEvents(
  series: readonly NabSeries[],
  thresholdOf: (series: NabSeries) => number,
): NabEvents {
  let windows = 0;
  let hit = 0;
  let falseAlarms = 0;
  for (const one of series) {
    const probation = probationRows(one.scores.length);
    const threshold = thresholdOf(one);
    const inside = (row: number) => one.windows.findIndex(([first, last]) => row >= first && row <= last);
    const hits = new Set<number>();
    let last = Number.NEGATIVE_INFINITY;
    let runHits = true;
    for (let row = probation; row < one.scores.length; row++) {
      if (one.scores[row]! < threshold) continue;
      if (row - last > ALARM_MERGE_ROWS) {
        if (!runHits) falseAlarms += 1;
        runHits = false;
      }
      last = row;
      const window = inside(row);
      if (window >= 0) {
        hits.add(window);
        runHits = true;
      }
    }
    if (!runHits) falseAlarms += 1;
    windows += one.windows.filter(([, end]) => end >= probation).length;
    hit += hits.size;
  }
  const recall = windows ? hit / windows : 0;
  const precision = hit + falseAlarms ? hit / (hit + falseAlarms) : 0;
  const f1 = precision + recall ? (2 * precision * recall) / (precision + recall) : 0;
  return { windows, hit, falseAlarms, precision, recall, f1 };
}
