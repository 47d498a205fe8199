import type { Sentiment } from '@foreshock/model/match';
import { type Lexicon, lexiconOf } from './lexicons.ts';
import { negatorsOf } from './negation.ts';
import type { Token } from './tokens.ts';

/** Score within ±this is neutral. */
export const NEUTRAL_BELOW = 0.05;

const INTENSIFIERS: ReadonlyMap<string, number> = new Map([
  ...[
    'very',
    'so',
    'really',
    'extremely',
    'absolutely',
    'totally',
    'completely',
    'utterly',
    'super',
    'too',
  ].map(strong),
  ...[
    'fucking',
    'bloody',
    'damn',
    'incredibly',
    'insanely',
    'truly',
    'such',
    'hella',
    'freaking',
    'more',
  ].map(strong),
  ...['muy', 'tan', 'mas', 'sehr', 'total', 'so', 'tres', 'trop', 'muito', 'molto', 'heel', 'erg'].map(
    strong,
  ),
  ...['slightly', 'somewhat', 'kinda', 'barely', 'hardly', 'almost', 'bit', 'little', 'partly'].map(weak),
  ...['poco', 'etwas', 'peu', 'pouco', 'beetje'].map(weak),
]);
function strong(word: string): [string, number] {
  return [word, 0.29];
}
function weak(word: string): [string, number] {
  return [word, -0.29];
}

/** Words that turn from one side to the other, by language: Spanish “más” is no Portuguese “mas”. */
const CONTRAST: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['en', new Set(['but', 'however'])],
  ['es', new Set(['pero'])],
  ['pt', new Set(['mas', 'porem'])],
  ['it', new Set(['ma', 'pero'])],
  ['fr', new Set(['mais'])],
  ['de', new Set(['aber', 'doch'])],
  ['nl', new Set(['maar'])],
]);
const BEFORE_CONTRAST = 0.5;
const AFTER_CONTRAST = 1.5;
const CAPS_BONUS = 0.73;
const NEGATED = -0.74;
/** Brings a sum of word values to −1…1: four strong words are nearly all there is to say. */
const SOFTENING = 15;

/**
 * One pass over the words with the habits of short posts: a negation turns the next three words round, capitals,
 * lengthened words, intensifiers and exclamation marks strengthen, and what follows “but” weighs more than what
 * stands before it. Languages without a lexicon are `unknown`, never neutral.
 */
export function sentimentOf(tokens: readonly Token[], language: string): Sentiment {
  const lexicon = lexiconOf(language);
  if (!lexicon) return { score: 0, label: 'unknown' };
  const values = valuesOf(tokens, lexicon, language);
  let sum = 0;
  for (const value of values) sum += value;
  if (sum !== 0) sum += Math.sign(sum) * emphasis(tokens);
  const score = Math.round((sum / Math.sqrt(sum * sum + SOFTENING)) * 1_000) / 1_000;
  return {
    score,
    label: score >= NEUTRAL_BELOW ? 'positive' : score <= -NEUTRAL_BELOW ? 'negative' : 'neutral',
  };
}

function valuesOf(tokens: readonly Token[], lexicon: Lexicon, language: string): number[] {
  const negators = negatorsOf(language);
  const contrast = CONTRAST.get(language);
  const shouting = mixedCase(tokens);
  const values: number[] = [];
  let negation = 0;
  let boost = 0;
  let weight = 1;
  for (const token of tokens) {
    if (token.kind === 'mark') {
      if (/[.!?;\n]/.test(token.raw)) negation = 0;
      boost = 0;
      continue;
    }
    if (token.kind === 'word' && contrast?.has(token.key)) {
      for (let i = 0; i < values.length; i++) values[i] = values[i]! * BEFORE_CONTRAST;
      weight = AFTER_CONTRAST;
      negation = 0;
      continue;
    }
    if (token.kind === 'word' && negators.has(token.key)) {
      negation = 3;
      continue;
    }
    let value = token.kind === 'url' || token.kind === 'handle' ? 0 : wordValue(token, lexicon);
    if (value !== 0) {
      if (shouting && token.kind === 'word' && isCapitals(token.raw)) value += Math.sign(value) * CAPS_BONUS;
      value += Math.sign(value) * boost;
      if (negation > 0 && token.kind === 'word') value *= NEGATED;
    }
    if (value !== 0) values.push(value * weight);
    boost = token.kind === 'word' ? (INTENSIFIERS.get(token.key) ?? 0) * 3 : 0;
    if (negation > 0) negation--;
  }
  return values;
}

/** A lengthened word (“sooooo”, “looove”) counts as itself, a little stronger. */
function wordValue(token: Token, lexicon: Lexicon): number {
  const value = lexicon.get(token.key);
  if (value !== undefined) return value;
  if (token.kind === 'emoji') return lexicon.get([...token.key][0]!) ?? 0;
  if (!/(.)\1\1/u.test(token.key)) return 0;
  const stretched = (keep: string): number => lexicon.get(token.key.replace(/(.)\1{2,}/gu, keep)) ?? 0;
  const found = stretched('$1') || stretched('$1$1');
  return found + Math.sign(found) * 0.5;
}

function emphasis(tokens: readonly Token[]): number {
  let exclamations = 0;
  let questions = 0;
  for (const token of tokens)
    if (token.kind === 'mark')
      for (const character of token.raw) {
        if (character === '!') exclamations++;
        else if (character === '?') questions++;
      }
  return Math.min(exclamations, 4) * 0.29 + (questions > 1 ? Math.min(questions * 0.18, 0.96) : 0);
}

const isCapitals = (raw: string): boolean =>
  raw.length > 1 && raw === raw.toUpperCase() && raw !== raw.toLowerCase();

/** Capitals stress a word only where other words are written without. */
function mixedCase(tokens: readonly Token[]): boolean {
  let capitals = 0;
  let words = 0;
  for (const token of tokens)
    if (token.kind === 'word' && token.raw.length > 1) {
      words++;
      if (isCapitals(token.raw)) capitals++;
    }
  return capitals > 0 && capitals < words;
}
