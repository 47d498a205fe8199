import { isLetter } from './characters.ts';
import { foldText } from './fold.ts';
import { unitFold } from './unit-fold.ts';
import { findEntry, HASH_SEED, hashUnit, type ValenceTable } from './valence-table.ts';

/** What a token of a post is to the mood of it. */
export const WORD = 1;
export const TAG = 2;
export const EMOJI = 3;
export const NUMBER = 4;
export const CLAUSE_END = 5;
export const PAUSE = 6;

/** Tokens read of one post; the rest of a longer one does not change its mood. */
export const READ_TOKENS_MAX = 1_000;
/** Letters looked at again where a word is stretched; a longer run is no word. */
const STRETCHED_UNITS_MAX = 64;
const EMOTICON_UNITS_MAX = 5;

/**
 * One post as columns: token `i` is of `kind[i]`, stands in the table at `entry[i]` (−1: it does not), is written in
 * capitals, is lengthened. The arrays are used again for the next post: nobody keeps them.
 */
export interface Reading {
  tokens: number;
  readonly kind: Uint8Array;
  readonly entry: Int32Array;
  readonly hash: Int32Array;
  readonly capitals: Uint8Array;
  readonly stretched: Uint8Array;
  /** Words of two letters and more; those in capitals; those that begin with one. */
  words: number;
  shouted: number;
  titled: number;
  exclamations: number;
  questions: number;
  ellipses: number;
  addresses: number;
  handles: number;
  tags: number;
  numbers: number;
}

export const createReading = (): Reading => ({
  tokens: 0,
  kind: new Uint8Array(READ_TOKENS_MAX),
  entry: new Int32Array(READ_TOKENS_MAX),
  hash: new Int32Array(READ_TOKENS_MAX),
  capitals: new Uint8Array(READ_TOKENS_MAX),
  stretched: new Uint8Array(READ_TOKENS_MAX),
  words: 0,
  shouted: 0,
  titled: 0,
  exclamations: 0,
  questions: 0,
  ellipses: 0,
  addresses: 0,
  handles: 0,
  tags: 0,
  numbers: 0,
});

const SPACE = 1;
const LETTER = 2;
const DIGIT = 3;
const APOSTROPHE = 39;
const NEW_LINE = 10;

/** What an ASCII unit is; a new line is a sign, as it ends a clause. */
const ascii = new Uint8Array(128);
for (const unit of [9, 11, 12, 13, 32]) ascii[unit] = SPACE;
for (let unit = 48; unit < 58; unit++) ascii[unit] = DIGIT;
for (let unit = 65; unit < 91; unit++) ascii[unit] = ascii[unit + 32] = LETTER;
ascii[95] = LETTER;

function classOf(unit: number): number {
  if (unit < 128) return ascii[unit]!;
  if (unit === 0xa0 || (unit >= 0x2000 && unit <= 0x200a) || unit === 0x3000) return SPACE;
  return isLetter(unit) ? LETTER : 0;
}

/** Reads any string in one pass over its units. */
export function readPost(text: string, table: ValenceTable, into: Reading): void {
  into.tokens = into.words = into.shouted = into.titled = into.exclamations = into.questions = 0;
  into.ellipses = into.addresses = into.handles = into.tags = into.numbers = 0;
  const end = text.length;
  let at = 0;
  while (at < end && into.tokens < READ_TOKENS_MAX) {
    const unit = text.charCodeAt(at);
    const kind = classOf(unit);
    if (kind === SPACE) at++;
    else if (kind === LETTER)
      at = isAddress(text, at, unit) ? skipAddress(text, at, into) : readWord(text, at, table, into, WORD);
    else if (kind === DIGIT) {
      into.numbers++;
      at = readWord(text, at, table, into, NUMBER);
    } else at = readSign(text, at, unit, table, into);
  }
}

/** `http://`, `https://`, `www.`, or the bare `http` that stands for a link that was taken out. */
function isAddress(text: string, at: number, unit: number): boolean {
  if ((unit | 32) === 119) return text.charCodeAt(at + 3) === 46 && /^www$/i.test(text.slice(at, at + 3));
  if ((unit | 32) !== 104 || (text.charCodeAt(at + 1) | 32) !== 116 || (text.charCodeAt(at + 2) | 32) !== 116)
    return false;
  let next = at + 4;
  if ((text.charCodeAt(next) | 32) === 115) next++;
  const after = next < text.length ? text.charCodeAt(next) : 32;
  return (text.charCodeAt(at + 3) | 32) === 112 && (after === 58 || classOf(after) === SPACE);
}

function skipAddress(text: string, from: number, into: Reading): number {
  into.addresses++;
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== NEW_LINE && classOf(text.charCodeAt(at)) !== SPACE) at++;
  return at;
}

function push(into: Reading, kind: number, hash: number, entry: number): number {
  const token = into.tokens++;
  into.kind[token] = kind;
  into.hash[token] = hash;
  into.entry[token] = entry;
  into.capitals[token] = 0;
  into.stretched[token] = 0;
  return token;
}

/** Where a humped tag (“#SoldOut”) was cut, the parts are read as words. */
function readWord(
  text: string,
  from: number,
  table: ValenceTable,
  into: Reading,
  kind: number,
  to = text.length,
): number {
  let hash = HASH_SEED;
  // An apostrophe may belong to the word (“can’t”), end it (“Joe’s”) or stand before it (“j’adore”).
  let before = 0;
  let behind = HASH_SEED;
  let upper = 0;
  let lower = 0;
  let last = -1;
  let run = 1;
  let isStretched = false;
  let at = from;
  for (; at < to; at++) {
    let unit = text.charCodeAt(at);
    if (unit < 128) {
      const sort = ascii[unit]!;
      if (sort === LETTER) {
        if (unit < 91) {
          unit += 32;
          upper++;
        } else lower++;
      } else if (sort !== DIGIT) {
        if (unit !== APOSTROPHE || at + 1 >= to || classOf(text.charCodeAt(at + 1)) !== LETTER) break;
        before = hash;
        hash = hashUnit(hash, APOSTROPHE);
        behind = HASH_SEED;
        last = -1;
        continue;
      }
    } else if (unit === 0x2019 && at + 1 < to && classOf(text.charCodeAt(at + 1)) === LETTER) {
      before = hash;
      hash = hashUnit(hash, APOSTROPHE);
      behind = HASH_SEED;
      last = -1;
      continue;
    } else {
      if (!isLetter(unit)) {
        // Joiners and soft hyphens inside a word are not seen by who reads it.
        if (unitFold(unit, true) !== -2) break;
        continue;
      }
      const folded = unitFold(unit, true);
      if (folded === unit) lower++;
      else if (folded >= 0) {
        if (String.fromCharCode(unit).toLowerCase() === String.fromCharCode(unit)) lower++;
        else upper++;
        unit = folded;
      } else if (folded === -2) continue;
      else {
        lower++;
        for (const character of foldText(String.fromCharCode(unit))) {
          hash = hashUnit(hash, character.charCodeAt(0));
          behind = hashUnit(behind, character.charCodeAt(0));
        }
        last = -1;
        continue;
      }
    }
    hash = hashUnit(hash, unit);
    behind = hashUnit(behind, unit);
    if (unit === last) {
      if (++run === 3) isStretched = true;
    } else {
      run = 1;
      last = unit;
    }
  }
  if (at === from) return from + 1;
  let entry = findEntry(table, hash);
  if (entry < 0 && before !== 0) {
    entry = findEntry(table, behind);
    if (entry < 0) entry = findEntry(table, before);
  }
  let stretchedHash = 0;
  if (entry < 0 && isStretched && at - from <= STRETCHED_UNITS_MAX) {
    stretchedHash = shortened(text, from, at, 2);
    entry = findEntry(table, stretchedHash);
    if (entry < 0) {
      stretchedHash = shortened(text, from, at, 1);
      entry = findEntry(table, stretchedHash);
    }
  }
  const token = push(into, kind, entry >= 0 && stretchedHash !== 0 ? stretchedHash : hash, entry);
  if (isStretched && entry >= 0 && stretchedHash !== 0) into.stretched[token] = 1;
  if (upper + lower > 1 && kind === WORD) {
    into.words++;
    if (lower === 0) {
      into.shouted++;
      into.capitals[token] = 1;
    } else if (upper > 0 && isUpper(text.charCodeAt(from))) into.titled++;
  }
  return at;
}

const isUpper = (unit: number): boolean => unit >= 65 && unit <= 90;

/** The hash of a word with no letter more than `keep` times in a row. */
function shortened(text: string, from: number, to: number, keep: number): number {
  let hash = HASH_SEED;
  let last = -1;
  let run = 0;
  for (const character of foldText(text.slice(from, to))) {
    const unit = character.charCodeAt(0);
    run = unit === last ? run + 1 : 1;
    last = unit;
    if (run <= keep) hash = hashUnit(hash, unit);
  }
  return hash;
}

function readSign(text: string, at: number, unit: number, table: ValenceTable, into: Reading): number {
  const next = at + 1 < text.length ? text.charCodeAt(at + 1) : 32;
  const nextClass = classOf(next);
  if (unit === 64 && (nextClass === LETTER || nextClass === DIGIT)) return skipHandle(text, at + 1, into);
  if (unit === 35 && (nextClass === LETTER || nextClass === DIGIT)) return readTag(text, at + 1, table, into);
  if (unit >= 128) return readFigure(text, at, unit, table, into);
  const emoticon = readEmoticon(text, at, table, into);
  if (emoticon > at) return emoticon;
  if (unit === 33) into.exclamations++;
  else if (unit === 63) into.questions++;
  else if (unit === 46 && next === 46) into.ellipses++;
  if (unit === 33 || unit === 63 || unit === 46 || unit === 59 || unit === NEW_LINE)
    push(into, CLAUSE_END, 0, -1);
  else if (unit === 44 || unit === 58 || unit === 40 || unit === 41 || unit === 34) push(into, PAUSE, 0, -1);
  return at + 1;
}

function skipHandle(text: string, from: number, into: Reading): number {
  into.handles++;
  let at = from;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const sort = classOf(unit);
    if (sort !== LETTER && sort !== DIGIT && !(unit === 46 && classOf(text.charCodeAt(at + 1)) === LETTER))
      break;
    at++;
  }
  return at;
}

/** A tag counts as the word it is; one of several words, told apart by their capitals, as those. */
function readTag(text: string, from: number, table: ValenceTable, into: Reading): number {
  into.tags++;
  const { tokens, words, shouted, titled } = into;
  const end = readWord(text, from, table, into, TAG);
  if (tokens >= into.tokens || into.entry[tokens]! >= 0) return end;
  let humps = 0;
  for (let at = from + 1; at < end; at++) if (isHump(text, at)) humps++;
  if (humps === 0) return end;
  into.tokens = tokens;
  let start = from;
  for (let at = from + 1; at <= end && into.tokens < READ_TOKENS_MAX; at++)
    if (at === end || isHump(text, at)) {
      readWord(text, start, table, into, WORD, at);
      start = at;
    }
  // Its capitals stress nothing.
  into.words = words;
  into.shouted = shouted;
  into.titled = titled;
  return end;
}

const isHump = (text: string, at: number): boolean => {
  const before = text.charCodeAt(at - 1);
  return isUpper(text.charCodeAt(at)) && before >= 97 && before <= 122;
};

/** Emoji and other signs beyond ASCII. */
function readFigure(text: string, at: number, unit: number, table: ValenceTable, into: Reading): number {
  if (unit === 0x2026) {
    into.ellipses++;
    push(into, CLAUSE_END, 0, -1);
    return at + 1;
  }
  let hash = hashUnit(HASH_SEED, unit);
  let end = at + 1;
  if (unit >= 0xd800 && unit <= 0xdbff && end < text.length) {
    const low = text.charCodeAt(end);
    if (low >= 0xdc00 && low <= 0xdfff) {
      hash = hashUnit(hash, low);
      end++;
    }
  }
  const entry = findEntry(table, hash);
  if (entry >= 0) push(into, EMOJI, hash, entry);
  else if (unit === 0x3002 || unit === 0xff01 || unit === 0xff1f) push(into, CLAUSE_END, 0, -1);
  return end;
}

/** The longest emoticon that begins here; `at` where there is none. One that ends in a letter ends with the word. */
function readEmoticon(text: string, at: number, table: ValenceTable, into: Reading): number {
  const before = at > 0 ? classOf(text.charCodeAt(at - 1)) : SPACE;
  if (before === DIGIT) return at;
  let hash = HASH_SEED;
  let found = -1;
  let foundHash = 0;
  let end = at;
  const stop = Math.min(text.length, at + EMOTICON_UNITS_MAX);
  for (let next = at; next < stop; next++) {
    let unit = text.charCodeAt(next);
    if (unit >= 128 || ascii[unit] === SPACE || unit === NEW_LINE) break;
    if (unit >= 65 && unit <= 90) unit += 32;
    hash = hashUnit(hash, unit);
    if (next === at) continue;
    const follows = next + 1 < text.length ? classOf(text.charCodeAt(next + 1)) : SPACE;
    const endsInLetter = ascii[unit] === LETTER || ascii[unit] === DIGIT;
    if (endsInLetter && (follows === LETTER || follows === DIGIT)) continue;
    const entry = findEntry(table, hash);
    if (entry >= 0) {
      found = entry;
      foundHash = hash;
      end = next + 1;
    }
  }
  if (found >= 0) push(into, EMOJI, foundHash, found);
  return end;
}
