/**
 * What a folded UTF-16 unit is to a phrase. A cache of a pure function, filled on first use. Surrogates are none of
 * these: emoji need no word boundaries, and the scripts beyond the BMP are matched without them.
 */
const LETTER = 1;
const SPACED = 2;
const SEPARATOR = 4;
const KNOWN = 8;

const classes = new Uint8Array(0x10000);

function classOf(unit: number): number {
  const known = classes[unit]!;
  if (known !== 0) return known;
  const character = String.fromCharCode(unit);
  let found = KNOWN;
  if (/[\p{L}\p{N}\p{M}]/u.test(character)) {
    found |= LETTER;
    if (!UNSPACED.test(character)) found |= SPACED;
  } else if (/[\s-]/.test(character)) found |= SEPARATOR;
  classes[unit] = found;
  return found;
}

/** Scripts that write no spaces between words: there, a phrase matches inside a run of letters. */
export const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;

/** A letter, digit or mark. */
export const isLetter = (unit: number): boolean => (classOf(unit) & LETTER) !== 0;

/** A letter, digit or mark of a script that separates its words: between two of these there is no boundary. */
export const isSpacedLetter = (unit: number): boolean => (classOf(unit) & SPACED) !== 0;

/** White space or a hyphen: any run of them in a text is as good as any other in a phrase. */
export const isSeparator = (unit: number): boolean => (classOf(unit) & SEPARATOR) !== 0;
