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
/** A post that starts with one of these asks, with or without its mark. */
const ASKING: ReadonlySet<string> = new Set(
  'when where who which is are do does did can could will would should any anyone anybody has cuando donde como wann wo wie quand comment'.split(
    ' ',
  ),
);
/** With a mark these start a question too; without one as often as not a lament. */
const MAYBE_ASKING: ReadonlySet<string> = new Set('how why what am hi hey was were have'.split(' '));
const COLLECTIVE: ReadonlySet<string> = new Set(
  "we we're we've we'll our ours us wir unser uns nous notre nos nosotros nuestro".split(' '),
);
const COMMANDS: ReadonlySet<string> = new Set(
  'join come get grab check checkout win use visit book shop follow rt retweet buy order call dm click register sign meet catch enter save discover try see watch listen read subscribe contact apply earn add bring make let give put fix open allow please reminder'.split(
    ' ',
  ),
);
const ANSWERED: ReadonlySet<string> = new Set('yes no nope yep yeah nah'.split(' '));

/** Reads the signs off a post’s tokens and cues. */
export function intentSigns(
  tokens: readonly Token[],
  hits: readonly CueHit<{ readonly kind: string; readonly tells?: IntentTell }>[],
  understood: { readonly issues: number; readonly score: number },
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
  let personal = false;
  let direct = false;
  let collective = false;
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
      personal ||= PERSONAL.has(token.key);
      direct ||= DIRECT.has(token.key);
      collective ||= COLLECTIVE.has(token.key);
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
  const begins = firstWord?.key ?? '';
  const marked = lastStop?.raw.includes('?') ?? false;
  const answered = marked && afterStop !== undefined && ANSWERED.has(afterStop.key);
  const opens = firstStop?.raw.includes('?') ?? false;
  return {
    ...understood,
    tells: tellsOf(hits),
    asks:
      !answered &&
      (marked ||
        (opens && (ASKING.has(begins) || MAYBE_ASKING.has(begins))) ||
        (lastStop === undefined && ASKING.has(begins) && counts.word <= UNMARKED_QUESTION_WORDS_MAX)),
    negations: hits.reduce((sum, { meaning }) => sum + (meaning.kind === 'negator' ? 1 : 0), 0),
    insists,
    exclaims,
    links: counts.url,
    truncated: isTruncated(tokens),
    emoji: counts.emoji,
    personal,
    direct,
    collective: collective && !personal,
    addressed: first?.kind === 'handle',
    formal: /^\p{Lu}/u.test(firstWord?.raw ?? ''),
    commands: COMMANDS.has(begins),
    names: namesIn(tokens),
    amounts: counts.number,
  };
}

const UNMARKED_QUESTION_WORDS_MAX = 24;

function isTruncated(tokens: readonly Token[]): boolean {
  const last = tokens.findLastIndex((token) => token.kind === 'url');
  return last > 0 && /^(?:\.\.\.+|…)$/.test(tokens[last - 1]!.raw);
}

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
