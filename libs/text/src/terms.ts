import { isStopWord } from './stop-words.ts';
import type { Token } from './tokens.ts';

export const TERMS_MAX = 24;
const TERM_CHARS_MAX = 64;
/** A run of letters longer than this is no word. */
const WORD_CHARS_MAX = 30;

/** Say nothing alone, and much beside a word: “sold out”, “not working”, “never arrived”. */
const PARTICLES: ReadonlySet<string> = new Set(
  "not no never out off down up back still without won't can't cant wont don't isn't doesn't didn't hasn't haven't".split(
    ' ',
  ),
);

/** May stand between two words that belong together, and is kept there: “out of stock”, “fuera de stock”. */
const BRIDGES: ReadonlySet<string> = new Set(
  'of the a in to for de del da do la le du en em im am zu zur'.split(' '),
);

/**
 * Significant words and pairs of neighbours, folded, each once, in their order: the candidates for “phrases that
 * rose”. Never a handle, a link, an address or a number: nothing that leads to a person.
 */
export function termsOf(tokens: readonly Token[], language: string): string[] {
  const terms = new Set<string>();
  let previous: string | undefined;
  let bridge = '';
  let previousIsParticle = false;
  for (const token of tokens) {
    if (terms.size >= TERMS_MAX) break;
    if (token.kind !== 'word' && token.kind !== 'hashtag') {
      if (token.kind !== 'emoji') previous = undefined;
      if (previous === undefined) bridge = '';
      continue;
    }
    const word = token.key;
    const particle = PARTICLES.has(word);
    if (!particle && (isStopWord(word, language) || !isWord(word, token.kind))) {
      if (bridge === '' && BRIDGES.has(word)) bridge = `${word} `;
      else previous = undefined;
      continue;
    }
    if (!particle) terms.add(word);
    if (previous !== undefined && !(particle && previousIsParticle)) {
      const pair = `${previous} ${bridge}${word}`;
      if (pair.length <= TERM_CHARS_MAX && previous !== word && terms.size < TERMS_MAX) terms.add(pair);
    }
    previous = word;
    bridge = '';
    previousIsParticle = particle;
  }
  return [...terms];
}

const isWord = (word: string, kind: Token['kind']): boolean =>
  word.length <= WORD_CHARS_MAX &&
  (word.length >= 3 || /[\u0300-\uffff]/.test(word)) &&
  !(kind === 'hashtag' && /\d{3}/.test(word));
