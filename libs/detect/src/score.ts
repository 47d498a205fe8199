import { EXTREMES_KEPT, type Extremes, noteExcess, returnDays } from './extremes.ts';

/** One row of counts. Rows come in time order at an even step. */
export interface CountRow {
  readonly timestampMs: number;
  readonly value: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * What a series of bare counts is judged by. There are no authors to count and no texts to read, so one loud row
 * tells little: the leaky hour takes the place of the windows, and its ratio to the usual that of the excess.
 * Half-life, extremes and growth are those of the engine.
 */
export interface CountSettings {
  /** Age at which a row weighs half in what is usual. */
  readonly halfLifeDays: number;
  /** A row may pull the usual level up to so many roots of the level above it. */
  readonly clip: number;
  /** Mean age of a row in the leaky sum that is judged. */
  readonly leakMinutes: number;
  /** Extremes are noted once in such a block: its largest. */
  readonly blockMinutes: number;
  readonly extremes: number;
  /** The mean step of the tail is never taken as less, in e-folds of the ratio. */
  readonly leastScale: number;
  /** Verdict: a block like this comes once in so many days. The score is ½ there. */
  readonly verdictDays: number;
  /** One verdict in this time, unless it is so many times rarer: an event is one event. */
  readonly coolDownDays: number;
  readonly rarer: number;
}

export const COUNT_SETTINGS: CountSettings = {
  halfLifeDays: 7,
  clip: 5,
  leakMinutes: 60,
  blockMinutes: 15,
  extremes: EXTREMES_KEPT,
  leastScale: 0.2,
  verdictDays: 1.5,
  coolDownDays: 1,
  rarer: 10,
};

/** A row of nothing is half a mention: the ratio of nothing to nothing is 1. */
const PSEUDO_COUNT = 0.5;
const LEVEL_FLOOR = 0.1;

/**
 * Scores a series of counts causally, row by row: 0 for the usual, ½ for a verdict, towards 1 beyond. What counts is
 * how far the leaky sum of the last hour stands above what is usual, against the series’ own past extremes.
 */
export function scoreSeries(rows: readonly CountRow[], settings = COUNT_SETTINGS): number[] {
  const scorer = createScorer(stepOf(rows), settings);
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
export function createScorer(stepMs: number, settings = COUNT_SETTINGS): (row: CountRow) => number {
  const rarity = rarityOfRows(stepMs, settings);
  let verdictAt = Number.NEGATIVE_INFINITY;
  let verdictDays = 0;
  return (row) => {
    const days = rarity(Number.isFinite(row.value) ? Math.max(0, row.value) : 0);
    if (!Number.isFinite(days)) return 0;
    if (days < settings.verdictDays) return scoreOf(days, settings);
    const cooling = row.timestampMs - verdictAt < settings.coolDownDays * DAY_MS;
    if (cooling && days < verdictDays * settings.rarer)
      return scoreOf(settings.verdictDays / settings.rarer, settings);
    verdictAt = row.timestampMs;
    verdictDays = days;
    return scoreOf(days, settings);
  };
}

const scoreOf = (days: number, { verdictDays }: CountSettings): number =>
  1 / (1 + (verdictDays / Math.max(days, 1e-9)) ** 2);

/** Days between two such rows here; `Infinity` while too little was seen. */
function rarityOfRows(stepMs: number, settings: CountSettings): (count: number) => number {
  const keepUsual = 2 ** (-stepMs / (settings.halfLifeDays * DAY_MS));
  const leakRows = Math.max(1, (settings.leakMinutes * MINUTE_MS) / stepMs);
  const keepLeak = 1 - 1 / leakRows;
  const blockRows = Math.max(1, Math.round((settings.blockMinutes * MINUTE_MS) / stepMs));
  const windowDays = (blockRows * stepMs) / DAY_MS;
  const extremes: Extremes = [];
  let counts = 0;
  let weight = 0;
  let leaked = 0;
  let leakedWeight = 0;
  let seen = 0;
  let blockMost = Number.NEGATIVE_INFINITY;
  return (count) => {
    const mean = weight > 0 ? Math.max(counts / weight, LEVEL_FLOOR) : Math.max(count, LEVEL_FLOOR);
    leaked = leaked * keepLeak + count;
    leakedWeight = leakedWeight * keepLeak + 1;
    const nothing = PSEUDO_COUNT * leakRows;
    const excess = Math.log((leaked + nothing) / (mean * leakedWeight + nothing));
    const windows = Math.floor(seen / blockRows) + 1;
    const days = returnDays(extremes, excess, { windows, windowDays, leastScale: settings.leastScale });
    blockMost = Math.max(blockMost, excess);
    seen++;
    if (seen % blockRows === 0) {
      noteExcess(extremes, blockMost, settings.extremes);
      blockMost = Number.NEGATIVE_INFINITY;
    }
    const clipped = seen <= 12 ? count : Math.min(count, mean + settings.clip * Math.sqrt(mean) + 1);
    counts = counts * keepUsual + clipped;
    weight = weight * keepUsual + 1;
    return days;
  };
}
