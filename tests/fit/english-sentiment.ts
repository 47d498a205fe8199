/**
 * `make fit-sentiment`: fits the weights of English sentiment anew and writes them where the program reads them.
 * Only MIT-licensed posts go in: the tweets and the product reviews with the ratings of twenty people that come with
 * VADER (Hutto and Gilbert, 2014). The same data gives the same file. Prints figures cross-validated on the tweets.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ENGLISH_FEATURES } from '@foreshock/text/english-features';
import {
  createEnglishFeatures,
  type EnglishWeights,
  type EnglishWeightsFile,
  englishModel,
} from '@foreshock/text/english-model';
import { fitTrees, type Row } from '@foreshock/text/model/boosted-trees';
import { fitRidge } from '@foreshock/text/model/ridge';
import { absentText } from '../eval/table.ts';
import { ratedPosts } from '../eval/text-data.ts';
import { correlation } from '../eval/text-figures.ts';

const FOLDS = 10;
/** Reviews of products are further from posts than posts are. */
const REVIEW_WEIGHT = 0.3;
const PENALTY = 10;
const TREES = { trees: 180, rate: 0.08, shrinkage: 10, rows: 0.7, features: 0.3, bins: 24, seed: 1 };

const tweets = ratedPosts('sentiment/vader_tweets_dev.jsonl');
const reviews = ratedPosts('sentiment/amazon_snippets_dev.jsonl');
if (!tweets || !reviews) console.log(absentText('the VADER ratings'));
else {
  const featuresOf = createEnglishFeatures();
  const rowOf =
    (weight: number) =>
    ({ text, rating }: { text: string; rating: number }): Row => ({
      features: featuresOf(text).slice(),
      target: rating,
      weight,
    });
  const posts = tweets.map(rowOf(1));
  const others = reviews.map(rowOf(REVIEW_WEIGHT));
  const fitted = (rows: readonly Row[]): EnglishWeights => ({
    line: fitRidge(rows, PENALTY),
    trees: fitTrees(rows, TREES),
  });
  const foldOf = (index: number): number => (index * 7_919) % FOLDS;
  const held: number[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = englishModel(
      fitted([...posts.filter((_, index) => foldOf(index) !== fold), ...others]),
      featuresOf,
    );
    for (const [index, { text }] of tweets.entries())
      if (foldOf(index) === fold) held[index] = model.rate(text);
  }
  const r = correlation(
    held,
    tweets.map(({ rating }) => rating),
  );
  console.log(
    `${tweets.length} tweets and ${reviews.length} reviews; ${FOLDS}-fold r on the tweets ${r.toFixed(4)}`,
  );
  const { line, trees } = fitted([...posts, ...others]);
  const file: EnglishWeightsFile = {
    format: 'foreshock-english-sentiment',
    version: 1,
    features: ENGLISH_FEATURES,
    line: { base: Math.round(line.base * 100_000) / 100_000, weights: [...line.weights] },
    trees: {
      base: trees.base,
      feature: [...trees.feature],
      threshold: [...trees.threshold],
      leaf: [...trees.leaf],
    },
  };
  const path = fileURLToPath(
    import.meta.resolve('@foreshock/text/english-weights').replace(/\.ts$/, '.json'),
  );
  const text = `${JSON.stringify(file)}\n`;
  writeFileSync(path, text);
  console.log(`${path}: ${text.length} bytes`);
}
