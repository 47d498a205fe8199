import type { Sentiment } from '@foreshock/model/match';
import { shippedEnglishModel } from './english-model.ts';
import { foreignLexicon, LEXICON_LANGUAGES } from './foreign-lexicons.ts';
import { ruleScore } from './foreign-sentiment.ts';
import { createReading, readPost } from './post-reader.ts';

/** Languages whose posts get a score; of every other one it is `unknown`. */
export const SENTIMENT_LANGUAGES: readonly string[] = ['en', ...LEXICON_LANGUAGES];

/** A score nearer to 0 than this is neutral. Scores have three digits. */
export const NEUTRAL_BELOW = 0.163;
/** People rate from −4 to 4. */
const RATING_MAX = 4;

const reading = createReading();

/**
 * The mood of a post from −1 (worst) to 1 (best), and its label, which is that score and nothing else. English is
 * rated by the fitted model, other languages by lexicon and rules; a language with neither is `unknown`, never
 * neutral. One pass over the text, whatever its length or content.
 */
export function sentimentOf(text: string, language: string): Sentiment {
  if (language === 'en') return labelled(shippedEnglishModel().rate(text) / RATING_MAX);
  const lexicon = foreignLexicon(language);
  if (!lexicon) return { score: 0, label: 'unknown' };
  readPost(text, lexicon, reading);
  return labelled(ruleScore(reading, lexicon));
}

export function labelled(score: number): Sentiment {
  const bounded = Math.max(-1, Math.min(1, Math.round(score * 1_000) / 1_000)) + 0;
  return {
    score: bounded,
    label: bounded >= NEUTRAL_BELOW ? 'positive' : bounded <= -NEUTRAL_BELOW ? 'negative' : 'neutral',
  };
}
