import { logTail } from './count-tail.ts';
import { type Extremes, noteExcess, returnDays } from './extremes.ts';

/**
 * The slow, robust memory of one series at one scale: what a window of this length usually holds here.
 * Folded only from closed, sighted windows; one update is O(1) and the whole is under 1 KB.
 */
export interface ScaleBaseline {
  /** Exponentially weighted sums of clipped counts and of the shape they fell under; level = counts / shapes. */
  counts: number;
  shapes: number;
  /** Windows folded, and those still weighing in. */
  windows: number;
  /** Weighted mean of squared error over mean: the variance factor (1 for Poisson), around a flat line … */
  dispersion: number;
  /** … and around the shape of the day, from the first window on, so that it is known when the shape is earned. */
  shapedDispersion: number;
  extremes: Extremes;
}

/**
 * Hour-of-day shape of a watch’s whole talk, shared by its series, for those of a trouble are too sparse to show one;
 * used only once it has predicted better than a flat line.
 */
export interface Shape {
  /** Weighted people and days per UTC hour. */
  counts: number[];
  days: number[];
  /** Weighted one-step deviance with and without the shape. */
  devianceWith: number;
  devianceFlat: number;
  hours: number;
}

export interface Expectation {
  readonly mean: number;
  readonly variance: number;
}

/** What is usual, with the scatter it was measured with: variance over mean, without the uncertainty of the mean. */
export interface Usual extends Expectation {
  readonly dispersion: number;
}

const DAY_MINUTES = 1_440;
const HALF_LIFE_MINUTES = 7 * DAY_MINUTES;
/** The shape is judged by how it did in the last days. */
const SHAPE_TRIAL_MINUTES = 2 * DAY_MINUTES;
/** Before any window was seen, dispersion counts as this, with the weight of so many windows. */
const PRIOR_DISPERSION = 2;
const PRIOR_WINDOWS = 12;
/** People talk to each other: never as even as a Poisson count, however even a sparse past looked. */
const LEAST_DISPERSION = 1.2;
/** Sliding windows at several scales look about this many times per window length. */
const LOOKS_PER_WINDOW = 6;
/** The level is never taken as less than one person in this many windows: unseen is not impossible. */
const LEVEL_FLOOR = 0.02;

export const emptyBaseline = (): ScaleBaseline => ({
  counts: 0,
  shapes: 0,
  windows: 0,
  dispersion: PRIOR_DISPERSION,
  shapedDispersion: PRIOR_DISPERSION,
  extremes: [],
});

export const emptyShape = (): Shape => ({
  counts: new Array<number>(24).fill(0),
  days: new Array<number>(24).fill(0),
  devianceWith: 0,
  devianceFlat: 0,
  hours: 0,
});

/** The shape at a minute of the UTC day, between hour centres; 1 while the shape has not earned its place. */
export const shapeAt = (shape: Shape, minute: number): number =>
  shapeEarned(shape) ? learnedShapeAt(shape, minute) : 1;

function learnedShapeAt(shape: Shape, minute: number): number {
  const place = (((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES) / 60 - 0.5;
  const before = Math.floor(place);
  const part = place - before;
  return shrunk(shape, (before + 24) % 24) * (1 - part) + shrunk(shape, (before + 25) % 24) * part;
}

const shapeEarned = (shape: Shape): boolean =>
  shape.hours >= 48 && shape.devianceWith < 0.95 * shape.devianceFlat;

/** An hour’s part of the day’s mean, drawn to 1 by one day’s weight. */
function shrunk(shape: Shape, hour: number): number {
  const mean = meanHour(shape);
  if (mean <= 0) return 1;
  return Math.max(0.05, (shape.counts[hour]! + mean) / (shape.days[hour]! + 1) / mean);
}

function meanHour(shape: Shape): number {
  let counts = 0;
  let days = 0;
  for (let hour = 0; hour < 24; hour++) {
    counts += shape.counts[hour]!;
    days += shape.days[hour]!;
  }
  return days > 0 ? counts / days : 0;
}

/** What a window of `scale` minutes that is centred on `minute` usually holds. */
export function expect(baseline: ScaleBaseline, shape: Shape, minute: number): Usual {
  const level = baseline.shapes > 0 ? baseline.counts / baseline.shapes : 0;
  const mean = Math.max(level * shapeAt(shape, minute), LEVEL_FLOOR);
  const dispersion = Math.max(
    LEAST_DISPERSION,
    ((shapeEarned(shape) ? baseline.shapedDispersion : baseline.dispersion) * baseline.windows +
      PRIOR_DISPERSION * PRIOR_WINDOWS) /
      (baseline.windows + PRIOR_WINDOWS),
  );
  // The level itself is only known as well as the people counted for it.
  const uncertainty = (mean * mean * dispersion) / (baseline.counts + 1);
  return {
    mean,
    variance: mean * dispersion + uncertainty,
    dispersion,
  };
}

/** Folds one closed window of `scale` minutes that is centred on `minute`. `unusual` windows teach no extremes. */
export function learn(
  baseline: ScaleBaseline,
  shape: Shape,
  window: { count: number; minute: number; scaleMinutes: number; unusual: boolean },
): void {
  const usual = expect(baseline, shape, window.minute);
  const deviation = Math.sqrt(usual.variance);
  // The first windows teach freely; later ones may pull the level only so far.
  const clipped =
    baseline.windows < 12 ? window.count : Math.min(window.count, usual.mean + 3 * deviation + 1);
  const keep = 2 ** (-window.scaleMinutes / HALF_LIFE_MINUTES);
  const factor = shapeAt(shape, window.minute);
  const level = baseline.shapes > 0 ? baseline.counts / baseline.shapes : 0;
  baseline.counts = baseline.counts * keep + clipped;
  baseline.shapes = baseline.shapes * keep + factor;
  baseline.windows += 1;
  if (baseline.windows > 3) {
    const weight = Math.max(1 / baseline.windows, 1 - keep);
    const flat = level;
    const shaped = level * learnedShapeAt(shape, window.minute);
    baseline.dispersion += weight * (pearson(clipped, flat) - baseline.dispersion);
    baseline.shapedDispersion += weight * (pearson(clipped, shaped) - baseline.shapedDispersion);
  }
  if (!window.unusual && baseline.windows > 12) noteExcess(baseline.extremes, excessOf(window.count, usual));
}

/** Squared error over mean, bounded so that one window cannot set the scale. */
const pearson = (count: number, mean: number): number =>
  Math.min((count - mean) ** 2 / Math.max(mean, 0.1), 50);

/** Folds one closed hour of all talk into the shape. */
export function learnShape(shape: Shape, hour: { count: number; minute: number }): void {
  const index = Math.floor((((hour.minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES) / 60);
  const flat = meanHour(shape);
  const shaped = flat * shrunk(shape, index);
  // A burst is no habit of the hour.
  const clipped = flat > 0 ? Math.min(hour.count, 3 * Math.max(flat, shaped) + 5) : hour.count;
  if (flat > 0) {
    const keep = 2 ** (-60 / SHAPE_TRIAL_MINUTES);
    shape.devianceWith = shape.devianceWith * keep + deviance(clipped, shaped);
    shape.devianceFlat = shape.devianceFlat * keep + deviance(clipped, flat);
  }
  shape.hours += 1;
  const keep = 2 ** (-DAY_MINUTES / (2 * HALF_LIFE_MINUTES));
  shape.counts[index] = shape.counts[index]! * keep + clipped;
  shape.days[index] = shape.days[index]! * keep + 1;
}

const deviance = (count: number, mean: number): number =>
  2 * ((count > 0 ? count * Math.log(count / mean) : 0) - (count - mean));

export interface RarityContext {
  readonly scaleMinutes: number;
  readonly extremes: Extremes;
  /** Windows the baseline has seen. */
  readonly windows: number;
  /** Troubles of the watch that are looked at side by side: the more, the more often one of them is rare by chance. */
  readonly troubles: number;
}

/** How rare a count is here, in mean days between two such windows; 0 where it is not above what is expected. */
export function rarityDays(count: number, expectation: Expectation, context: RarityContext): number {
  if (count <= expectation.mean) return 0;
  const windowDays = context.scaleMinutes / DAY_MINUTES;
  const looks = LOOKS_PER_WINDOW * context.troubles;
  const byTail = windowDays / looks / Math.exp(logTail(count, expectation.mean, expectation.variance));
  const excess = excessOf(count, expectation);
  const byOwnPast =
    returnDays(context.extremes, excess, { windows: context.windows, windowDays }) / context.troubles;
  return Math.min(byTail, byOwnPast, RARITY_DAYS_MAX);
}

/**
 * How far a count stands above its expectation, in a unit that means the same for one person and for a thousand:
 * Anscombe’s root (1948) of the count, over the scatter beyond Poisson.
 */
const excessOf = (count: number, { mean, variance }: Expectation): number =>
  (2 * (Math.sqrt(count + 0.375) - Math.sqrt(mean + 0.375))) / Math.sqrt(Math.max(1, variance / mean));

/** A hundred years: beyond it the figure says more about the formula than about the world. */
export const RARITY_DAYS_MAX = 36_500;

/** The least count that is at least `days` rare (and at least `least`): what a window must reach to page. */
export function countForRarity(
  days: number,
  least: number,
  expectation: Expectation,
  context: RarityContext,
): number {
  const reaches = (count: number) => rarityDays(count, expectation, context) >= days;
  let high = Math.max(least, Math.ceil(expectation.mean) + 1);
  if (reaches(high) && high === least) return high;
  let low = Math.max(least - 1, Math.floor(expectation.mean));
  while (!reaches(high)) {
    low = high;
    high *= 2;
    if (high > 1e9) return high;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reaches(middle)) high = middle;
    else low = middle;
  }
  return Math.max(high, least);
}
