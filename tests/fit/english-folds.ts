import { createEnglishFeatures, type EnglishWeights, englishModel } from '@foreshock/text/english-model';
import { fitTrees, type Row } from '@foreshock/text/model/boosted-trees';
import { fitRidge } from '@foreshock/text/model/ridge';
import type { RatedPost } from '../eval/text-data.ts';

export const FOLDS = 10;
/** Reviews of products are further from posts than posts are. */
const REVIEW_WEIGHT = 0.3;
const PENALTY = 10;
const TREES = { trees: 180, rate: 0.08, shrinkage: 10, rows: 0.7, features: 0.3, bins: 24, seed: 1 };

export interface EnglishFit {
  /** Weights fitted on everything. */
  all(): EnglishWeights;
  /** The rating of each tweet by weights fitted on nine tenths of the tweets without it, and on the reviews. */
  heldOut(): number[];
}

/** Fits the weights of English sentiment; the same posts give the same weights. */
export function englishFit(tweets: readonly RatedPost[], reviews: readonly RatedPost[]): EnglishFit {
  const featuresOf = createEnglishFeatures();
  const rowOf =
    (weight: number) =>
    ({ text, rating }: RatedPost): Row => ({ features: featuresOf(text).slice(), target: rating, weight });
  const posts = tweets.map(rowOf(1));
  const others = reviews.map(rowOf(REVIEW_WEIGHT));
  const fitted = (rows: readonly Row[]): EnglishWeights => ({
    line: fitRidge(rows, PENALTY),
    trees: fitTrees(rows, TREES),
  });
  const foldOf = (index: number): number => (index * 7_919) % FOLDS;
  return {
    all: () => fitted([...posts, ...others]),
    heldOut() {
      const held: number[] = [];
      for (let fold = 0; fold < FOLDS; fold++) {
        const seen = posts.filter((_, index) => foldOf(index) !== fold);
        const model = englishModel(fitted([...seen, ...others]), featuresOf);
        for (const [index, { text }] of tweets.entries())
          if (foldOf(index) === fold) held[index] = model.rate(text);
      }
      return held;
    },
  };
}
