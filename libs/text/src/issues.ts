import type { IssuePack } from '@foreshock/model/config';
import type { Cue, CueHit } from './cues.ts';
import { NEGATOR_FOLLOWS, negatorsOf, PSEUDO_NEGATIONS } from './negation.ts';

/** What a cue says about issues. */
export type IssueCue =
  | IssuePhraseCue
  | { readonly kind: 'negator'; readonly language: string }
  | { readonly kind: 'pseudo-negation' };

interface IssuePhraseCue {
  readonly kind: 'phrase' | 'negated' | 'except';
  readonly issue: string;
  readonly language: string;
  /** Set where this is one part of a phrase with gaps; parts of one phrase share the object. */
  readonly gapped?: { readonly parts: number };
  readonly part?: number;
}

/** Words between a negator and what it negates: “no sign of a restock”, “haven’t even had a delivery date”. */
export const NEGATED_WORDS_MAX = 4;
/** A plain phrase is denied only from close by: “not sold out”, “isn’t completely broken”. */
const DENIED_WORDS_MAX = 1;
/** After the phrase: “kommt einfach nicht”. */
const FOLLOWING_WORDS_MAX = 2;
/** Words that a `*` in a phrase may stand for. */
export const GAP_WORDS_MAX = 3;

/**
 * Cues of all packs; packs of one id are one issue. In a pack’s phrase a `*` stands for up to three words within a
 * clause: “order * cancelled”.
 */
export function issueCues(packs: readonly IssuePack[]): Cue<IssueCue>[] {
  const cues: Cue<IssueCue>[] = [];
  const languages = new Set<string>(['en']);
  for (const pack of packs) {
    const language = primary(pack.language);
    languages.add(language);
    for (const [kind, phrases] of [
      ['phrase', pack.phrases],
      ['negated', pack.negated ?? []],
      ['except', pack.except ?? []],
    ] as const) {
      const whole: IssueCue = { kind, issue: pack.id, language };
      for (const phrase of phrases) {
        const parts = phrase.split(/\s+\*\s+/);
        const gapped = { parts: parts.length };
        if (parts.length === 1) cues.push({ phrase, meaning: whole });
        else
          parts.forEach(
            (text, part) => void cues.push({ phrase: text, meaning: { ...whole, gapped, part } }),
          );
      }
    }
  }
  for (const language of [...languages].sort()) {
    const meaning: IssueCue = { kind: 'negator', language };
    for (const phrase of negatorsOf(language)) cues.push({ phrase, meaning });
  }
  const meaning: IssueCue = { kind: 'pseudo-negation' };
  for (const phrase of PSEUDO_NEGATIONS) cues.push({ phrase, meaning });
  return cues;
}

const primary = (language: string): string => language.toLowerCase().split(/[-_]/)[0]!;

interface Place {
  readonly start: number;
  readonly end: number;
}

interface PhraseHit extends Place {
  readonly kind: 'phrase' | 'negated' | 'except';
  readonly issue: string;
  readonly language: string;
  /** What its `*` stand for. */
  readonly gaps: readonly Place[];
}

/** The issues that the cues of one post add up to, sorted. `text` is the folded text of the hits. */
export function issuesOf(text: string, hits: readonly CueHit<IssueCue>[]): string[] {
  const phrases = phraseHits(text, hits);
  if (phrases.length === 0) return [];
  const pseudo = hits.filter((hit) => hit.meaning.kind === 'pseudo-negation');
  const negators = hits.flatMap(({ meaning, start, end }) =>
    meaning.kind === 'negator' && !pseudo.some((other) => overlaps({ start, end }, other))
      ? [{ start, end, language: meaning.language }]
      : [],
  );
  const excepts = phrases.filter((hit) => hit.kind === 'except');
  const issues = new Set<string>();
  for (const hit of phrases) {
    if (hit.kind === 'except' || issues.has(hit.issue) || excepts.some((except) => takesBack(except, hit)))
      continue;
    const negated = negators.some(
      (negator) => negator.language === hit.language && negates(text, negator, hit),
    );
    if (negated === (hit.kind === 'negated')) issues.add(hit.issue);
  }
  return [...issues].sort();
}

/** Whole phrases, and those with gaps whose parts follow each other closely enough. */
function phraseHits(text: string, hits: readonly CueHit<IssueCue>[]): PhraseHit[] {
  const found: PhraseHit[] = [];
  // For each phrase with gaps the way so far: which part was seen last, where it ended, where the first one began.
  const open = new Map<object, Way[]>();
  for (const { meaning, start, end } of hits) {
    if (meaning.kind === 'negator' || meaning.kind === 'pseudo-negation') continue;
    const { kind, issue, language, gapped, part } = meaning;
    if (gapped === undefined || part === undefined) {
      found.push({ kind, issue, language, start, end, gaps: [] });
      continue;
    }
    const ways = open.get(gapped) ?? [];
    if (part === 0) ways.push({ part, start, end, gaps: [] });
    else
      for (const way of ways)
        if (
          way.part === part - 1 &&
          way.end <= start &&
          wordsWithin(text.slice(way.end, start), GAP_WORDS_MAX)
        ) {
          way.gaps.push({ start: way.end, end: start });
          way.part = part;
          way.end = end;
          if (part === gapped.parts - 1)
            found.push({ kind, issue, language, start: way.start, end, gaps: way.gaps });
        }
    open.set(gapped, ways.slice(-WAYS_MAX));
  }
  return found;
}

/** One beginning of a phrase with gaps: its last part so far and where that ends. */
interface Way {
  part: number;
  readonly start: number;
  end: number;
  readonly gaps: Place[];
}

/** Beginnings of one phrase with gaps that are followed at a time. */
const WAYS_MAX = 8;

/**
 * An exception takes back the hits it touches, but not one that covers it and says more: “back in stock” is no
 * trouble, “when will it be back in stock” is; nor a negated one of the same words: “not back in stock”.
 */
function takesBack(except: PhraseHit, hit: PhraseHit): boolean {
  if (except.issue !== hit.issue || !overlaps(except, hit)) return false;
  const covered = hit.start <= except.start && hit.end >= except.end;
  const longer = hit.end - hit.start > except.end - except.start;
  return !(covered && (longer || hit.kind === 'negated'));
}

const overlaps = (a: Place, b: Place): boolean => a.start < b.end && b.start < a.end;

function negates(text: string, negator: Place & { readonly language: string }, hit: PhraseHit): boolean {
  const wide = hit.kind === 'negated';
  if (negator.end <= hit.start) {
    const between = text.slice(negator.end, hit.start);
    if (!wordsWithin(between, wide ? NEGATED_WORDS_MAX : DENIED_WORDS_MAX)) return false;
    // “No it’s sold out” denies something else.
    return wide || !/\b(?:it'?s|i'?m|they'?re|you'?re)\b/.test(between);
  }
  // “Order was not cancelled” denies “order * cancelled”; a phrase that names its negator itself is not denied by it.
  if (hit.gaps.some((gap) => overlaps(negator, gap))) return true;
  if (!wide || !NEGATOR_FOLLOWS.has(negator.language) || negator.start < hit.end) return false;
  return wordsWithin(text.slice(hit.end, negator.start), FOLLOWING_WORDS_MAX);
}

const CLAUSE_END = /[.!?;\n"()]| but | however | although | though /;

/** True where at most `max` words and no end of a clause lie in `between`. */
function wordsWithin(between: string, max: number): boolean {
  if (between.length > 80 || CLAUSE_END.test(between)) return false;
  const words = between.match(/[^\s,:-]+/g);
  return words === null || words.length <= max;
}
