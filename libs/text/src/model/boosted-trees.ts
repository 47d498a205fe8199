import { createRandom } from './random.ts';

/** Trees of three questions each: the answers are the bits of the leaf. */
export const DEPTH = 3;
const LEAVES = 1 << DEPTH;

/**
 * Trees that ask the same question at every node of a level: tree `t` asks whether feature `feature[t * DEPTH +
 * level]` is above `threshold[…]`. Features are whole numbers of `FEATURE_STEP`, so that the answer is a sign bit:
 * branches that nobody can predict would cost five times as much.
 */
export interface BoostedTrees {
  readonly base: number;
  readonly feature: Uint8Array;
  readonly threshold: Int32Array;
  readonly leaf: Float64Array;
}

export const FEATURE_STEP = 1 / 4_096;
/** Beyond this, a feature is as good as at it: a difference of two must fit 32 bits. */
const FEATURE_MAX = 100_000;

export function stepsOf(features: Float64Array, into: Int32Array): void {
  for (let f = 0; f < into.length; f++) {
    const value = features[f]!;
    into[f] = (value > FEATURE_MAX ? FEATURE_MAX : value < -FEATURE_MAX ? -FEATURE_MAX : value) * 4_096;
  }
}

export function evaluateTrees(trees: BoostedTrees, steps: Int32Array): number {
  const { feature, threshold, leaf } = trees;
  let sum = trees.base;
  for (let at = 0, offset = 0; at < feature.length; at += DEPTH, offset += LEAVES) {
    const first = (threshold[at]! - steps[feature[at]!]!) >>> 31;
    const second = (threshold[at + 1]! - steps[feature[at + 1]!]!) >>> 31;
    const third = (threshold[at + 2]! - steps[feature[at + 2]!]!) >>> 31;
    sum += leaf[offset + (first << 2) + (second << 1) + third]!;
  }
  return sum;
}

export interface BoostOptions {
  readonly trees: number;
  readonly rate: number;
  /** Added to the weight of every leaf: draws those of few rows to nothing. */
  readonly shrinkage: number;
  /** Shares of rows and features that one tree sees. */
  readonly rows: number;
  readonly features: number;
  readonly bins: number;
  readonly seed: number;
}

export interface Row {
  readonly features: Float64Array;
  readonly target: number;
  readonly weight: number;
}

/** Fits trees to the rows, least squares, one after the other to what those before leave. The same rows, the same trees. */
export function fitTrees(rows: readonly Row[], options: BoostOptions): BoostedTrees {
  const width = rows[0]!.features.length;
  const random = createRandom(options.seed);
  const steps = rows.map(({ features }) => {
    const own = new Int32Array(width);
    stepsOf(features, own);
    return own;
  });
  const cuts = Array.from({ length: width }, (_, f) => quantiles(steps, f, options.bins));
  const binned = cuts.map((cut, f) =>
    Uint8Array.from(steps, (own) => cut.filter((value) => own[f]! > value).length),
  );
  const weights = Float64Array.from(rows, ({ weight }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const base = rows.reduce((sum, { target, weight }) => sum + target * weight, 0) / total;
  const left = Float64Array.from(rows, ({ target }) => target - base);
  const feature = new Uint8Array(options.trees * DEPTH);
  const threshold = new Int32Array(options.trees * DEPTH);
  const leaf = new Float64Array(options.trees * LEAVES);
  const place = new Uint8Array(rows.length);
  for (let tree = 0; tree < options.trees; tree++) {
    const seen = Uint8Array.from(rows, () => (random() < options.rows ? 1 : 0));
    place.fill(0);
    for (let level = 0; level < DEPTH; level++) {
      let gainBest = Number.NEGATIVE_INFINITY;
      let featureBest = 0;
      let cutBest = 0;
      for (let f = 0; f < width; f++) {
        if (random() >= options.features || cuts[f]!.length === 0) continue;
        const { gain, cut } = bestCut(
          { bins: binned[f]!, cuts: cuts[f]!.length, place, leaves: 1 << level, left, weights, seen },
          options.shrinkage,
        );
        if (gain > gainBest) {
          gainBest = gain;
          featureBest = f;
          cutBest = cut;
        }
      }
      feature[tree * DEPTH + level] = featureBest;
      threshold[tree * DEPTH + level] = cuts[featureBest]![cutBest] ?? 0;
      const bins = binned[featureBest]!;
      for (let i = 0; i < rows.length; i++) place[i] = (place[i]! << 1) | (bins[i]! > cutBest ? 1 : 0);
    }
    const gradients = new Float64Array(LEAVES);
    const heights = new Float64Array(LEAVES);
    for (let i = 0; i < rows.length; i++)
      if (seen[i] === 1) {
        gradients[place[i]!]! += left[i]! * weights[i]!;
        heights[place[i]!]! += weights[i]!;
      }
    const offset = tree * LEAVES;
    for (let l = 0; l < LEAVES; l++)
      leaf[offset + l] = rounded((options.rate * gradients[l]!) / (heights[l]! + options.shrinkage));
    for (let i = 0; i < rows.length; i++) left[i]! -= leaf[offset + place[i]!]!;
  }
  return { base: rounded(base), feature, threshold, leaf };
}

/** Four digits are as good as all of them, and a third of the file. */
const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** Values between the rows of one feature, each once. */
function quantiles(steps: readonly Int32Array[], f: number, bins: number): number[] {
  const sorted = Int32Array.from(steps, (own) => own[f]!).sort();
  const cuts = new Set<number>();
  for (let bin = 1; bin < bins; bin++) {
    const value = sorted[Math.floor((bin * sorted.length) / bins)]!;
    if (value > sorted[0]!) cuts.add(value - 1);
  }
  if (cuts.size === 0 && sorted.at(-1)! > sorted[0]!) cuts.add(sorted.at(-1)! - 1);
  return [...cuts];
}

interface Level {
  readonly bins: Uint8Array;
  readonly cuts: number;
  readonly place: Uint8Array;
  readonly leaves: number;
  readonly left: Float64Array;
  readonly weights: Float64Array;
  readonly seen: Uint8Array;
}

/** The cut that, made in every leaf of the level, explains most. */
function bestCut(level: Level, shrinkage: number): { gain: number; cut: number } {
  const width = level.cuts + 1;
  const gradients = new Float64Array(level.leaves * width);
  const heights = new Float64Array(level.leaves * width);
  const { bins, place, left, weights, seen } = level;
  for (let i = 0; i < bins.length; i++)
    if (seen[i] === 1) {
      const at = place[i]! * width + bins[i]!;
      gradients[at]! += left[i]! * weights[i]!;
      heights[at]! += weights[i]!;
    }
  const gains = new Float64Array(level.cuts);
  for (let l = 0; l < level.leaves; l++) {
    let gradient = 0;
    let height = 0;
    for (let b = 0; b < width; b++) {
      gradient += gradients[l * width + b]!;
      height += heights[l * width + b]!;
    }
    let below = 0;
    let belowHeight = 0;
    for (let cut = 0; cut < level.cuts; cut++) {
      below += gradients[l * width + cut]!;
      belowHeight += heights[l * width + cut]!;
      const above = gradient - below;
      gains[cut]! += below ** 2 / (belowHeight + shrinkage) + above ** 2 / (height - belowHeight + shrinkage);
    }
  }
  let cut = 0;
  for (let c = 1; c < gains.length; c++) if (gains[c]! > gains[cut]!) cut = c;
  return { gain: gains[cut]!, cut };
}
