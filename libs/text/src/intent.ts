import type { Intent } from '@foreshock/model/match';
import type { Cue, CueHits } from './cues.ts';
import { INTENT_PHRASES } from './intent-phrases.ts';
import type { Token } from './tokens.ts';

export type IntentTell = keyof typeof INTENT_PHRASES;
const TELLS = Object.keys(INTENT_PHRASES) as readonly IntentTell[];

/** Cues of what phrases tell about why somebody posts, numbered from `first`. */
export const intentCues = (first: number): Cue[] =>
  TELLS.flatMap((tells, index) => INTENT_PHRASES[tells].map((phrase) => ({ phrase, cue: first + index })));

/** How many places of a post tell each thing; places that touch count once. */
export function tellsIn(hits: CueHits, first: number): ReadonlyMap<IntentTell, number> {
  const counts = new Int32Array(TELLS.length);
  const ends = new Int32Array(TELLS.length);
  for (let hit = 0; hit < hits.count; hit++) {
    const which = hits.cue[hit]! - first;
    if (which < 0) continue;
    if (ends[which] === 0 || hits.startOf(hit) >= ends[which]!) counts[which]!++;
    ends[which] = hits.end[hit]!;
  }
  const tells = new Map<IntentTell, number>();
  for (let which = 0; which < TELLS.length; which++)
    if (counts[which]! > 0) tells.set(TELLS[which]!, counts[which]!);
  return tells;
}

/** Everything the decision looks at. */
export interface IntentSigns {
  /** How many places of the post tell each thing; places that touch count once. */
  readonly tells: ReadonlyMap<IntentTell, number>;
  readonly issues: number;
  /** Sentiment, −1…1. */
  readonly score: number;
  /** The post ends with a question, or starts with one. */
  readonly asks: boolean;
  readonly exclaims: boolean;
  /** Words that deny: not, never, can’t. */
  readonly negations: number;
  /** Two question marks or more: not asked out of curiosity. */
  readonly insists: boolean;
  readonly links: number;
  /** Ends as feeds cut off what they pass on: “… http://…”. */
  readonly truncated: boolean;
  readonly emoji: number;
  /** Speaks of its author: I, my. */
  readonly personal: boolean;
  /** Speaks to its reader: you, your. */
  readonly direct: boolean;
  /** Speaks as a firm or a club: we, our, us, and no I. */
  readonly collective: boolean;
  /** Starts with a handle: said to somebody. */
  readonly addressed: boolean;
  /** Starts with a capital, as written sentences do. */
  readonly formal: boolean;
  /** Starts by telling the reader to do something. */
  readonly commands: boolean;
  /** Capitalised words within sentences: the names that headlines are made of. */
  readonly names: number;
  readonly amounts: number;
}

/** Why somebody posts. A complaint beats a question, an advert everything: it reports no trouble of its author. */
export function intentOf(signs: IntentSigns): Intent {
  const told = (tells: IntentTell): number => signs.tells.get(tells) ?? 0;
  const news = newsPoints(signs, told);
  if (promoPoints(signs, told) - when(signs.truncated && told('news') > 0, 0.8) >= 1.6) return 'promo_spam';
  if (praises(signs, told)) return 'praise';
  if (signs.issues > 0) return troubleIntent(signs, told, news);
  if (told('complaint') > 0 && signs.score < 0 && (told('shopping') > 0 || signs.addressed))
    return 'complaint';
  if (requests(signs, told)) return 'request';
  if (signs.score < -0.35 && signs.addressed && told('shopping') > 0) return 'complaint';
  if (signs.asks && news < 0.7 && (signs.addressed || told('shopping') > 0 || told('asking') > 0))
    return 'question';
  return news >= 1.3 ? 'news' : 'other';
}

type Told = (tells: IntentTell) => number;
const when = (sign: boolean, points: number): number => (sign ? points : 0);

function promoPoints(signs: IntentSigns, told: Told): number {
  const promo = told('promo');
  if (promo === 0) return 0;
  return (
    promo +
    when(signs.links > 0, 0.6) +
    when(signs.amounts > 0, 0.3) +
    when(signs.exclaims, 0.3) +
    when(signs.collective, 0.4) +
    when(signs.commands, 0.5) +
    when(signs.emoji > 0 && signs.score >= 0, 0.2) -
    when(signs.personal, 1) -
    when(signs.addressed, 0.5) -
    when(signs.asks && !signs.collective, 0.7) -
    when(signs.score < -0.3, 0.5) -
    when(told('complaint') > 0, 1)
  );
}

/**
 * The shape of a headline: nobody speaks of themselves, somebody is named, something is told, counted or linked. Names
 * and links alone are none: a verb of reporting, or a text that a feed cut off, has to be there.
 */
function newsPoints(signs: IntentSigns, told: Told): number {
  const reported = told('news') + told('notice') + when(signs.truncated, 1);
  if (reported === 0 || signs.personal) return 0;
  return (
    Math.min(reported, 3) * 0.6 +
    Math.min(signs.names, 5) * 0.2 +
    Math.min(signs.amounts, 3) * 0.15 +
    when(signs.links > 0, 0.4) +
    when(signs.formal, 0.3) -
    when(signs.direct, 0.5) -
    when(signs.exclaims, 0.6) -
    when(signs.asks, 0.6) -
    when(signs.emoji > 0, 0.7) -
    when(signs.addressed, 0.6) -
    when(signs.commands, 0.3) -
    Math.min(told('casual'), 2) * 0.6
  );
}

/** Thanks that come with trouble are thanks only where nothing is denied and the mood is really good. */
function praises(signs: IntentSigns, told: Told): boolean {
  const praise = told('praise') + told('verdict');
  if (praise === 0 || told('complaint') > 0 || signs.asks) return false;
  if (signs.issues > 0) return signs.score > 0.6 && signs.negations === 0;
  return signs.score > 0.25 || ((praise > 1 || told('verdict') > 0) && signs.score > -0.45);
}

/** Somebody is asked to do something, or a firm is told what to do. */
function requests(signs: IntentSigns, told: Told): boolean {
  if (told('request') === 0 && told('wish') === 0) return false;
  if (told('wish') > 0) return true;
  return signs.addressed || told('shopping') > 0 || signs.direct || signs.commands;
}

function troubleIntent(signs: IntentSigns, told: Told, news: number): Intent {
  const impersonal = !signs.personal && !signs.addressed && signs.emoji === 0;
  if (!signs.personal && !signs.addressed && told('notice') > 0 && told('complaint') === 0) return 'news';
  if (impersonal && signs.formal && told('complaint') === 0 && news >= 0.9) return 'news';
  if (told('complaint') > 0) return 'complaint';
  if ((told('request') > 0 || told('wish') > 0) && signs.score > -0.6) return 'request';
  if (signs.asks && signs.score > -0.6 && !signs.exclaims && (!signs.insists || told('asking') > 0))
    return 'question';
  if (impersonal && !signs.direct && signs.links > 0) return 'news';
  return 'complaint';
}

const PERSONAL = 1;
const DIRECT = 2;
const COLLECTIVE = 4;
/** A post that starts with one of these asks, with or without its mark. */
const ASKING = 8;
/** With a mark these start a question too; without one as often as not a lament. */
const MAYBE_ASKING = 16;
const COMMAND = 32;
const ANSWER = 64;

/** What a word says about who speaks to whom, as bits: one look-up a word. */
const SPEECH: ReadonlyMap<string, number> = speechBits([
  [
    PERSONAL,
    "i i'm im i've ive i'll i'd my me mine myself ich mein meine meinen meinem mir mich mi mis yo conmigo je j'ai mon ma mes moi eu meu minha meus minhas io mio mia ik mijn mij",
  ],
  [
    DIRECT,
    "you your yours you're u ur ya'll yall y'all du dein ihr euch tu vous votre vos usted ustedes voces vosotros",
  ],
  [COLLECTIVE, "we we're we've we'll our ours us wir unser uns nous notre nos nosotros nuestro"],
  [
    ASKING,
    'when where who which is are do does did can could will would should any anyone anybody has cuando donde como wann wo wie quand comment',
  ],
  [MAYBE_ASKING, 'how why what am hi hey was were have'],
  [
    COMMAND,
    'join come get grab check checkout win use visit book shop follow rt retweet buy order call dm click register sign meet catch enter save discover try see watch listen read subscribe contact apply earn add bring make let give put fix open allow please reminder',
  ],
  [ANSWER, 'yes no nope yep yeah nah'],
]);

function speechBits(lists: readonly (readonly [number, string])[]): ReadonlyMap<string, number> {
  const bits = new Map<string, number>();
  for (const [bit, words] of lists)
    for (const word of words.split(' ')) bits.set(word, (bits.get(word) ?? 0) | bit);
  return bits;
}

/** Reads the signs off a post’s tokens and cues. */
export function intentSigns(
  tokens: readonly Token[],
  understood: Pick<IntentSigns, 'issues' | 'score' | 'tells' | 'negations'>,
): IntentSigns {
  const counts: Record<Token['kind'], number> = {
    word: 0,
    hashtag: 0,
    handle: 0,
    url: 0,
    emoji: 0,
    number: 0,
    mark: 0,
  };
  let spoken = 0;
  let exclaims = false;
  let insists = false;
  let lastStop: Token | undefined;
  let firstStop: Token | undefined;
  let firstWord: Token | undefined;
  let first: Token | undefined;
  let afterStop: Token | undefined;
  for (const token of tokens) {
    counts[token.kind]++;
    if (token.kind === 'word') {
      spoken |= SPEECH.get(token.key) ?? 0;
      firstWord ??= token;
      if (lastStop) afterStop ??= token;
    } else if (token.kind === 'mark' && /[!?]/.test(token.raw)) {
      exclaims ||= token.raw.includes('!');
      insists ||= /\?[!?]/.test(token.raw);
      firstStop ??= token;
      lastStop = token;
    }
    if (token.kind !== 'mark') first ??= token;
  }
  const begins = SPEECH.get(firstWord?.key ?? '') ?? 0;
  const personal = (spoken & PERSONAL) !== 0;
  const marked = lastStop?.raw.includes('?') ?? false;
  const answered = marked && afterStop !== undefined && ((SPEECH.get(afterStop.key) ?? 0) & ANSWER) !== 0;
  const opens = firstStop?.raw.includes('?') ?? false;
  return {
    ...understood,
    asks:
      !answered &&
      (marked ||
        (opens && (begins & (ASKING | MAYBE_ASKING)) !== 0) ||
        (lastStop === undefined && (begins & ASKING) !== 0 && counts.word <= UNMARKED_QUESTION_WORDS_MAX)),
    insists,
    exclaims,
    links: counts.url,
    truncated: isTruncated(tokens),
    emoji: counts.emoji,
    personal,
    direct: (spoken & DIRECT) !== 0,
    collective: (spoken & COLLECTIVE) !== 0 && !personal,
    addressed: first?.kind === 'handle',
    formal: /^\p{Lu}/u.test(firstWord?.raw ?? ''),
    commands: (begins & COMMAND) !== 0,
    names: namesIn(tokens),
    amounts: counts.number,
  };
}

const UNMARKED_QUESTION_WORDS_MAX = 24;

function isTruncated(tokens: readonly Token[]): boolean {
  const last = tokens.findLastIndex((token) => token.kind === 'url');
  return last > 0 && /^(?:\.\.\.+|…)$/.test(tokens[last - 1]!.raw);
}

/** Begins with a capital and goes on in small letters. Most words begin with a small letter of ASCII. */
function isName(word: string): boolean {
  const unit = word.charCodeAt(0);
  return !(unit >= 0x61 && unit <= 0x7a) && /^\p{Lu}\p{Ll}/u.test(word);
}

function namesIn(tokens: readonly Token[]): number {
  let names = 0;
  let first = true;
  for (const token of tokens) {
    if (token.kind === 'mark') first = /[.!?\n]/.test(token.raw);
    else {
      if (token.kind === 'word' && !first && isName(token.raw)) names++;
      first = false;
    }
  }
  return names;
}
