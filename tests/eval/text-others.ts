import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Another package’s score of an English post; above 0 is good. */
export interface OtherAnalyser {
  readonly name: string;
  /** A score nearer to 0 than this is neutral, as its makers say. */
  readonly neutralBelow: number;
  score(text: string): number;
}

interface Vader {
  readonly SentimentIntensityAnalyzer: { polarity_scores(text: string): { compound: number } };
}
type Analyzer = new (
  language: string,
  stemmer: undefined,
  vocabulary: string,
) => {
  getSentiment(words: string[]): number;
};
type Tokenizer = new () => { tokenize(text: string): string[] };

/** What people would otherwise install, as it comes. */
export function otherAnalysers(): OtherAnalyser[] {
  const vader = require('vader-sentiment') as Vader;
  const Sentiment = require('natural/lib/natural/sentiment/SentimentAnalyzer.js') as Analyzer;
  const { WordTokenizer } = require('natural/lib/natural/tokenizers/regexp_tokenizer.js') as {
    WordTokenizer: Tokenizer;
  };
  const afinn = new Sentiment('English', undefined, 'afinn');
  const words = new WordTokenizer();
  return [
    {
      name: 'vader-sentiment 1.1.3',
      neutralBelow: 0.05,
      score: (text) => vader.SentimentIntensityAnalyzer.polarity_scores(text).compound,
    },
    {
      name: 'natural 8.1.1, AFINN',
      neutralBelow: 0,
      score: (text) => {
        const tokens = words.tokenize(text);
        return tokens.length === 0 ? 0 : afinn.getSentiment(tokens);
      },
    },
  ];
}

export const labelOf = (score: number, neutralBelow: number): string =>
  score > 0 && score >= neutralBelow
    ? 'positive'
    : score < 0 && score <= -neutralBelow
      ? 'negative'
      : 'neutral';
