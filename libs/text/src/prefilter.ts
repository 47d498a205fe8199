import type { Watch } from '@foreshock/model/config';
import { BOUNDARY_STATE, buildAutomaton, DEEP, stepDeep } from './automaton.ts';
import { compilePhrase, type PatternKind } from './phrase.ts';
import { DROPPED, rawClass, SPECIAL, UNKNOWN } from './scanner.ts';
import { foldsToItself } from './unit-fold.ts';
import { formsIn } from './word-forms.ts';
import { createWordGate, decode, type WordGate } from './word-gate.ts';

/** False only where the record cannot match any of the watches, so that it need not be parsed. */
export type Prefilter = (bytes: Uint8Array) => boolean;

/**
 * Judges the UTF-8 bytes of a mention’s JSON. It reads only the string values of the keys that matching reads, with
 * the automaton of the phrases of which a watch needs at least one. Whatever it does not understand for certain is
 * let through: another `op` than create and announce, an escape by number (a key might be spelt with it), a value
 * that is no string, broken UTF-8, characters that fold together with their neighbours.
 */
export function compilePrefilter(watches: readonly Pick<Watch, 'any' | 'forms' | 'languages'>[]): Prefilter {
  const words = new Set<string>();
  const links = new Set<string>();
  const add = (kind: PatternKind, text: string): void => void (kind === 'link' ? links : words).add(text);
  for (const watch of watches) {
    const forms = watch.forms ? formsIn(watch.languages) : undefined;
    for (const phrase of watch.any)
      for (const { kind, text } of compilePhrase(phrase, forms).patterns) add(kind, text);
  }
  const inText = createByteReader([...new Set([...words, ...links])]);
  const inLinks = links.size > 0 ? createByteReader([...links]) : undefined;

  return (bytes) => {
    const record = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (!JUDGED.some((start) => startsWith(record, start))) return true;
    if (record.indexOf(NUMBERED_ESCAPE) !== -1) return true;
    for (const key of TEXT_KEYS) if (mayHold(record, key, inText, BARE)) return true;
    // A tag’s name may lack its sign, which matching adds.
    if (mayHold(record, NAME_KEY, inText, SIGNED)) return true;
    if (inLinks) for (const key of LINK_KEYS) if (mayHold(record, key, inLinks, BARE)) return true;
    return false;
  };
}

const JUDGED = ['create', 'announce'].map((op) => [...Buffer.from(`{"op":"${op}",`)]);
const NUMBERED_ESCAPE = Buffer.from('\\u');
// Keys without their opening quote: a search for a quote stops at every string of the record.
const TEXT_KEYS = ['content"', 'summary"'].map((key) => Buffer.from(key));
const NAME_KEY = Buffer.from('name"');
const LINK_KEYS = ['url"', 'href"'].map((key) => Buffer.from(key));
const BARE: readonly string[] = [''];
const SIGNED: readonly string[] = ['', '#', '@'];

const startsWith = (record: Buffer, start: readonly number[]): boolean =>
  start.every((byte, index) => record[index] === byte);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Within a string every quote is escaped, so that `"content"` can only be a key, or a value, which is let through. */
function mayHold(record: Buffer, key: Buffer, reader: ByteReader, before: readonly string[]): boolean {
  for (let at = record.indexOf(key); at !== -1; at = record.indexOf(key, at)) {
    const isWhole = record[at - 1] === QUOTE;
    at += key.length;
    if (!isWhole) continue;
    if (record[at] !== COLON || record[at + 1] !== QUOTE) return true;
    if (!reader.gate.mayHoldString(record, at + 2)) continue;
    for (const sign of before) if (reader.read(record, at + 2, sign)) return true;
  }
  return false;
}

/** `read` is true where the JSON string that starts at `from` may hold a pattern with `before` in front of it. */
interface ByteReader {
  /** What it refuses need not be read. */
  readonly gate: WordGate;
  read(record: Buffer, from: number, before: string): boolean;
}

/** What stands for itself after a backslash, and what for another character. */
const ESCAPES: ReadonlyMap<number, number> = new Map(
  [...'"\\/']
    .map((character): [number, number] => [character.charCodeAt(0), character.charCodeAt(0)])
    .concat([
      [0x62, 0x08],
      [0x66, 0x0c],
      [0x6e, 0x0a],
      [0x72, 0x0d],
      [0x74, 0x09],
    ]),
);

function createByteReader(patterns: readonly string[]): ByteReader {
  const automaton = buildAutomaton(patterns);
  const { rows, rowShift, denseStates, spaced } = automaton;
  const denseMarked = denseStates * 2;
  const classes = new Uint16Array(0x10000).fill(UNKNOWN);
  // Classes of single bytes. Whatever is not a plain ASCII character is special.
  const bytes = new Uint16Array(0x100).fill(UNKNOWN);
  for (let byte = 0; byte < 0x80; byte++)
    if (byte !== QUOTE && byte !== BACKSLASH) bytes[byte] = classOf(byte);

  return { gate: createWordGate(patterns), read };

  function read(record: Buffer, from: number, before: string): boolean {
    const { length } = record;
    let state = BOUNDARY_STATE * 2;
    for (const sign of before) state = next(state, classOf(sign.charCodeAt(0)));
    for (let i = from; i < length; i++) {
      let now = bytes[record[i]!]!;
      if (now >= SPECIAL) {
        const byte = record[i]!;
        if (byte === QUOTE) return false;
        if (byte === BACKSLASH) {
          const plain = ESCAPES.get(record[++i] ?? 0);
          if (plain === undefined) return true;
          now = classOf(plain);
        } else {
          const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
          const codePoint = decode(record, i, size);
          if (codePoint < 0) return true;
          i += size - 1;
          if (size < 4) now = classOf(codePoint);
          else if (foldsToItself(codePoint)) {
            const character = String.fromCodePoint(codePoint);
            state = next(state, automaton.columns[character.charCodeAt(0)]!);
            now = automaton.columns[character.charCodeAt(1)]!;
          } else return true;
        }
        if (now === DROPPED) continue;
        if (now >= SPECIAL) return true;
      }
      const to = state < denseMarked ? rows[((state >> 1) << rowShift) + now]! : DEEP;
      state = to === DEEP ? stepDeep(automaton, state >> 1, now) : to;
      // A pattern that ends with a letter is none where the word goes on; only plain letters are looked at.
      if ((state & 1) === 1 && !(spaced[now]! && goesOn(record[i + 1] ?? QUOTE))) return true;
    }
    // The string does not end: whoever parses this shall say so.
    return true;
  }

  function goesOn(byte: number): boolean {
    const after = bytes[byte]!;
    return after < SPECIAL && spaced[after]!;
  }

  function classOf(unit: number): number {
    if (classes[unit] === UNKNOWN) classes[unit] = rawClass(automaton, unit);
    return classes[unit]!;
  }

  function next(state: number, now: number): number {
    const to = state < denseMarked ? rows[((state >> 1) << rowShift) + now]! : DEEP;
    return to === DEEP ? stepDeep(automaton, state >> 1, now) : to;
  }
}
