import { createRequire } from 'node:module';
import { ENGLISH_FEATURES, englishFeatures } from './english-features.ts';
import { readEnglishLexicon } from './english-lexicon.ts';
import { type BoostedTrees, evaluateTrees, stepsOf } from './model/boosted-trees.ts';
import { evaluateLine, type Line } from './model/ridge.ts';
import { createReading, readPost } from './post-reader.ts';
import type { ValenceTable } from './valence-table.ts';

const require = createRequire(import.meta.url);

/** What was fitted: how people would rate a post, from −4 (worst) to 4 (best). */
export interface EnglishWeights {
  readonly line: Line;
  readonly trees: BoostedTrees;
}

/** The same, as the file holds it. */
export interface EnglishWeightsFile {
  readonly format: 'foreshock-english-sentiment';
  readonly version: 1;
  /** Of one post; weights for another number belong to another program. */
  readonly features: number;
  readonly line: { readonly base: number; readonly weights: readonly number[] };
  readonly trees: {
    readonly base: number;
    readonly feature: readonly number[];
    readonly threshold: readonly number[];
    readonly leaf: readonly number[];
  };
}

/** The trees see what the line cannot, the line is steadier where the trees have seen little. */
const TREES_SHARE = 1 / 2;

export interface EnglishModel {
  /** From −4 to 4, about; not rounded. */
  rate(text: string): number;
}

/** The reader of a post’s features, as the weights were fitted on. The array it gives is used again for the next. */
export function createEnglishFeatures(): (text: string) => Float64Array {
  const table: ValenceTable = readEnglishLexicon();
  const reading = createReading();
  const features = new Float64Array(ENGLISH_FEATURES);
  return (text) => {
    readPost(text, table, reading);
    englishFeatures(reading, table, features);
    return features;
  };
}

export function englishModel(weights: EnglishWeights, featuresOf = createEnglishFeatures()): EnglishModel {
  const steps = new Int32Array(ENGLISH_FEATURES);
  return {
    rate(text) {
      const features = featuresOf(text);
      stepsOf(features, steps);
      return (
        TREES_SHARE * evaluateTrees(weights.trees, steps) +
        (1 - TREES_SHARE) * evaluateLine(weights.line, features)
      );
    },
  };
}

let shipped: EnglishModel | undefined;

/** The model that comes along, read when English first comes up. */
export function shippedEnglishModel(): EnglishModel {
  shipped ??= englishModel(readWeights());
  return shipped;
}

function readWeights(): EnglishWeights {
  const file = require('./english-weights.json') as EnglishWeightsFile;
  if (file.features !== ENGLISH_FEATURES)
    throw new Error(
      `english-weights.json is of ${file.features} features, not ${ENGLISH_FEATURES}: fit it again`,
    );
  return {
    line: { base: file.line.base, weights: Float64Array.from(file.line.weights) },
    trees: {
      base: file.trees.base,
      feature: Uint8Array.from(file.trees.feature),
      threshold: Int32Array.from(file.trees.threshold),
      leaf: Float64Array.from(file.trees.leaf),
    },
  };
}
