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
const TOKEN = new RegExp([`${URL})`, ...REST].join('|'), 'uy');
/** For posts with a mail address in them: the attempt at one at every word is a third of the cost. */
const TOKEN_OR_ADDRESS = new RegExp([`${URL}|${ADDRESS})`, ...REST].join('|'), 'uy');
const KINDS: readonly TokenKind[] = ['url', 'handle', 'hashtag', 'emoji', 'word', 'number', 'mark'];

/**
 * Splits a post as people write them: handles, hashtags, links, emoji and “n’t” words stay whole. Plain words are cut
 * by hand, which is most of every post; the expression takes what is anything else.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const hasAddress = /\w@\w/.test(text);
  const token = hasAddress ? TOKEN_OR_ADDRESS : TOKEN;
  const { length } = text;
  let at = 0;
  while (at < length && tokens.length < TOKENS_MAX) {
    const unit = text.charCodeAt(at);
    if (unit === SPACE) {
      at++;
      continue;
    }
    const end = hasAddress ? at : plainWordEnd(text, at, unit);
    if (end > at) {
      const raw = text.slice(at, end);
      tokens.push({ kind: 'word', raw, key: raw.toLowerCase() });
      at = end;
      continue;
    }
    token.lastIndex = at;
    const found = token.exec(text);
    if (found === null) {
      at += unit >= 0xd800 && unit <= 0xdbff && (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      continue;
    }
    const raw = found[0];
    let group = 1;
    while (found[group] === undefined) group++;
    const kind = KINDS[group - 1]!;
    const key = kind === 'hashtag' ? foldText(raw).slice(1) : foldText(raw);
    tokens.push({ kind, raw, key });
    at = token.lastIndex;
  }
  return tokens;
}

const SPACE = 0x20;
const APOSTROPHE = 0x27;
const isPlainLetter = (unit: number): boolean => {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
};

/** The end of a word of plain letters that starts at `at`; `at` itself where the expression has to look. */
function plainWordEnd(text: string, at: number, first: number): number {
  const lower = first | 0x20;
  if (!isPlainLetter(first)) return at;
  // A link may begin here.
  const second = text.charCodeAt(at + 1) | 0x20;
  if ((lower === 0x68 && second === 0x74) || (lower === 0x77 && second === 0x77)) return at;
  let end = at + 1;
  for (;;) {
    const unit = end < text.length ? text.charCodeAt(end) : 0;
    if (isPlainLetter(unit)) end++;
    else if (unit === APOSTROPHE && end + 1 < text.length) {
      const after = text.charCodeAt(end + 1);
      if (after >= 0x80) return at;
      if (!isPlainLetter(after)) return end;
      end += 2;
    } else return unit >= 0x80 ? at : end;
  }
}
