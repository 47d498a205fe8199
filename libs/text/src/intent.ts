import type { Intent } from '@foreshock/model/match';
import type { Cue } from './cues.ts';
import { INTENT_PHRASES } from './intent-phrases.ts';

/** What a phrase tells about why somebody posts. */
export type IntentCue = { readonly kind: 'intent'; readonly tells: IntentTell };
export type IntentTell = keyof typeof INTENT_PHRASES;

export function intentCues(): Cue<IntentCue>[] {
  const cues: Cue<IntentCue>[] = [];
  for (const [tells, phrases] of Object.entries(INTENT_PHRASES)) {
    const meaning: IntentCue = { kind: 'intent', tells: tells as IntentTell };
    for (const phrase of phrases) cues.push({ phrase, meaning });
  }
  return cues;
}

/** Everything the decision looks at. */
export interface IntentSigns {
  readonly tells: ReadonlySet<IntentTell>;
  /** Cues by kind, counted. */
  readonly promo: number;
  readonly issues: number;
  readonly score: number;
  /** Asks something: a question mark, or starts with a question word. */
  readonly asks: boolean;
  readonly links: number;
  readonly hashtags: number;
  /** Speaks of the author: I, my, we. */
  readonly personal: boolean;
  /** Speaks to somebody: starts with a handle. */
  readonly addressed: boolean;
}

/** Why somebody posts. Discontent about a product is a complaint even where it asks; adverts are adverts. */
export function intentOf(signs: IntentSigns): Intent {
  const { tells, issues, score } = signs;
  if (signs.promo >= 2 || (signs.promo === 1 && !signs.personal && (signs.links > 0 || issues === 0)))
    return 'promo_spam';
  if (tells.has('news') && !signs.personal) return 'news';
  if (tells.has('praise') && score > 0 && !tells.has('complaint')) return 'praise';
  if (tells.has('complaint')) return 'complaint';
  if (issues > 0) {
    if (signs.asks && score > -0.3 && !signs.personal) return 'question';
    if (tells.has('request') && score > -0.3) return 'request';
    if (!signs.personal && signs.links > 0 && !signs.addressed) return 'news';
    return 'complaint';
  }
  if (tells.has('request')) return 'request';
  if (signs.asks && (signs.addressed || tells.has('shopping'))) return 'question';
  return 'other';
}
