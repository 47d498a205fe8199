import type { Understanding } from '@foreshock/model/match';
import { ENGLISH_FEATURES } from '../english-features.ts';
import { createEnglishFeatures } from '../english-model.ts';

/** What Foreshock makes of a post without having been taught. */
export type Untaught = Pick<Understanding, 'sentiment' | 'language' | 'issues' | 'intent'>;

const INTENTS: readonly Untaught['intent'][] = [
  'complaint',
  'question',
  'praise',
  'request',
  'news',
  'promo_spam',
  'other',
];

/** Figures of a post that a head learns from: what is already understood of it. The array is used again. */
export interface PostFigures {
  readonly length: number;
  read(content: string, untaught: Untaught): Float64Array;
}

export function createPostFigures(packs: readonly string[]): PostFigures {
  const englishOf = createEnglishFeatures();
  const places = new Map(packs.map((id, index) => [id, index]));
  const length = ENGLISH_FEATURES + 2 + packs.length + INTENTS.length;
  const figures = new Float64Array(length);
  return {
    length,
    read(content, { sentiment, language, issues, intent }) {
      figures.fill(0);
      if (language === 'en') figures.set(englishOf(content));
      figures[ENGLISH_FEATURES] = sentiment.score;
      figures[ENGLISH_FEATURES + 1] = Math.abs(sentiment.score);
      const issuesFrom = ENGLISH_FEATURES + 2;
      for (const issue of issues) {
        const place = places.get(issue);
        if (place !== undefined) figures[issuesFrom + place] = 1;
      }
      figures[issuesFrom + packs.length + INTENTS.indexOf(intent)] = 1;
      return figures;
    },
  };
}
