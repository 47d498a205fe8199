import { foldText } from './fold.ts';

export type TokenKind = 'word' | 'hashtag' | 'handle' | 'url' | 'emoji' | 'number' | 'mark';

export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly raw: string;
  /** Folded; without its sign for a hashtag. */
  readonly key: string;
}

/** Tokens read of one post; the rest of a longer one changes neither its mood nor its subject. */
export const TOKENS_MAX = 1_000;

// One alternative per kind, in this order. No alternative can match what an earlier one began, so no backtracking
// goes further than the token at hand.
const ADDRESS = '[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63})+';
const REST = [
  '(@[\\p{L}\\p{N}_]+(?:[.@-][\\p{L}\\p{N}_]+)*)',
  '([#＃][\\p{L}\\p{N}\\p{M}_]+)',
  "([:;=8][-'o]?[)\\](\\[dDpPoO/\\\\|*3cC]+(?![\\p{L}\\p{N}])|<\\/?3|\\p{Extended_Pictographic}(?:[\\p{M}\\u200d\\ufe0f]|[\\u{1f3fb}-\\u{1f3ff}]|\\p{Extended_Pictographic}(?<=\\u200d\\p{Extended_Pictographic}))*)",
  "([\\p{L}\\p{M}]+(?:['’][\\p{L}\\p{M}]+)*)",
  '([$€£¥]?\\p{N}+(?:[.,:]\\p{N}+)*%?)',
  '([!?]+|[.…]+|[,;:\\n()])',
];
const URL = '(https?:\\/\\/[^\\s<>"]+|www\\.[^\\s<>"]+';
const TOKEN = new RegExp([`${URL})`, ...REST].join('|'), 'gu');
/** For posts with a mail address in them: the attempt at one at every word is a third of the cost. */
const TOKEN_OR_ADDRESS = new RegExp([`${URL}|${ADDRESS})`, ...REST].join('|'), 'gu');
const KINDS: readonly TokenKind[] = ['url', 'handle', 'hashtag', 'emoji', 'word', 'number', 'mark'];

/** Splits a post as people write them: handles, hashtags, links, emoji and “n’t” words stay whole. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const token = /\w@\w/.test(text) ? TOKEN_OR_ADDRESS : TOKEN;
  token.lastIndex = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const raw = found[0];
    let at = 1;
    while (found[at] === undefined) at++;
    const kind = KINDS[at - 1]!;
    const key = kind === 'hashtag' ? foldText(raw).slice(1) : foldText(raw);
    tokens.push({ kind, raw, key });
    if (tokens.length >= TOKENS_MAX) break;
  }
  return tokens;
}
