import { isSeparator, isSpacedLetter } from './characters.ts';
import { foldsToItself, UNIT_DROPPED, UNIT_HIGH_SURROGATE, unitFold } from './unit-fold.ts';
import { unitsOf } from './units.ts';

/**
 * Tells quickly that a text holds none of the patterns, whatever their number: every pattern names up to three words
 * in a row that a text must have to hold it, and what a text has of such rows is looked up by hash. What the gate lets
 * through, the automaton decides. Memory at 10,000 patterns: 64 KB of bits, which stay in a near cache, and 256 KB.
 */
export interface WordGate {
  /** False only where `text` cannot hold a pattern. */
  mayHold(text: string): boolean;
  /** The same of the JSON string that starts at `from` of a record in UTF-8; true too where that is not understood. */
  mayHoldString(record: Uint8Array, from: number): boolean;
}

const ROW_WORDS_MAX = 3;
const SEED = 0x2b_7e15;
const addUnit = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x0100_0193);
const addWord = (row: number, word: number): number => Math.imul(row, 0x9e37_79b1) ^ word;
const spread = (hash: number): number => hash ^ (hash >>> 15);

// What a unit is to the gate: the folded unit where it is a letter of a script with spaces, or one of these.
const GAP = 0;
/** Ends a row: only what separates words may stand between two of them. */
const SIGN = 1;
const SPECIAL = 0xfffb;
/** First half of a character beyond the BMP, which is no letter unless folding changes it. */
const ASTRAL = 0xfffb;
/** First character of a pattern that has no word. */
const TELLING = 0xfffc;
const DROPPED = 0xfffd;
const COMPLEX = 0xfffe;
const UNKNOWN = 0xffff;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What a character after a backslash stands for: none is a letter. */
const ESCAPED: ReadonlyMap<number, number> = new Map(
  [...'"\\/bfnrt'].map((character, at) => [character.charCodeAt(0), '"\\/\b\f\n\r\t'.charCodeAt(at)]),
);

/** `patterns`: folded. */
export function createWordGate(patterns: readonly string[]): WordGate {
  const rows: number[] = [];
  const lastWords: number[] = [];
  const telling = new Set<number>();
  for (const pattern of patterns) {
    const row = rarestRow(pattern);
    if (row === undefined) telling.add(pattern.charCodeAt(0));
    else {
      rows.push(row.hash);
      lastWords.push(row.lastWord);
    }
  }
  const has = createHashSet(rows);
  const { bits: ends, mask: endMask } = bitsOf(lastWords);
  const classes = new Uint16Array(0x10000).fill(UNKNOWN);

  return {
    mayHold(text) {
      const units = unitsOf(text);
      const { length } = text;
      let word = SEED;
      let last = 0;
      let lastTwo = 0;
      for (let i = 0; i <= length; i++) {
        let now = i < length ? classes[units[i]!]! : SIGN;
        if (now >= SPECIAL) {
          if (now === UNKNOWN) now = learn(units[i]!);
          if (now === ASTRAL && foldsToItself(text.codePointAt(i)!)) now = SIGN;
          if (now === DROPPED) continue;
          if (now >= SPECIAL) return true;
        }
        if (now > SIGN) word = addUnit(word, now);
        else if (word !== SEED) {
          const two = addWord(last, word);
          const bit = spread(word) & endMask;
          if ((ends[bit >> 5]! >>> (bit & 31)) & 1 && (has(word) || has(two) || has(addWord(lastTwo, word))))
            return true;
          last = word;
          lastTwo = two;
          word = SEED;
        }
        if (now === SIGN) last = lastTwo = 0;
      }
      return false;
    },
    mayHoldString(record, from) {
      const { length } = record;
      let word = SEED;
      let last = 0;
      let lastTwo = 0;
      for (let i = from; i < length; i++) {
        const byte = record[i]!;
        let now = classes[byte]!;
        if (byte === QUOTE || byte === BACKSLASH) {
          now = SIGN;
          if (byte === BACKSLASH) {
            const escaped = ESCAPED.get(record[++i] ?? 0);
            if (escaped === undefined) return true;
            now = classes[escaped] === UNKNOWN ? learn(escaped) : classes[escaped]!;
            if (now >= SPECIAL) return true;
          }
        } else if (byte >= 0x80 || now >= SPECIAL) {
          if (byte >= 0x80) {
            const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
            const point = decode(record, i, size);
            if (point < 0) return true;
            i += size - 1;
            const unit = point > 0xffff ? 0xd800 + ((point - 0x10000) >> 10) : point;
            now = classes[unit]!;
            if (now === UNKNOWN) now = learn(unit);
            if (now === ASTRAL && foldsToItself(point)) now = SIGN;
          } else if (now === UNKNOWN) now = learn(byte);
          if (now === DROPPED) continue;
          if (now >= SPECIAL) return true;
        }
        if (now > SIGN) word = addUnit(word, now);
        else if (word !== SEED) {
          const two = addWord(last, word);
          const bit = spread(word) & endMask;
          if ((ends[bit >> 5]! >>> (bit & 31)) & 1 && (has(word) || has(two) || has(addWord(lastTwo, word))))
            return true;
          last = word;
          lastTwo = two;
          word = SEED;
        }
        if (now === SIGN) last = lastTwo = 0;
        if (byte === QUOTE) return false;
      }
      // The string does not end: whoever parses this shall say so.
      return true;
    },
  };

  function learn(unit: number): number {
    const folded = unitFold(unit, true);
    let now = COMPLEX;
    if (folded === UNIT_DROPPED) now = DROPPED;
    else if (folded === UNIT_HIGH_SURROGATE) now = telling.has(unit) ? TELLING : ASTRAL;
    else if (folded >= 0) {
      if (telling.has(folded)) now = TELLING;
      else if (isGap(folded)) now = GAP;
      else if (!isSpacedLetter(folded)) now = SIGN;
      else if (folded < SPECIAL) now = folded;
    }
    classes[unit] = now;
    return now;
  }
}

/** An underscore separates the words of a hashtag. */
const isGap = (unit: number): boolean => isSeparator(unit) || unit === 0x5f;

interface Row {
  readonly hash: number;
  readonly lastWord: number;
}

/** The row of up to three words of a pattern that is longest, and so rarest; none where it has no word. */
function rarestRow(pattern: string): Row | undefined {
  let best: { readonly row: Row; readonly units: number } | undefined;
  for (const words of wordRows(pattern)) {
    const size = Math.min(words.length, ROW_WORDS_MAX);
    for (let from = 0; from + size <= words.length; from++) {
      const row = words.slice(from, from + size);
      const units = row.reduce((sum, word) => sum + word.units, 0);
      if (best && best.units >= units) continue;
      const hash = row.slice(1).reduce((sum, word) => addWord(sum, word.hash), row[0]!.hash);
      best = { row: { hash, lastWord: row.at(-1)!.hash }, units };
    }
  }
  return best?.row;
}

interface Word {
  readonly hash: number;
  readonly units: number;
}

/** The words of a pattern, cut into rows where a sign stands between them. */
function wordRows(pattern: string): Word[][] {
  const rows: Word[][] = [[]];
  let hash = SEED;
  let units = 0;
  for (let i = 0; i <= pattern.length; i++) {
    const unit = i < pattern.length ? pattern.charCodeAt(i) : 0;
    if (isSpacedLetter(unit)) {
      hash = addUnit(hash, unit);
      units++;
      continue;
    }
    if (units > 0) rows.at(-1)!.push({ hash, units });
    if (!isGap(unit) && rows.at(-1)!.length > 0) rows.push([]);
    hash = SEED;
    units = 0;
  }
  return rows.filter((row) => row.length > 0);
}

/** Bits per hash: three of a hundred strangers get past them. */
const BITS_A_HASH = 32;
const BITS_MIN = 1_024;
const BITS_MAX = 1 << 22;

const powerOver = (size: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, size)));

function bitsOf(hashes: Iterable<number>): { readonly bits: Uint32Array; readonly mask: number } {
  const distinct = new Set(hashes);
  const count = Math.min(BITS_MAX, Math.max(BITS_MIN, powerOver(distinct.size * BITS_A_HASH)));
  const bits = new Uint32Array(count >> 5);
  for (const hash of distinct) {
    const bit = spread(hash) & (count - 1);
    bits[bit >> 5]! |= 1 << (bit & 31);
  }
  return { bits, mask: count - 1 };
}

/** Membership by a bit first, which stays in a near cache, then by the hash itself. */
function createHashSet(hashes: readonly number[]): (hash: number) => boolean {
  const distinct = new Set(hashes);
  const { bits, mask } = bitsOf(distinct);
  const slots = new Int32Array(powerOver(distinct.size * 2 + 2));
  const slotMask = slots.length - 1;
  for (const hash of distinct) {
    let at = hash & slotMask;
    while (slots[at] !== 0) at = (at + 1) & slotMask;
    slots[at] = hash;
  }
  return (hash) => {
    const bit = spread(hash) & mask;
    if (((bits[bit >> 5]! >>> (bit & 31)) & 1) === 0) return false;
    // A hash of 0 cannot be told from an empty slot: it passes.
    if (hash === 0) return true;
    for (let at = hash & slotMask; slots[at] !== 0; at = (at + 1) & slotMask)
      if (slots[at] === hash) return true;
    return false;
  };
}

/** The code point of `size` bytes at `at`; −1 where they are no well-formed UTF-8 of that length. */
export function decode(record: Uint8Array, at: number, size: number): number {
  const first = record[at]!;
  if (first < 0xc2 || first > 0xf4 || at + size > record.length) return -1;
  let point = first & (0xff >> (size + 1));
  for (let i = at + 1; i < at + size; i++) {
    const byte = record[i]!;
    if ((byte & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (byte & 0x3f);
  }
  const least = size === 4 ? 0x10000 : size === 3 ? 0x800 : 0x80;
  return point < least || point > 0x10ffff ? -1 : point;
}
