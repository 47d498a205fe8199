import type { IssuePack } from '@foreshock/model/config';
import {
  AMOUNT,
  type Clause,
  GAP_WORDS_MAX,
  type Gap,
  parseIssuePhrase,
  WIDE_GAP_WORDS_MAX,
} from '@foreshock/model/issue-phrase';
import type { Cue, CueHit } from './cues.ts';
import { NEGATOR_FOLLOWS, negatorsOf, PSEUDO_NEGATIONS } from './negation.ts';

/** What a cue says about issues. */
export type IssueCue =
  | { readonly kind: 'part'; readonly part: number }
  | { readonly kind: 'negator'; readonly language: string }
  | { readonly kind: 'pseudo-negation' };

/** Words between a negator and what it negates: “no sign of a restock”, “haven’t even had a delivery date”. */
export const NEGATED_WORDS_MAX = 4;
/** A plain phrase is denied only from close by: “not sold out”, “isn’t completely broken”. */
const DENIED_WORDS_MAX = 1;
/** After the phrase: “kommt einfach nicht”. */
const FOLLOWING_WORDS_MAX = 2;
/** Clauses joined by `&` stand this near each other, in units of text: a tweet apart. */
const NEAR_UNITS_MAX = 280;
/** Places of one part that are looked at in one post. */
const PLACES_MAX = 8;
/** Sums are looked for in the beginning of a long post. */
const AMOUNT_UNITS_MAX = 2_000;

type PhraseKind = 'phrase' | 'negated' | 'except' | 'unless';

/** A clause with its parts numbered: equal parts of all packs are one. */
type NumberedClause = readonly { readonly part: number; readonly optional: boolean; readonly gap: Gap }[];

interface IssuePhrase {
  readonly kind: PhraseKind;
  readonly issue: string;
  readonly language: string;
  /** As the pack has it. */
  readonly text: string;
  readonly clauses: readonly NumberedClause[];
  readonly without: readonly NumberedClause[];
}

/** Why an issue was given: a phrase of its packs and where it stands in the folded text. */
export interface IssueReason {
  readonly issue: string;
  readonly phrase: string;
  readonly negated: boolean;
  readonly start: number;
  readonly end: number;
}

export interface IssueTable {
  readonly cues: readonly Cue<IssueCue>[];
  /** The issues that the cues of one post add up to, sorted. `text` is the folded text of the hits. */
  issuesOf(text: string, hits: readonly CueHit<IssueCue>[]): string[];
  /** Every phrase that gives an issue, in order of the packs. */
  reasonsOf(text: string, hits: readonly CueHit<IssueCue>[]): IssueReason[];
}

/** Compiles all packs; packs of one id are one issue. */
export function compileIssues(packs: readonly IssuePack[]): IssueTable {
  const numbers = new Map<string, number>();
  const spellings: (readonly string[])[] = [];
  // Phrases stand under their rarest part, told by its spellings: the other parts are looked for once it is there.
  const byPart: IssuePhrase[][] = [];
  for (const pack of packs) {
    const common = { issue: pack.id, language: primary(pack.language) };
    for (const [kind, phrases] of [
      ['phrase', pack.phrases],
      ['negated', pack.negated ?? []],
      ['except', pack.except ?? []],
      ['unless', pack.unless ?? []],
    ] as const)
      for (const text of phrases) {
        const parsed = parseIssuePhrase(text, pack.words);
        if (!parsed.ok) throw new Error(`issue pack ${pack.id}: “${text}” ${parsed.reason}`);
        const { clauses, without } = parsed.pattern;
        const phrase = {
          ...common,
          kind,
          text,
          clauses: clauses.map(numbered),
          without: without.map(numbered),
        };
        const parts = phrase.clauses.flatMap(neededParts);
        const key = parts.reduce((best, part) => (rarity(part) < rarity(best) ? part : best));
        byPart[key]!.push(phrase);
      }
  }
  const languages = new Set(['en', ...packs.map((pack) => primary(pack.language))]);
  const phrasesIn = (text: string, hits: readonly CueHit<IssueCue>[]): PhraseHit[] =>
    phraseHits({ byPart, amount: numbers.get(AMOUNT) }, text, hits);
  return {
    cues: [
      ...partCues(spellings.map((part) => part.filter((spelling) => spelling !== AMOUNT))),
      ...negationCues([...languages].sort()),
    ],
    issuesOf: (text, hits) => {
      const issues = new Set<string>();
      for (const hit of meantHits(text, hits, phrasesIn(text, hits))) issues.add(hit.phrase.issue);
      return [...issues].sort();
    },
    reasonsOf: (text, hits) =>
      [...meantHits(text, hits, phrasesIn(text, hits))].map(({ phrase, start, end }) => ({
        issue: phrase.issue,
        phrase: phrase.text,
        negated: phrase.kind === 'negated',
        start,
        end,
      })),
  };

  function numbered(clause: Clause): NumberedClause {
    return clause.map(({ spellings: all, optional, gap }) => ({ part: numberOf(all), optional, gap }));
  }

  function numberOf(part: readonly string[]): number {
    const key = part.join('\n');
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, spellings.length);
    byPart.push([]);
    return spellings.push(part) - 1;
  }

  /** Many spellings are hit often, and short words more often than long ones. */
  function rarity(part: number): number {
    return spellings[part]!.reduce((sum, text) => sum + 4 ** -Math.min(text.length, 12), 0);
  }
}

const neededParts = (clause: NumberedClause): number[] =>
  clause.filter(({ optional }) => !optional).map(({ part }) => part);

const primary = (language: string): string => language.toLowerCase().split(/[-_]/)[0]!;

function partCues(parts: readonly (readonly string[])[]): Cue<IssueCue>[] {
  return parts.flatMap((spellings, part) => {
    const meaning: IssueCue = { kind: 'part', part };
    return spellings.map((phrase) => ({ phrase, meaning }));
  });
}

function negationCues(languages: readonly string[]): Cue<IssueCue>[] {
  const negators = languages.flatMap((language) => {
    const meaning: IssueCue = { kind: 'negator', language };
    return [...negatorsOf(language)].map((phrase) => ({ phrase, meaning }));
  });
  const meaning: IssueCue = { kind: 'pseudo-negation' };
  return [...negators, ...PSEUDO_NEGATIONS.map((phrase) => ({ phrase, meaning }))];
}

interface Place {
  readonly start: number;
  readonly end: number;
}

interface PhraseHit extends Place {
  readonly phrase: IssuePhrase;
  /** What its `*` stand for. */
  readonly gaps: readonly Place[];
}

/** All phrases of the packs that stand in a post. */
function phraseHits(
  {
    byPart,
    amount,
  }: { readonly byPart: readonly (readonly IssuePhrase[])[]; readonly amount?: number | undefined },
  text: string,
  hits: readonly CueHit<IssueCue>[],
): PhraseHit[] {
  const places = new Map<number, Place[]>();
  if (amount !== undefined) {
    const sums = amountsIn(text);
    if (sums.length > 0) places.set(amount, sums);
  }
  for (const { meaning, start, end } of hits) {
    if (meaning.kind !== 'part') continue;
    const known = places.get(meaning.part);
    if (!known) places.set(meaning.part, [{ start, end }]);
    else if (known.length < PLACES_MAX) known.push({ start, end });
  }
  const found: PhraseHit[] = [];
  for (const part of places.keys())
    for (const phrase of byPart[part]!) {
      const { clauses, without } = phrase;
      if (!clauses.every((clause) => clause.every(({ part: one, optional }) => optional || places.has(one))))
        continue;
      for (const hit of clauseHits(clauses[0]!, text, places)) {
        const near = (clause: NumberedClause): boolean =>
          clauseHits(clause, text, places).some(
            (other) => other.start - hit.end <= NEAR_UNITS_MAX && hit.start - other.end <= NEAR_UNITS_MAX,
          );
        if (clauses.slice(1).every(near) && !without.some(near)) found.push({ phrase, ...hit });
      }
    }
  return found;
}

const SUM =
  /(?:[£$€]\s?\d[\d.,]*\d?k?)|\d[\d.,]*k?\s?(?:[£$€]|quid|pounds?|dollars?|euros?|bucks|pavos|reais|grand|usd|gbp|eur|pesos)(?![\p{L}\p{N}])/gu;

function amountsIn(text: string): Place[] {
  if (!/\d/.test(text)) return [];
  const found: Place[] = [];
  for (const sum of text.slice(0, AMOUNT_UNITS_MAX).matchAll(SUM)) {
    found.push({ start: sum.index, end: sum.index + sum[0].length });
    if (found.length >= PLACES_MAX) break;
  }
  return found;
}

/** Where the parts of a clause follow each other closely enough: once for each place of its first part. */
function clauseHits(
  clause: NumberedClause,
  text: string,
  places: ReadonlyMap<number, readonly Place[]>,
): (Place & { readonly gaps: readonly Place[] })[] {
  const first = places.get(clause[0]!.part) ?? [];
  if (clause.length === 1) return first.map((place) => ({ ...place, gaps: [] }));
  return first.flatMap(({ start, end }) => {
    const gaps: Place[] = [];
    let at = end;
    for (let index = 1; index < clause.length; index++) {
      const { part, optional, gap } = clause[index]!;
      const next = places
        .get(part)
        ?.find((place) => place.start >= at && bridges(text.slice(at, place.start), gap));
      if (!next && !optional) return [];
      if (!next) continue;
      if (gap !== 'none') gaps.push({ start: at, end: next.start });
      at = next.end;
    }
    return [{ start, end: at, gaps }];
  });
}

function bridges(between: string, gap: Gap): boolean {
  if (gap === 'wide') return countWithin(between, WIDE_GAP_WORDS_MAX);
  return wordsWithin(between, gap === 'near' ? GAP_WORDS_MAX : 0);
}

/** The hits that mean trouble: not taken back, and negated where they must be and only there. */
function* meantHits(
  text: string,
  hits: readonly CueHit<IssueCue>[],
  phrases: readonly PhraseHit[],
): Generator<PhraseHit> {
  if (phrases.length === 0) return;
  const pseudo = hits.filter((hit) => hit.meaning.kind === 'pseudo-negation');
  const negators = hits.flatMap(({ meaning, start, end }) =>
    meaning.kind === 'negator' && !pseudo.some((other) => overlaps({ start, end }, other))
      ? [{ start, end, language: meaning.language }]
      : [],
  );
  const excepts = phrases.filter((hit) => hit.phrase.kind === 'except');
  const others = new Set(phrases.flatMap(({ phrase }) => (phrase.kind === 'unless' ? [phrase.issue] : [])));
  for (const hit of phrases) {
    const { kind, issue } = hit.phrase;
    if (kind === 'except' || kind === 'unless' || others.has(issue)) continue;
    if (excepts.some((except) => takesBack(except, hit))) continue;
    const negated = negators.some(
      (negator) => negator.language === hit.phrase.language && negates(text, negator, hit),
    );
    if (negated === (hit.phrase.kind === 'negated')) yield hit;
  }
}

/**
 * An exception takes back the hits it touches, but not one that covers it and says more: “back in stock” is no
 * trouble, “when will it be back in stock” is; nor a negated one of the same words: “not back in stock”.
 */
function takesBack(except: PhraseHit, hit: PhraseHit): boolean {
  if (except.phrase.issue !== hit.phrase.issue || !overlaps(except, hit)) return false;
  const covered = hit.start <= except.start && hit.end >= except.end;
  const longer = hit.end - hit.start > except.end - except.start;
  return !(covered && (longer || hit.phrase.kind === 'negated'));
}

const overlaps = (a: Place, b: Place): boolean => a.start < b.end && b.start < a.end;

function negates(text: string, negator: Place & { readonly language: string }, hit: PhraseHit): boolean {
  const wide = hit.phrase.kind === 'negated';
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

const CLAUSE_END = /[.!?;\n()]| but | however | although | though /;

/** True where at most `max` words and no end of a clause lie in `between`. */
const wordsWithin = (between: string, max: number): boolean =>
  countWithin(between, max) && !CLAUSE_END.test(between);

function countWithin(between: string, max: number): boolean {
  if (between.length > 4 + max * 20) return false;
  const words = between.match(/[^\s,:"()…-]+/g);
  return words === null || words.length <= max;
}
