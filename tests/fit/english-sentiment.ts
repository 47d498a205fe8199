/**
 * `make fit-sentiment`: fits the weights of English sentiment anew and writes them where the program reads them.
 * Only MIT-licensed posts go in: the tweets and the product reviews with the ratings of twenty people that come with
 * VADER (Hutto and Gilbert, 2014). The same data gives the same file. Prints figures cross-validated on the tweets.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ENGLISH_FEATURES } from '@foreshock/text/english-features';
import type { EnglishWeightsFile } from '@foreshock/text/english-model';
import { absentText } from '../eval/table.ts';
import { ratedPosts } from '../eval/text-data.ts';
import { correlation } from '../eval/text-figures.ts';
import { englishFit, FOLDS } from './english-folds.ts';

const tweets = ratedPosts('sentiment/vader_tweets_dev.jsonl');
const reviews = ratedPosts('sentiment/amazon_snippets_dev.jsonl');
if (!tweets || !reviews) console.log(absentText('the VADER ratings'));
else {
  const fit = englishFit(tweets, reviews);
  const ratings = tweets.map(({ rating }) => rating);
  const r = correlation(fit.heldOut(), ratings);
  console.log(
    `${tweets.length} tweets and ${reviews.length} reviews; ${FOLDS}-fold r on the tweets ${r.toFixed(4)}`,
  );
  const { line, trees } = fit.all();
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
