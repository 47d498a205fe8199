import { isLetter, isSeparator, isSpacedLetter } from './characters.ts';
import { foldText } from './fold.ts';
import { unitBefore, unitFrom } from './scanner.ts';

/** What a pattern must stand in to count. */
export type PatternKind = 'words' | 'hashtag' | 'handle' | 'link';

export interface Pattern {
  readonly kind: PatternKind;
  /** Folded, separator runs as one space. */
  readonly text: string;
}

/** A phrase as configured, ready for the automaton: a post has it where any of its patterns hits. */
export interface Phrase {
  /** Folded: what a match reports. */
  readonly name: string;
  readonly patterns: readonly Pattern[];
}

const LINK = /^(?:https?:\/\/)?(?:www\.)?((?:[\p{L}\p{N}][\p{L}\p{N}-]*\.)+\p{L}{2,}(?::\d+)?)(\/\S*)?$/u;

/** What a match calls a phrase: folded, with single spaces. */
export const phraseName = (phrase: string): string => foldText(phrase).trim().replace(/\s+/g, ' ');

/**
 * `#tag` is that hashtag and no other; `@handle` that handle; `host.example/path` a link to it, subdomains and
 * longer paths included; anything else is words, which a hashtag of the same letters run together says too. A
 * hyphen in words may be written, left out, or be a space.
 */
export function compilePhrase(phrase: string, forms?: Forms): Phrase {
  if (!forms && PLAIN.test(phrase)) return { name: phrase, patterns: plainPatterns(phrase) };
  const name = phraseName(phrase);
  const joined = name.replace(/[^\p{L}\p{N}\p{M}_]+/gu, '');
  if (name.startsWith('#') && joined !== '')
    return { name, patterns: [{ kind: 'hashtag', text: `#${joined}` }] };
  if (name.startsWith('@') && joined !== '')
    return { name, patterns: [{ kind: 'handle', text: spaced(name) }] };
  const link = LINK.exec(name);
  const patterns: Pattern[] = [];
  if (link) patterns.push({ kind: 'link', text: spaced(link[1]! + (link[2] ?? '').replace(/\/+$/, '')) });
  if (!link || !name.includes('/')) patterns.push(...inflected(name, forms).flatMap(wordPatterns));
  const seen = new Set<string>();
  return {
    name,
    patterns: patterns.filter(
      ({ kind, text }) => text !== '' && !seen.has(kind + text) && seen.add(kind + text),
    ),
  };
}

/** Lower-case words with single spaces, as packs hold them by the ten thousand: nothing to fold, nothing but words. */
const PLAIN = /^[a-z']+(?: [a-z']+)*$/;

function plainPatterns(phrase: string): Pattern[] {
  const patterns: Pattern[] = [{ kind: 'words', text: phrase }];
  if (!/[ ']/.test(phrase)) return patterns;
  const words = phrase.split(/[ ']+/).filter((word) => word !== '');
  if (words.length > 1)
    for (const glue of ['', '_']) patterns.push({ kind: 'hashtag', text: `#${words.join(glue)}` });
  return patterns;
}

/** Forms of a word, itself among them. */
export type Forms = (word: string) => readonly string[];
/** Spellings that the forms of the words of one phrase may come to; of more, the forms of its last words are left out. */
const INFLECTED_MAX = 256;

function inflected(name: string, forms: Forms | undefined): string[] {
  if (!forms) return [name];
  let found = [''];
  for (const piece of name.split(/([\p{L}\p{N}\p{M}]+)/u)) {
    const spellings = /^\p{L}/u.test(piece) ? forms(piece) : [piece];
    const kept = found.length * spellings.length <= INFLECTED_MAX ? spellings : [piece];
    found = found.flatMap((before) => kept.map((spelling) => before + spelling));
  }
  return found;
}

function wordPatterns(name: string): Pattern[] {
  const words = name.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => word !== '');
  const patterns: Pattern[] = [
    { kind: 'words', text: spaced(name) },
    { kind: 'words', text: spaced(name.replace(/(?<=\S)-+(?=\S)/g, '')) },
  ];
  if (words.length < 2) return patterns;
  for (const glue of ['', '_']) patterns.push({ kind: 'hashtag', text: `#${words.join(glue)}` });
  return patterns;
}

function spaced(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (!isSeparator(text.charCodeAt(i))) out += text[i];
    else if (!out.endsWith(' ')) out += ' ';
  }
  return out.trim();
}

/** Whether a hit of a pattern counts: `text.slice(start, end)` is what it hit. Words need no more than a boundary. */
export function hitCounts(kind: PatternKind, text: string, start: number, end: number): boolean {
  if (kind === 'words') return true;
  const before = unitBefore(text, start);
  const after = unitFrom(text, end);
  if (after === UNDERSCORE || (kind !== 'link' && isLetter(after))) return false;
  if (kind === 'hashtag')
    return !isSpacedLetter(before) && before !== UNDERSCORE && before !== SLASH && before !== AMPERSAND;
  if (/\s/.test(text.slice(start, end))) return false;
  if ((after === DOT || after === HYPHEN) && isLetter(unitFrom(text, end + 1)) && kind === 'handle')
    return false;
  if (kind === 'handle') return !isLetter(before) && before !== UNDERSCORE && before !== DOT;
  return linkCounts(text, start, end, after);
}

const UNDERSCORE = 0x5f;
const SLASH = 0x2f;
const AMPERSAND = 0x26;
const DOT = 0x2e;
const HYPHEN = 0x2d;
const HOST_UNITS_MAX = 253;

/** The hit must be the end of a host (and what of the path the phrase names), not a part of a path or an address. */
function linkCounts(text: string, start: number, end: number, after: number): boolean {
  if (isLetter(after) || after === HYPHEN) return false;
  const withPath = text.slice(start, end).includes('/');
  if (!withPath && after === DOT && isLetter(unitFrom(text, end + 1))) return false;
  if (start > 0 && isHostUnit(text.charCodeAt(start - 1)) && text.charCodeAt(start - 1) !== DOT) return false;
  let host = start;
  while (host > 0 && start - host <= HOST_UNITS_MAX && isHostUnit(text.charCodeAt(host - 1))) host--;
  if (host === 0) return true;
  if (text.charCodeAt(host - 1) === SLASH) return text.charCodeAt(host - 2) === SLASH;
  return !'@=?&#%:_~+'.includes(text[host - 1]!);
}

const isHostUnit = (unit: number): boolean => unit === DOT || unit === HYPHEN || isLetter(unit);
