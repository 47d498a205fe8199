import { hash52 } from '@foreshock/model/hash';
import type { Token } from './tokens.ts';

/** Below this many words, sameness says nothing: thousands write “so excited for this” by themselves. */
export const COPY_WORDS_MIN = 6;

/** What a word or a hashtag may hold besides letters and digits. */
const SIGNS = /['’_]/;
const NOT_LETTERS = /[^\p{L}\p{N}\p{M}]+/gu;

/**
 * Equal for a post, its reposts and its near-copies: what stays of the words once the marks of reposting, links,
 * handles, hashtag signs, numbers, emoji, case and punctuation are gone. 52 bits.
 */
export function copyKeyOf(tokens: readonly Token[]): number | undefined {
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'word' || token.kind === 'hashtag')
      words.push(SIGNS.test(token.key) ? token.key.replace(NOT_LETTERS, '') : token.key);
  }
  if (words[0] === 'rt') words.shift();
  if (words.at(-1) === 'via') words.pop();
  if (words.length < COPY_WORDS_MIN) return undefined;
  return hash52('copy', words.join(' '));
}
