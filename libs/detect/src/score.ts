import { type Extremes, noteExcess, returnDays } from './extremes.ts';

/** One row of counts. Rows come in time order at an even step. */
export interface CountRow {
  readonly timestampMs: number;
  readonly value: number;
}

const DAY_MS = 86_400_000;
const HALF_LIFE_DAYS = 7;
/** Windows looked at, in rows: the row itself, and sums of two and three. */
const SCALES_ROWS = [1, 2, 3] as const;
/** The score is ½ for what happens here once in this many days. */
const HALF_SCORE_DAYS = 30;
/** One verdict a day, unless it is ten times rarer: an event is one event. */
const COOL_DOWN_DAYS = 1;
const RARER = 10;
/** Rarity from which a verdict starts a cool-down. */
const VERDICT_DAYS = 3;

/**
 * Scores a series of counts causally, row by row: 0 for the usual, ½ for once in 30 days, towards 1 beyond. Rarity
 * is measured against the series’ own past extremes at several scales; the least rare of them counts.
 */
export function scoreSeries(rows: readonly CountRow[]): number[] {
  const scorer = createScorer(stepOf(rows));
  return rows.map((row) => scorer(row));
}

/** Milliseconds between rows: the median difference. */
function stepOf(rows: readonly CountRow[]): number {
  const steps: number[] = [];
  for (let i = 1; i < Math.min(rows.length, 1_001); i++)
    steps.push(rows[i]!.timestampMs - rows[i - 1]!.timestampMs);
  steps.sort((a, b) => a - b);
  return Math.max(1, steps[Math.floor(steps.length / 2)] ?? 300_000);
}

/** A scorer for rows that are `stepMs` apart. Each call sees only what came before. */
export function createScorer(stepMs: number): (row: CountRow) => number {
  const keep = 2 ** (-stepMs / (HALF_LIFE_DAYS * DAY_MS));
  const extremes: Extremes[] = SCALES_ROWS.map(() => []);
  const recent: number[] = [];
  let counts = 0;
  let weight = 0;
  let seen = 0;
  let verdictAt = Number.NEGATIVE_INFINITY;
  let verdictDays = 0;

  return ({ timestampMs, value }) => {
    const count = Number.isFinite(value) ? Math.max(0, value) : 0;
    recent.push(count);
    if (recent.length > SCALES_ROWS.length) recent.shift();
    const mean = weight > 0 ? Math.max(counts / weight, 0.1) : Math.max(count, 0.1);
    let days = Number.POSITIVE_INFINITY;
    for (const [index, scale] of SCALES_ROWS.entries()) {
      if (recent.length < scale) continue;
      let sum = 0;
      for (let i = recent.length - scale; i < recent.length; i++) sum += recent[i]!;
      const excess = (sum - mean * scale) / Math.sqrt(mean * scale);
      days = Math.min(
        days,
        returnDays(extremes[index]!, excess, { windows: seen, windowDays: stepMs / DAY_MS }),
      );
      noteExcess(extremes[index]!, excess);
    }
    const deviation = Math.sqrt(mean);
    const clipped = seen < 12 ? count : Math.min(count, mean + 5 * deviation + 1);
    counts = counts * keep + clipped;
    weight = weight * keep + 1;
    seen++;
    if (!Number.isFinite(days)) return 0;
    const cooling = timestampMs - verdictAt < COOL_DOWN_DAYS * DAY_MS && days < verdictDays * RARER;
    if (!cooling && days >= VERDICT_DAYS) {
      verdictAt = timestampMs;
      verdictDays = days;
    }
    const told = cooling ? Math.min(days, VERDICT_DAYS) / RARER : days;
    return told / (told + HALF_SCORE_DAYS);
  };
}
