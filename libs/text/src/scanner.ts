import {
  type Automaton,
  BOUNDARY_STATE,
  buildAutomaton,
  DEEP,
  LETTER_COLUMN,
  OTHER_COLUMN,
  SEPARATOR_COLUMN,
  stepDeep,
} from './automaton.ts';
import { isSeparator, isSpacedLetter } from './characters.ts';
import { type Folded, fold } from './fold.ts';
import { foldsToItself, UNIT_DROPPED, UNIT_HIGH_SURROGATE, unitFold } from './unit-fold.ts';
import { unitsOf } from './units.ts';

/**
 * Finds all patterns in a text in one pass. The pass runs over the text as it stands while every character folds
 * by itself, which nearly all do; else over the folded text. Both give the same hits.
 */
export interface Scanner {
  /** Tells `sink` every hit, in the order of their ends, and returns the text that their positions refer to. */
  scan(text: string, sink: HitSink): Folded;
  /** The start of a hit of `pattern` that ends at `end` of the scanned text. */
  startOf(scanned: string, pattern: number, end: number): number;
}

export interface HitSink {
  /** Pattern number `pattern` ends at `end` of `scanned`. */
  hit(pattern: number, end: number, scanned: string): void;
  /** The text turned out to need folding: forget its hits, they come again. */
  restart(): void;
}

// The class of a unit is its column, or one of these.
export const SPECIAL = 0xfffc;
const SURROGATE = 0xfffc;
export const DROPPED = 0xfffd;
const COMPLEX = 0xfffe;
export const UNKNOWN = 0xffff;

/** Compiles `patterns`: folded and distinct, each separator run written as one space. */
export function createScanner(patterns: readonly string[]): Scanner {
  const automaton = buildAutomaton(patterns);
  const { rows, rowShift, denseStates, ends, nextEnd, columns, spaced } = automaton;
  const denseMarked = denseStates * 2;
  const rawClasses = new Uint16Array(0x10000).fill(UNKNOWN);
  const foldedClasses = new Uint16Array(0x10000).fill(UNKNOWN);
  return {
    scan(text, sink) {
      const units = unitsOf(text);
      if (run(text, units, rawClasses, sink)) return { text };
      sink.restart();
      const scanned = fold(text);
      run(scanned.text, unitsOf(scanned.text), foldedClasses, sink);
      return scanned;
    },
    startOf: (scanned, pattern, end) => startOf(scanned, patterns[pattern]!, end),
  };

  /** False where the text must be folded first. */
  function run(text: string, units: Uint16Array, classes: Uint16Array, sink: HitSink): boolean {
    const length = text.length;
    // A marked state: twice the state, plus 1 where a pattern ends.
    let state = BOUNDARY_STATE * 2;
    for (let i = 0; i < length; i++) {
      let now = classes[units[i]!]!;
      if (now >= SPECIAL) {
        if (now === UNKNOWN) now = learn(units[i]!, classes);
        if (now === SURROGATE) now = surrogateClass(text, i);
        if (now === COMPLEX) return false;
        if (now === DROPPED) continue;
      }
      const next = state < denseMarked ? rows[((state >> 1) << rowShift) + now]! : DEEP;
      state = next === DEEP ? stepDeep(automaton, state >> 1, now) : next;
      if ((state & 1) === 1) report(text, i + 1, state >> 1, spaced[now]!, sink);
    }
    return true;
  }

  function report(text: string, end: number, from: number, inWord: boolean, sink: HitSink): void {
    if (inWord && isSpacedLetter(unitFrom(text, end))) return;
    for (let state = from; state !== 0; state = nextEnd[state]!)
      if (ends[state] !== 0) sink.hit(ends[state]! - 1, end, text);
  }

  function learn(unit: number, classes: Uint16Array): number {
    classes[unit] = classes === rawClasses ? rawClass(automaton, unit) : foldedClass(automaton, unit);
    return classes[unit]!;
  }

  /** Class of the high surrogate at `i`: complex unless the character is left alone by folding. */
  function surrogateClass(text: string, i: number): number {
    const codePoint = text.codePointAt(i)!;
    if (codePoint > 0xffff && !foldsToItself(codePoint)) return COMPLEX;
    return columns[text.charCodeAt(i)]!;
  }
}

function foldedClass({ columns }: Automaton, unit: number): number {
  if (isSeparator(unit)) return SEPARATOR_COLUMN;
  return columns[unit] || (isSpacedLetter(unit) ? LETTER_COLUMN : OTHER_COLUMN);
}

/** The class of a unit in a text that is not folded yet. */
export function rawClass(automaton: Automaton, unit: number): number {
  const folded = unitFold(unit, true);
  if (folded >= 0) return foldedClass(automaton, folded);
  if (folded === UNIT_HIGH_SURROGATE) return SURROGATE;
  return folded === UNIT_DROPPED ? DROPPED : COMPLEX;
}

/** The folded unit of the first character at or after `index` that is not dropped; 0 at the end. */
export function unitFrom(text: string, index: number): number {
  for (let i = index; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const folded = unitFold(unit, true);
    if (folded !== UNIT_DROPPED) return folded >= 0 ? folded : unit;
  }
  return 0;
}

/** The folded unit of the last character before `index` that is not dropped; 0 at the start. */
export function unitBefore(text: string, index: number): number {
  for (let i = index - 1; i >= 0; i--) {
    const unit = text.charCodeAt(i);
    const folded = unitFold(unit, true);
    if (folded !== UNIT_DROPPED) return folded >= 0 ? folded : unit;
  }
  return 0;
}

/** Walks back over `pattern` from its end, a run of separators counting as one and dropped characters as none. */
function startOf(text: string, pattern: string, end: number): number {
  let index = end;
  for (let i = pattern.length - 1; i >= 0; i--) {
    index = skipDropped(text, index) - 1;
    if (!isSeparator(pattern.charCodeAt(i))) continue;
    for (;;) {
      const before = skipDropped(text, index);
      const unit = before > 0 ? unitFold(text.charCodeAt(before - 1), true) : -1;
      if (unit < 0 || !isSeparator(unit)) break;
      index = before - 1;
    }
  }
  return index;
}

function skipDropped(text: string, index: number): number {
  while (index > 0 && unitFold(text.charCodeAt(index - 1), true) === UNIT_DROPPED) index--;
  return index;
}
