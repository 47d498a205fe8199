import { createRequire } from 'node:module';

// The peers bring no types; they are loaded by subpath, as the whole of natural prints and reads the environment.
const load = createRequire(import.meta.url);

interface Vader {
  readonly SentimentIntensityAnalyzer: { polarity_scores(text: string): { compound: number } };
}

interface NaturalAnalyzer {
  getSentiment(words: readonly string[]): number;
}

/** vader-sentiment’s compound score. */
export function vaderScore(): (text: string) => number {
  const { SentimentIntensityAnalyzer } = load('vader-sentiment') as Vader;
  return (text) => SentimentIntensityAnalyzer.polarity_scores(text).compound;
}

/** natural’s English analyser over AFINN, words stemmed. */
export function naturalScore(): (text: string) => number {
  const Analyzer = load('natural/lib/natural/sentiment/SentimentAnalyzer.js') as new (
    language: string,
    stemmer: unknown,
    vocabulary: string,
  ) => NaturalAnalyzer;
  const analyzer = new Analyzer('English', load('natural/lib/natural/stemmers/porter_stemmer.js'), 'afinn');
  return (text) => analyzer.getSentiment(text.toLowerCase().split(/[^a-z']+/));
}
