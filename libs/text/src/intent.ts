import type { Intent } from '@foreshock/model/match';
import type { Cue, CueHit } from './cues.ts';
import { INTENT_PHRASES } from './intent-phrases.ts';
import type { Token } from './tokens.ts';

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
  /** How many places of the post tell each thing; places that touch count once. */
  readonly tells: ReadonlyMap<IntentTell, number>;
  readonly issues: number;
  /** Sentiment, −1…1. */
  readonly score: number;
  /** The post ends with a question, or starts with a question word. */
  readonly asks: boolean;
  readonly exclaims: boolean;
  /** Two question marks or more: not asked out of curiosity. */
  readonly insists: boolean;
  readonly links: number;
  readonly emoji: number;
  /** Speaks of its author: I, my. */
  readonly personal: boolean;
  /** Speaks to its reader: you, your. */
  readonly direct: boolean;
  /** Starts with a handle: said to somebody. */
  readonly addressed: boolean;
  /** Capitalised words within sentences: the names that headlines are made of. */
  readonly names: number;
  readonly amounts: number;
}

/** Why somebody posts. A complaint beats a question, an advert everything: it reports no trouble of its author. */
export function intentOf(signs: IntentSigns): Intent {
  const told = (tells: IntentTell): number => signs.tells.get(tells) ?? 0;
  if (promotes(signs, told('promo'))) return 'promo_spam';
  if (praises(signs, told('praise'), told('complaint'))) return 'praise';
  if (signs.issues > 0) return troubleIntent(signs, told);
  if (told('complaint') > 0 && signs.score < 0 && (told('shopping') > 0 || signs.addressed))
    return 'complaint';
  if (told('request') > 0 && (signs.addressed || told('shopping') > 0 || signs.direct)) return 'request';
  if (signs.score < -0.35 && told('shopping') > 0 && (signs.personal || signs.addressed)) return 'complaint';
  if (signs.asks && (signs.addressed || told('shopping') > 0) && told('news') === 0) return 'question';
  if (reportsNews(signs, told('news'))) return 'news';
  return 'other';
}

function promotes(signs: IntentSigns, promo: number): boolean {
  if (promo === 0) return false;
  let points =
    promo + (signs.links > 0 ? 0.6 : 0) + (signs.amounts > 0 ? 0.3 : 0) + (signs.exclaims ? 0.3 : 0);
  if (signs.personal) points -= 1;
  if (signs.addressed) points -= 0.5;
  if (signs.asks) points -= 0.7;
  if (signs.score < -0.3) points -= 0.7;
  return points >= 1.6;
}

/** Thanks that come with trouble are thanks only where the mood is really good; two praises need no good words. */
function praises(signs: IntentSigns, praise: number, complaint: number): boolean {
  if (praise === 0 || complaint > 0 || signs.asks) return false;
  if (signs.issues > 0) return signs.score > 0.6;
  return signs.score > 0.25 || (praise > 1 && signs.score > -0.45);
}

function troubleIntent(signs: IntentSigns, told: (tells: IntentTell) => number): Intent {
  if (told('complaint') > 0) return 'complaint';
  if (told('request') > 0 && signs.score > -0.4) return 'request';
  if (signs.asks && !signs.insists && signs.score > -0.3 && !signs.exclaims) return 'question';
  const impersonal = !signs.personal && !signs.addressed && !(signs.direct && told('news') === 0);
  if (impersonal && signs.emoji === 0 && (signs.links > 0 || told('news') > 0)) return 'news';
  return 'complaint';
}

/** The shape of a headline: nobody speaks, somebody is named, and something is told or linked. */
function reportsNews(signs: IntentSigns, news: number): boolean {
  if (signs.personal || signs.addressed || signs.direct || signs.asks || signs.emoji > 0) return false;
  const points =
    Math.min(news, 2) +
    Math.min(signs.names, 4) * 0.25 +
    (signs.links > 0 ? 0.5 : 0) +
    (signs.amounts > 0 ? 0.25 : 0);
  return points - (signs.exclaims ? 0.75 : 0) >= 1.5;
}

const PERSONAL: ReadonlySet<string> = new Set(
  "i i'm im i've ive i'll i'd my me mine myself ich mein meine meinen meinem mir mich mi mis me yo conmigo je j'ai mon ma mes moi eu meu minha meus minhas io mio mia ik mijn mij".split(
    ' ',
  ),
);
const DIRECT: ReadonlySet<string> = new Set(
  "you your yours you're u ur ya'll yall y'all du dein ihr euch tu vous votre vos usted ustedes voces vosotros".split(
    ' ',
  ),
);
const ASKING: ReadonlySet<string> = new Set(
  'how when where why what who which is are do does did can could will would should any anyone has cuando donde como wann wo wie quand comment'.split(
    ' ',
  ),
);

/** Reads the signs off a post’s tokens and cues. */
export function intentSigns(
  tokens: readonly Token[],
  hits: readonly CueHit<{ readonly kind: string; readonly tells?: IntentTell }>[],
  understood: { readonly issues: number; readonly score: number },
): IntentSigns {
  const words = tokens.filter((token) => token.kind === 'word');
  const count = (kind: Token['kind']): number =>
    tokens.reduce((sum, token) => sum + (token.kind === kind ? 1 : 0), 0);
  const marks = tokens.filter((token) => token.kind === 'mark' && /[!?]/.test(token.raw));
  return {
    ...understood,
    tells: tellsOf(hits),
    asks:
      (marks.at(-1)?.raw.includes('?') ?? false) ||
      (marks.length > 0 && asksFirst(words) && marks[0]!.raw.includes('?')),
    insists: marks.some((mark) => /\?[!?]/.test(mark.raw)),
    exclaims: marks.some((mark) => mark.raw.includes('!')),
    links: count('url'),
    emoji: count('emoji'),
    personal: words.some((word) => PERSONAL.has(word.key)),
    direct: words.some((word) => DIRECT.has(word.key)),
    addressed: tokens.find((token) => token.kind !== 'mark')?.kind === 'handle',
    names: namesIn(tokens),
    amounts: tokens.reduce((sum, token) => sum + (token.kind === 'number' ? 1 : 0), 0),
  };
}

const asksFirst = (words: readonly Token[]): boolean => words[0] !== undefined && ASKING.has(words[0].key);

function tellsOf(
  hits: readonly CueHit<{ readonly kind: string; readonly tells?: IntentTell }>[],
): ReadonlyMap<IntentTell, number> {
  const tells = new Map<IntentTell, number>();
  const ends = new Map<IntentTell, number>();
  for (const { meaning, start, end } of hits) {
    if (meaning.tells === undefined) continue;
    if (start >= (ends.get(meaning.tells) ?? 0))
      tells.set(meaning.tells, (tells.get(meaning.tells) ?? 0) + 1);
    ends.set(meaning.tells, Math.max(end, ends.get(meaning.tells) ?? 0));
  }
  return tells;
}

function namesIn(tokens: readonly Token[]): number {
  let names = 0;
  let first = true;
  for (const token of tokens) {
    if (token.kind === 'mark') first = /[.!?\n]/.test(token.raw);
    else {
      if (token.kind === 'word' && !first && /^\p{Lu}\p{Ll}/u.test(token.raw)) names++;
      first = false;
    }
  }
  return names;
}
