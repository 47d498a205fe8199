import type { IssuePack } from '@foreshock/model/config';
import { type Clause, FIGURES, parseIssuePhrase } from '@foreshock/model/issue-phrase';
import type { Cue, CueHits } from './cues.ts';
import { createJudge } from './issue-negation.ts';
import {
  createPhraseFinder,
  type IssuePhrase,
  type NumberedClause,
  type PhraseHit,
} from './issue-phrases.ts';
import { negatorsOf, PSEUDO_NEGATIONS } from './negation.ts';

/** Why an issue was given: a phrase of its packs and where it stands in the folded text. */
export interface IssueReason {
  readonly issue: string;
  readonly phrase: string;
  readonly negated: boolean;
  readonly start: number;
  readonly end: number;
}

/** Packs compiled. Serves one call at a time. */
export interface IssueTable {
  readonly cues: readonly Cue[];
  /** Cue numbers are below this. */
  readonly cueCount: number;
  /** The issues that the cues of one post add up to, sorted. */
  issuesOf(hits: CueHits): string[];
  /** Every phrase that gives an issue. */
  reasonsOf(hits: CueHits): IssueReason[];
  /** How many words of a post deny something. */
  negationsIn(hits: CueHits): number;
}

/** Compiles all packs; packs of one id are one issue. */
export function compileIssues(packs: readonly IssuePack[]): IssueTable {
  const parts = createPartNumbers();
  const phrases = packs.flatMap((pack) => phrasesOf(pack, parts));
  const languages = [...new Set(['en', ...packs.map((pack) => primary(pack.language))])].sort();
  const firstNegator = parts.spellings.length;
  const pseudo = firstNegator + languages.length;
  const cues: Cue[] = [
    ...parts.spellings.flatMap((all, cue) =>
      all.filter((phrase) => !FIGURE_NAMES.has(phrase)).map((phrase) => ({ phrase, cue })),
    ),
    ...languages.flatMap((language, index) =>
      [...negatorsOf(language)].map((phrase) => ({ phrase, cue: firstNegator + index })),
    ),
    ...PSEUDO_NEGATIONS.map((phrase) => ({ phrase, cue: pseudo })),
  ];
  const find = createPhraseFinder(phrases, parts);
  const judge = createJudge({ firstNegator, pseudo, languages });
  const meant = (hits: CueHits): PhraseHit[] => {
    const found = find(hits);
    return found.length === 0 ? found : judge(hits, found);
  };
  return {
    cues,
    cueCount: pseudo + 1,
    issuesOf: (hits) => [...new Set(meant(hits).map(({ phrase }) => phrase.issue))].sort(),
    reasonsOf: (hits) =>
      meant(hits).map(({ phrase, start, end }) => ({
        issue: phrase.issue,
        phrase: phrase.text,
        negated: phrase.kind === 'negated',
        start,
        end,
      })),
    negationsIn: ({ count, cue }) => {
      let sum = 0;
      for (let hit = 0; hit < count; hit++) if (cue[hit]! >= firstNegator && cue[hit]! < pseudo) sum++;
      return sum;
    },
  };
}

const FIGURE_NAMES: ReadonlySet<string> = new Set(FIGURES);
const primary = (language: string): string => language.toLowerCase().split(/[-_]/)[0]!;

/** Parts of all packs, numbered: equal ones are one. */
export interface PartNumbers {
  readonly spellings: readonly (readonly string[])[];
  numberOf(part: readonly string[]): number;
}

function createPartNumbers(): PartNumbers {
  const numbers = new Map<string, number>();
  const spellings: (readonly string[])[] = [];
  return {
    spellings,
    numberOf(part) {
      const key = part.join('\n');
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, spellings.length);
      return spellings.push(part) - 1;
    },
  };
}

function phrasesOf(pack: IssuePack, parts: PartNumbers): IssuePhrase[] {
  const language = primary(pack.language);
  const numbered = (clause: Clause): NumberedClause =>
    clause.map(({ spellings, optional, gap }) => ({ part: parts.numberOf(spellings), optional, gap }));
  return (
    [
      ['phrase', pack.phrases],
      ['negated', pack.negated ?? []],
      ['except', pack.except ?? []],
      ['unless', pack.unless ?? []],
    ] as const
  ).flatMap(([kind, phrases]) =>
    phrases.map((text) => {
      const parsed = parseIssuePhrase(text, pack.words);
      if (!parsed.ok) throw new Error(`issue pack ${pack.id}: “${text}” ${parsed.reason}`);
      const { clauses, without } = parsed.pattern;
      return {
        kind,
        issue: pack.id,
        language,
        text,
        clauses: clauses.map(numbered),
        without: without.map(numbered),
      };
    }),
  );
}
