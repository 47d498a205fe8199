import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Which parts of words are typical of which language: beginnings, middles and ends of four bytes of UTF-8. The figures
 * are those of ELD’s smallest table (Apache-2.0, Nito T.M.), for the languages named here.
 */
export interface LanguageGramsFile {
  readonly format: 'foreshock-language-grams';
  readonly version: 1;
  readonly source: string;
  readonly languages: readonly string[];
  /** For each gram: its hash (4 bytes), how many languages have it (1), and for each its number and weight (1 + 1). */
  readonly grams: string;
}

interface LanguageGrams {
  readonly languages: readonly string[];
  readonly keys: Int32Array;
  /** For each slot, where its languages begin in `typical`: a count, then pairs of language and weight. */
  readonly starts: Int32Array;
  readonly typical: Uint8Array;
  readonly mask: number;
  /** The post in which each slot was last met: a gram counts once a post. */
  readonly met: Int32Array;
}

const HASH_SEED = 0x811c9dc5 | 0;
const SPACE = 32;
/** Bytes of a word that are looked at. */
const WORD_BYTES_MAX = 70;
/** Units of a post that are looked at: what follows is in the same language, or tells nothing sure. */
const POST_UNITS_MAX = 600;

let loaded: LanguageGrams | undefined;

function languageGrams(): LanguageGrams {
  if (loaded) return loaded;
  const file = require('./language-grams.json') as LanguageGramsFile;
  const typical = Buffer.from(file.grams, 'base64');
  let count = 0;
  for (let at = 0; at < typical.length; at += 5 + typical[at + 4]! * 2) count++;
  let size = 16;
  while (size < count * 2) size *= 2;
  const mask = size - 1;
  const keys = new Int32Array(size);
  const starts = new Int32Array(size);
  for (let at = 0; at < typical.length; at += 5 + typical[at + 4]! * 2) {
    const key = typical.readInt32LE(at) || 1;
    let slot = (key ^ (key >>> 15)) & mask;
    while (keys[slot] !== 0) slot = (slot + 1) & mask;
    keys[slot] = key;
    starts[slot] = at + 4;
  }
  loaded = { languages: file.languages, keys, starts, typical, mask, met: new Int32Array(size) };
  return loaded;
}

export interface GramScores {
  readonly languages: readonly string[];
  readonly scores: Float64Array;
  /** Parts of words looked up. */
  readonly grams: number;
}

const word = new Uint8Array(WORD_BYTES_MAX + 4);
let scores = new Float64Array(0);
let post = 0;

/**
 * How much of a text is typical of each language. Links, handles and tags are none of its language. The scores are
 * used again for the next text.
 */
export function gramScores(text: string): GramScores {
  const table = languageGrams();
  if (scores.length === 0) scores = new Float64Array(table.languages.length);
  scores.fill(0);
  post = post === 0x7fffffff ? restart(table) : post + 1;
  const lower = text.slice(0, POST_UNITS_MAX).toLowerCase();
  const end = lower.length;
  let grams = 0;
  let length = 0;
  for (let at = 0; at <= end; at++) {
    const unit = at < end ? lower.charCodeAt(at) : SPACE;
    if ((unit >= 97 && unit <= 122) || (unit >= 0xc0 && isLetterUnit(unit))) {
      if (length === 0 && startsLink(lower, at, unit)) {
        at = skipRun(lower, at);
        continue;
      }
      if (length < WORD_BYTES_MAX) length = appendUnit(unit, length);
    } else if ((unit === 39 || unit === 0x2019) && length > 0) {
      if (length < WORD_BYTES_MAX) length = appendUnit(unit, length);
    } else {
      if (length > 0) grams += addWord(table, Math.min(length, WORD_BYTES_MAX));
      length = 0;
      if (unit === 64 || unit === 35) at = skipRun(lower, at);
      else if (unit === 38) at = skipEntity(lower, at);
    }
  }
  return { languages: table.languages, scores, grams };
}

function restart(table: LanguageGrams): number {
  table.met.fill(0);
  return 1;
}

/** Beyond ASCII: letters of Latin-1 and all that follows but punctuation, signs and halves of characters. */
const isLetterUnit = (unit: number): boolean =>
  unit !== 0xd7 &&
  unit !== 0xf7 &&
  !(unit >= 0x2000 && unit < 0x2c00) &&
  !(unit >= 0xd800 && unit < 0xf900) &&
  unit < 0xfe00;

const startsLink = (text: string, at: number, unit: number): boolean =>
  (unit === 104 && text.startsWith('http', at)) || (unit === 119 && text.startsWith('www.', at));

/** The place of the last unit before white space. */
function skipRun(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charCodeAt(at) > SPACE && text.charCodeAt(at) !== 0xa0) at++;
  return at - 1;
}

/** `&amp;` and the like. */
function skipEntity(text: string, from: number): number {
  for (let at = from + 1; at < text.length && at < from + 8; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 59) return at;
    if (unit < 97 || unit > 122) break;
  }
  return from;
}

/** Adds a unit to the word as UTF-8; gives the new length, which may pass the bound by two. */
function appendUnit(unit: number, length: number): number {
  if (unit < 0x80) {
    word[length] = unit;
    return length + 1;
  }
  if (unit < 0x800) {
    word[length] = 0xc0 | (unit >> 6);
    word[length + 1] = 0x80 | (unit & 0x3f);
    return length + 2;
  }
  word[length] = 0xe0 | (unit >> 12);
  word[length + 1] = 0x80 | ((unit >> 6) & 0x3f);
  word[length + 2] = 0x80 | (unit & 0x3f);
  return length + 3;
}

/** Looks up a beginning, middles three bytes apart, and the end of a word; gives how many. */
function addWord(table: LanguageGrams, length: number): number {
  let grams = 1;
  let at = 0;
  for (; at + 4 < length; at += 3) {
    let hash = HASH_SEED;
    if (at === 0) hash = step(hash, SPACE);
    for (let i = at; i < at + 4; i++) hash = step(hash, word[i]!);
    addGram(table, hash);
    grams++;
  }
  let hash = HASH_SEED;
  if (at === 0) hash = step(hash, SPACE);
  for (let i = length < 4 ? 0 : length - 4; i < length; i++) hash = step(hash, word[i]!);
  addGram(table, step(hash, SPACE));
  return grams;
}

const step = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193);

/** The hash of a gram, for whoever makes the table. */
export const gramHash = (bytes: Iterable<number>): number => {
  let hash = HASH_SEED;
  for (const byte of bytes) hash = step(hash, byte);
  return hash;
};

function addGram(table: LanguageGrams, hash: number): void {
  const key = hash === 0 ? 1 : hash;
  const { keys, mask, met, starts, typical } = table;
  let slot = (key ^ (key >>> 15)) & mask;
  while (keys[slot] !== key) {
    if (keys[slot] === 0) return;
    slot = (slot + 1) & mask;
  }
  if (met[slot] === post) return;
  met[slot] = post;
  const start = starts[slot]!;
  for (let at = start + 1, end = at + typical[start]! * 2; at < end; at += 2)
    scores[typical[at]!]! += typical[at + 1]!;
}
