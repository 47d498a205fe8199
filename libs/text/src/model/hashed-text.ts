import { isLetter, UNSPACED } from '../characters.ts';
import { foldText } from '../fold.ts';

/** Units of a post that are read; the rest of a longer one says what these say. */
const UNITS_MAX = 2_000;
/** Words, pairs and parts of words kept of one post. */
const PIECES_MAX = 4_096;

const HASH_SEED = 0x811c9dc5 | 0;
const step = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);
const WORD = 0x57;
const PAIR = 0x50;
const PART = 0x43;
const SPACE = 32;

/** Hashes of what a text is made of, each once. */
export interface Pieces {
  /** Words and pairs of neighbours. */
  readonly words: readonly number[];
  /** Runs of three to five letters. */
  readonly parts: readonly number[];
}

export function piecesOf(text: string): Pieces {
  const words = new Set<number>();
  const parts = new Set<number>();
  let before = 0;
  for (const word of wordsOf(text)) {
    if (words.size + parts.size > PIECES_MAX) break;
    let hash = step(HASH_SEED, WORD);
    for (let i = 0; i < word.length; i++) hash = step(hash, word.charCodeAt(i));
    words.add(hash);
    if (before !== 0) words.add(step(Math.imul(before, 31) ^ hash, PAIR));
    before = hash;
    addParts(word, parts);
  }
  return { words: [...words], parts: [...parts] };
}

/** Runs of three to five units of a word with a space on both sides. */
function addParts(word: string, parts: Set<number>): void {
  const unitAt = (at: number): number =>
    at === 0 || at === word.length + 1 ? SPACE : word.charCodeAt(at - 1);
  const units = Math.min(word.length + 2, 40);
  for (let from = 0; from + 3 <= units; from++) {
    let hash = step(HASH_SEED, PART);
    for (let length = 1; length <= 5 && from + length <= units; length++) {
      hash = step(hash, unitAt(from + length - 1));
      if (length >= 3) parts.add(hash);
    }
  }
}

const TOKEN =
  /https?:\/\/\S+|www\.\S+|@[\p{L}\p{N}_]+|[\p{L}\p{N}\p{M}_']+|[!?]+|\p{Extended_Pictographic}|[^\s\p{L}\p{N}]/gu;

/** Words as the heads see them: folded, who is addressed and where a link leads left out, no letter thrice in a row. */
function* wordsOf(text: string): Generator<string> {
  const folded = foldText(text.slice(0, UNITS_MAX)).replaceAll('&amp;', '&');
  for (const [token] of folded.matchAll(TOKEN)) {
    const first = token.charCodeAt(0);
    if (first === 64 && token.length > 1) yield '@';
    else if (token.startsWith('http') || token.startsWith('www.')) yield 'http';
    else if (isLetter(first) && UNSPACED.test(token)) yield* token.match(/.{1,2}/gu) ?? [];
    else yield token.replace(/(.)\1{2,}/gu, '$1$1').slice(0, 64);
  }
}
