import type { Token } from './tokens.ts';

/** Numbers of a signature. */
export const SIGNATURE_BINS = 32;
/** Equal numbers that make two texts near-copies. */
export const EQUAL_BINS_MIN = 16;
/** Below this many letters, likeness says nothing: thousands write “so excited for this” by themselves. */
export const SIGNED_LETTERS_MIN = 24;
const SHINGLE_LETTERS = 6;
/** Letters looked at: whoever copies a longer text copies its beginning too. */
const LETTERS_MAX = 2_000;

/**
 * One-permutation MinHash over runs of six letters: two texts agree in about as many of the 32 numbers as they
 * share of their runs. 16 bits a number. What reposting adds (handles, links, “RT”, “via”, signs, case) is left
 * out before. Undefined for a text too short to tell.
 */
export function signatureOf(tokens: readonly Token[]): Uint16Array | undefined {
  const letters = lettersOf(tokens);
  if (letters.length < SIGNED_LETTERS_MIN) return undefined;
  const least = new Uint32Array(SIGNATURE_BINS).fill(EMPTY);
  for (let i = 0; i + SHINGLE_LETTERS <= letters.length; i++) {
    let hash = 0x811c_9dc5;
    for (let at = i; at < i + SHINGLE_LETTERS; at++)
      hash = Math.imul(hash ^ letters.charCodeAt(at), 0x0100_0193);
    hash = mixed(hash);
    const bin = hash & (SIGNATURE_BINS - 1);
    const rank = hash >>> 5;
    if (rank < least[bin]!) least[bin] = rank;
  }
  return Uint16Array.from(filled(least));
}

const EMPTY = 0xffff_ffff;

/** An empty bin borrows from the next full one, told apart by how far it had to look. */
function filled(least: Uint32Array): number[] {
  return Array.from(least, (rank, bin) => {
    let far = 0;
    let value = rank;
    while (value === EMPTY && far < SIGNATURE_BINS) value = least[(bin + ++far) % SIGNATURE_BINS]!;
    return mixed(value + Math.imul(far, 0x9e37_79b1)) & 0xffff;
  });
}

function mixed(hash: number): number {
  let mix = hash;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85eb_ca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2_ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}

function lettersOf(tokens: readonly Token[]): string {
  const last = tokens.findLastIndex((token) => token.kind === 'word');
  let letters = '';
  for (let at = 0; at < tokens.length && letters.length < LETTERS_MAX; at++) {
    const { kind, key } = tokens[at]!;
    if (kind !== 'word' && kind !== 'hashtag') continue;
    if ((key === 'rt' && letters === '') || (key === 'via' && at === last)) continue;
    letters += key;
  }
  return letters;
}

/** How many numbers two signatures share. */
export function equalBins(a: Uint16Array, b: Uint16Array): number {
  let equal = 0;
  for (let bin = 0; bin < SIGNATURE_BINS; bin++) if (a[bin] === b[bin]) equal++;
  return equal;
}
