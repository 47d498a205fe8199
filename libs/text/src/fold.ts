import { EXTENDER, foldSegment, foldsToItself, UNIT_DROPPED, unitFold } from './unit-fold.ts';

/**
 * Text as the matchers see it: NFKC, case folded, typographic quotes and dashes made plain, invisible characters
 * gone and (by default) diacritics stripped.
 */
export interface Folded {
  readonly text: string;
  /**
   * For each folded unit the start, in the original, of the character it came from; one more entry holds the
   * original’s length. Absent where folded and original positions are equal.
   */
  readonly offsets?: Int32Array;
}

export interface FoldOptions {
  /** `strip` (default): “café” and “cafe” are one word. `keep`: they are two. */
  readonly diacritics?: 'strip' | 'keep';
}

/**
 * A base character and the marks on it are folded together, at most this many units at a time: normalising is
 * not linear in the number of marks on one base, and nobody writes that many by mistake.
 */
export const SEGMENT_UNITS_MAX = 32;

/** Folds any string, lone surrogates included. Linear; never throws. Folding twice changes nothing more. */
export function fold(text: string, options?: FoldOptions): Folded {
  if (!/[\u0080-\uffff]/.test(text)) return { text: text.toLowerCase() };
  return foldSlow(text, options?.diacritics !== 'keep');
}

/** The folded text alone. */
export const foldText = (text: string): string => fold(text).text;

/** The place in the original of `folded.text.slice(start, end)`, widened to whole characters of the original. */
export function originalSpan(folded: Folded, start: number, end: number): { start: number; end: number } {
  const { offsets } = folded;
  if (!offsets || end <= start) return { start, end };
  const last = offsets[end - 1]!;
  let next = end;
  while (next < offsets.length - 1 && offsets[next] === last) next++;
  return { start: offsets[start]!, end: offsets[next]! };
}

/** Growing output of one fold: units and where each came from. */
interface Output {
  units: Uint16Array;
  offsets: Int32Array;
  length: number;
  moved: boolean;
}

function foldSlow(text: string, strip: boolean): Folded {
  const output: Output = {
    units: new Uint16Array(text.length + 16),
    offsets: new Int32Array(text.length + 17),
    length: 0,
    moved: false,
  };
  const end = text.length;
  let index = 0;
  while (index < end) {
    const unit = text.charCodeAt(index);
    const folded = unitFold(unit, strip);
    if (folded >= 0 && !isExtended(text, index + 1, strip)) {
      push(output, folded, index);
      index++;
    } else if (folded === UNIT_DROPPED) {
      output.moved = true;
      index++;
    } else index = foldCluster(text, index, strip, output);
  }
  const folded = Buffer.from(output.units.buffer, 0, output.length * 2).toString('utf16le');
  if (!output.moved && output.length === end) return { text: folded };
  output.offsets[output.length] = end;
  return { text: folded, offsets: output.offsets.slice(0, output.length + 1) };
}

function push(output: Output, unit: number, from: number): void {
  if (output.length === output.units.length) {
    const units = new Uint16Array(output.length * 2);
    units.set(output.units);
    output.units = units;
    const offsets = new Int32Array(output.length * 2 + 1);
    offsets.set(output.offsets.subarray(0, output.length));
    output.offsets = offsets;
  }
  if (from !== output.length) output.moved = true;
  output.units[output.length] = unit;
  output.offsets[output.length] = from;
  output.length++;
}

/** True where what follows, dropped characters aside, may combine with the character before `index`. */
function isExtended(text: string, index: number, strip: boolean): boolean {
  const end = Math.min(text.length, index + SEGMENT_UNITS_MAX);
  for (let i = index; i < end; i++) {
    const kind = unitFold(text.charCodeAt(i), strip);
    if (kind !== UNIT_DROPPED) return kind < 0 && EXTENDER.test(String.fromCodePoint(text.codePointAt(i)!));
  }
  return false;
}

/** Folds the character at `index` with all that extends it; returns where the next one starts. */
function foldCluster(text: string, start: number, strip: boolean, output: Output): number {
  const end = Math.min(text.length, start + SEGMENT_UNITS_MAX);
  let index = start + unitsAt(text, start);
  while (index < end) {
    const kind = unitFold(text.charCodeAt(index), strip);
    if (kind === UNIT_DROPPED) index++;
    else if (kind < 0 && EXTENDER.test(String.fromCodePoint(text.codePointAt(index)!)))
      index += unitsAt(text, index);
    else break;
  }
  if (index - start === 2 && foldsToItself(text.codePointAt(start)!)) {
    push(output, text.charCodeAt(start), start);
    push(output, text.charCodeAt(start + 1), start + 1);
    return index;
  }
  const folded = foldSegment(text.slice(start, index), strip);
  if (folded.length === 0) output.moved = true;
  for (let i = 0; i < folded.length; i++) push(output, folded.charCodeAt(i), start);
  return index;
}

const unitsAt = (text: string, index: number): number => (text.codePointAt(index)! > 0xffff ? 2 : 1);
