/**
 * How single characters fold. Kept in tables that fill themselves on first use: which characters a stream uses is
 * not known beforehand, and computing all 65,536 would delay every start. The tables are caches of a pure function.
 */

/** The unit vanishes: invisible characters, variation selectors, and (when stripping) diacritics. */
export const UNIT_DROPPED = -2;
/** The unit folds to several units, or together with its neighbours: see `fold`. */
export const UNIT_COMPLEX = -3;
/** First half of a surrogate pair, or a lone one. */
export const UNIT_HIGH_SURROGATE = -4;
const UNKNOWN = -1;

/** Marks, the Hangul letters that compose with a letter before them, the halfwidth Katakana voicing marks. */
export const EXTENDER = /[\p{M}\u1160-\u11ff\ud7b0-\ud7fb\uff9e\uff9f]/u;

const strippedUnits = new Int32Array(0x10000).fill(UNKNOWN);
const keptUnits = new Int32Array(0x10000).fill(UNKNOWN);

/** The folded unit where `unit` folds to exactly one whatever stands around it, else one of the codes above. */
export function unitFold(unit: number, strip: boolean): number {
  const table = strip ? strippedUnits : keptUnits;
  const known = table[unit]!;
  if (known !== UNKNOWN) return known;
  const folded = computeUnit(unit, strip);
  table[unit] = folded;
  return folded;
}

function computeUnit(unit: number, strip: boolean): number {
  if (unit >= 0xd800 && unit <= 0xdbff) return UNIT_HIGH_SURROGATE;
  if (unit >= 0xdc00 && unit <= 0xdfff) return unit;
  const character = String.fromCharCode(unit);
  if (IGNORED.test(character) || (strip && DIACRITIC.test(character))) return UNIT_DROPPED;
  if (EXTENDER.test(character)) return UNIT_COMPLEX;
  const folded = foldSegment(character, strip);
  return folded.length === 1 ? folded.charCodeAt(0) : UNIT_COMPLEX;
}

/** Bits of plane 1: 1 = known, 2 = folds to itself and takes no part in composition. Emoji live here. */
const plane1 = new Uint8Array(0x10000);

/** True where an astral character is left alone by folding, marks around it aside. */
export function foldsToItself(codePoint: number): boolean {
  if (codePoint < 0x10000 || codePoint > 0x1ffff) return false;
  const place = codePoint - 0x10000;
  if ((plane1[place]! & 1) === 0) {
    const character = String.fromCodePoint(codePoint);
    const self = foldSegment(character, true) === character && !/\p{M}/u.test(character);
    plane1[place] = self ? 3 : 1;
  }
  return plane1[place] === 3;
}

/** A character class of code point ranges, written as hexadecimal numbers: `ad 200b-200f`. */
function classOfRanges(ranges: string): string {
  const points = ranges.split(' ').map((range) => range.replace(/[0-9a-f]+/g, (hex) => `\\u{${hex}}`));
  return `[${points.join('')}]`;
}

/** Soft hyphen, zero-width characters, direction marks, variation selectors, tags: nothing a reader sees. */
const IGNORED_CLASS = classOfRanges(
  'ad 34f 61c 180b-180f 200b-200f 202a-202e 2060-206f fe00-fe0f feff e0000-e0fff',
);
const IGNORED = new RegExp(IGNORED_CLASS, 'u');
const ALL_IGNORED = new RegExp(IGNORED_CLASS, 'gu');

/**
 * Marks that are spelling niceties in their scripts: Latin, Greek and Cyrillic accents, Hebrew points, Arabic
 * vowels. The vowel signs of Indic scripts and the voicing marks of Japanese are letters and stay.
 */
const DIACRITIC_CLASS = classOfRanges(
  '300-36f 483-487 591-5bd 5bf 5c1 5c2 5c4 5c5 5c7 610-61a 64b-65f 670 6d6-6dc 6df-6e4 6e7 6e8 6ea-6ed ' +
    '1ab0-1aff 1dc0-1dff 20d0-20ff fe20-fe2f',
);
const DIACRITIC = new RegExp(DIACRITIC_CLASS, 'u');
const ALL_DIACRITICS = new RegExp(DIACRITIC_CLASS, 'gu');

/** What people type for the same thing, and NFKC keeps apart or spells out: “…” must not become three units. */
const PLAIN: ReadonlyMap<string, string> = new Map([
  ...[...'‘’‚‛ʼʹ´′＇'].map((quote): [string, string] => [quote, "'"]),
  ...[...'“”„‟″«»'].map((quote): [string, string] => [quote, '"']),
  ...[...'‐‑‒–—―−﹘﹣－'].map((dash): [string, string] => [dash, '-']),
  ['…', '.'],
  // A trade mark sign ends the name before it; NFKC would glue “tm” to it.
  ['™', ' '],
  ['℠', ' '],
]);

/** Folds one character with the marks on it. Idempotent. */
export function foldSegment(segment: string, strip: boolean): string {
  const plain = PLAIN.get(segment);
  if (plain !== undefined) return plain;
  let text = decompose(segment, strip);
  // By way of upper case: it spells out “ß” and “ﬁ” and unites “ς” with “σ” and “ı” with “i”.
  text = decompose(text.toLowerCase().toUpperCase(), strip).toLowerCase().replaceAll('ς', 'σ');
  return decompose(text, strip).normalize('NFC');
}

function decompose(text: string, strip: boolean): string {
  const decomposed = text.replace(ALL_IGNORED, '').normalize('NFKD');
  const spelled = decomposed.replace(
    /[‘’‚‛ʼʹ´′“”„‟″«»‐‑‒–—―−…™℠]/g,
    (character) => PLAIN.get(character) ?? character,
  );
  return strip ? spelled.replace(ALL_DIACRITICS, '') : spelled;
}
