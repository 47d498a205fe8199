import type { IssuePack } from '@foreshock/model/config';
import type { Cue, CueHit } from './cues.ts';
import { NEGATOR_FOLLOWS, negatorsOf, PSEUDO_NEGATIONS } from './negation.ts';

/** What a cue says about issues. */
export type IssueCue =
  | { readonly kind: 'phrase' | 'negated' | 'except'; readonly issue: string; readonly language: string }
  | { readonly kind: 'negator'; readonly language: string }
  | { readonly kind: 'pseudo-negation' };

/** Words between a negator and what it negates: “no sign of a restock”, “haven’t even had a delivery date”. */
export const NEGATED_WORDS_MAX = 4;
/** A plain phrase is denied only from close by: “not sold out”, “isn’t completely broken”. */
const DENIED_WORDS_MAX = 1;
/** After the phrase: “kommt einfach nicht”. */
const FOLLOWING_WORDS_MAX = 2;

/** Cues of all packs; packs of one id are one issue. */
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
      const meaning: IssueCue = { kind, issue: pack.id, language };
      for (const phrase of phrases) cues.push({ phrase, meaning });
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

/** The issues that the cues of one post add up to, sorted. `text` is the folded text of the hits. */
export function issuesOf(text: string, hits: readonly CueHit<IssueCue>[]): string[] {
  const pseudo = hits.filter((hit) => hit.meaning.kind === 'pseudo-negation');
  const negators = hits.filter(
    (hit) => hit.meaning.kind === 'negator' && !pseudo.some((other) => overlaps(hit, other)),
  );
  const issues = new Set<string>();
  for (const hit of hits) {
    const { meaning } = hit;
    if (meaning.kind !== 'phrase' && meaning.kind !== 'negated') continue;
    if (issues.has(meaning.issue) || takenBack(hit, hits)) continue;
    const negated = negators.some(
      (negator) =>
        negator.meaning.kind === 'negator' &&
        negator.meaning.language === meaning.language &&
        negates(text, negator, hit, meaning.kind === 'negated'),
    );
    if (negated === (meaning.kind === 'negated')) issues.add(meaning.issue);
  }
  return [...issues].sort();
}

/** An exception takes back the hits it covers; a hit that reaches beyond it says more than the exception. */
function takenBack(hit: CueHit<IssueCue>, hits: readonly CueHit<IssueCue>[]): boolean {
  const { meaning } = hit;
  return (
    'issue' in meaning &&
    hits.some(
      ({ meaning: other, start, end }) =>
        other.kind === 'except' &&
        other.issue === meaning.issue &&
        overlaps(hit, { start, end }) &&
        !(meaning.kind === 'negated' && hit.start <= start && hit.end >= end),
    )
  );
}

const overlaps = (a: Place, b: Place): boolean => a.start < b.end && b.start < a.end;
interface Place {
  readonly start: number;
  readonly end: number;
}

function negates(text: string, negator: CueHit<IssueCue>, hit: CueHit<IssueCue>, wide: boolean): boolean {
  if (negator.end <= hit.start) {
    const between = text.slice(negator.end, hit.start);
    return (
      wordsWithin(between, wide ? NEGATED_WORDS_MAX : DENIED_WORDS_MAX) &&
      (wide || !/\bit'?s\b|\bi'?m\b/.test(between))
    );
  }
  const language = 'language' in negator.meaning ? negator.meaning.language : '';
  if (!wide || !NEGATOR_FOLLOWS.has(language) || negator.start < hit.end) return false;
  return wordsWithin(text.slice(hit.end, negator.start), FOLLOWING_WORDS_MAX);
}

const CLAUSE_END = /[.!?;:\n"()]| but | however | although | though /;

/** True where at most `max` words and no end of a clause lie in `between`. */
function wordsWithin(between: string, max: number): boolean {
  if (between.length > 80 || CLAUSE_END.test(between)) return false;
  const words = between.match(/[^\s,-]+/g);
  return words === null || words.length <= max;
}
