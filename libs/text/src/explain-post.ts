import type { IssuePack, Watch } from '@foreshock/model/config';
import { inputOfPost, type PostRecord } from './analyze.ts';
import { createCueScanner } from './cues.ts';
import { compileIssues } from './issues.ts';
import { languageOf } from './language.ts';
import { type MatchField, type MatchInput, visitFields } from './match-fields.ts';
import { compileMatcher, type MatchExplanation } from './matcher.ts';
import { phraseName } from './phrase.ts';
import type { PhraseRole } from './phrase-table.ts';
import { tokenize } from './tokens.ts';

/** Why a watch has a post, or has not. */
export interface WatchVerdict {
  readonly watch: string;
  readonly matched: boolean;
  /** The first rule that refused it: `any` where it has no phrase, `all` where one is missing. */
  readonly refusedBy?: NonNullable<MatchExplanation['refusedBy']>;
  readonly phrases: readonly {
    readonly phrase: string;
    readonly role: PhraseRole;
    readonly field: MatchField;
    readonly start: number;
    readonly end: number;
    /** As it was written. */
    readonly text: string;
  }[];
  /** Phrases of `all` that the post lacks. */
  readonly missing: readonly string[];
}

/** Why a post was given an issue by its packs. Adverts and praise lose their issues afterwards. */
export interface IssueVerdict {
  readonly issue: string;
  /** As the pack has it. */
  readonly phrase: string;
  readonly negated: boolean;
  /** What it stood for, folded. */
  readonly text: string;
}

export interface PostExplanation {
  readonly watches: readonly WatchVerdict[];
  readonly issues: readonly IssueVerdict[];
}

/** Explains posts one by one; for people who look at a few, not for streams. */
export function createExplainer(config: {
  readonly watches: readonly Watch[];
  readonly packs: readonly IssuePack[];
}): (post: string | PostRecord) => PostExplanation {
  const { watches } = config;
  const matcher = compileMatcher(watches);
  const table = compileIssues(config.packs);
  const scanner = createCueScanner(table.cues);
  return (post) => {
    const input = inputOfPost(post);
    const { content } = input;
    const language = languageOf(input.language, content, tokenize(content));
    const explanations = matcher.explainMatch({ ...input, language });
    const hits = scanner.find(content);
    const reasons = table.reasonsOf(hits);
    return {
      watches: explanations.map((explanation) => verdictOf(watches[explanation.watch]!, explanation, input)),
      issues: reasons.map(({ issue, phrase, negated, start, end }) => ({
        issue,
        phrase,
        negated,
        text: hits.text.slice(start, end),
      })),
    };
  };
}

function verdictOf(watch: Watch, explanation: MatchExplanation, input: MatchInput): WatchVerdict {
  const { accepted, refusedBy, spans } = explanation;
  const found = new Set(spans.filter(({ role }) => role === 'all').map(({ phrase }) => phrase));
  return {
    watch: watch.id,
    matched: accepted,
    ...(refusedBy === undefined ? {} : { refusedBy }),
    phrases: spans.map(({ phrase, role, field, item, start, end }) => ({
      phrase,
      role,
      field,
      start,
      end,
      text: textOf(input, field, item).slice(start, end),
    })),
    missing: refusedBy === 'all' ? (watch.all ?? []).filter((phrase) => !found.has(phraseName(phrase))) : [],
  };
}

/** The searched text of a field; a tag’s name with its sign, as it was searched. */
function textOf(input: MatchInput, field: MatchField, item: number): string {
  let text = '';
  visitFields(input, true, (searched, _links, of, at) => {
    if (of === field && at === item && text === '') text = searched;
  });
  return text;
}
