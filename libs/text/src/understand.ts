import type { IssuePack } from '@foreshock/model/config';
import type { Intent, Sentiment, Understanding } from '@foreshock/model/match';
import { copyKeyOf } from './copy-key.ts';
import { type CueHit, createCueScanner } from './cues.ts';
import { type IntentCue, intentCues, intentOf, intentSigns } from './intent.ts';
import { compileIssues, type IssueCue } from './issues.ts';
import { languageOf } from './language.ts';
import { labelled, sentimentOf } from './sentiment.ts';
import { termsOf } from './terms.ts';
import { tokenize } from './tokens.ts';

export interface UnderstandInput {
  readonly content: string;
  /** As the source declares it. */
  readonly language?: string;
}

/** What is stored of a post, and the words and pairs that may turn out to be rising. */
export type Understood = Understanding & { readonly terms: string[] };

export interface Understander {
  /** Pure: the same text, language and packs give the same answer, whatever was read before. */
  understand(input: UnderstandInput): Understood;
}

type UnderstandingCue = IssueCue | IntentCue;

/** Compiles the packs once; reading a post then takes a few passes over its text. */
export function createUnderstanding(packs: readonly IssuePack[]): Understander {
  const table = compileIssues(packs);
  const scanner = createCueScanner<UnderstandingCue>([...table.cues, ...intentCues()]);
  return {
    understand({ content, language: declared }) {
      const tokens = tokenize(content);
      const language = languageOf(declared, content, tokens);
      const words = sentimentOf(content, language);
      const { text, hits } = scanner.find(content);
      const found = table.issuesOf(text, hits.filter(isIssueHit));
      const intent = intentOf(intentSigns(tokens, hits, { issues: found.length, score: words.score }));
      const issues = intent === 'promo_spam' || intent === 'praise' ? [] : found.slice(0, 32);
      const copyKey = copyKeyOf(tokens);
      return {
        sentiment: meant(words, intent, issues.length),
        language,
        issues,
        intent,
        ...(copyKey === undefined ? {} : { copyKey }),
        terms: termsOf(tokens, language),
      };
    },
  };
}

/**
 * Who complains of a trouble means it, whatever the words: “great, another delay”. The friendlier they are the more
 * they are meant the other way round; neutral ones lean to the bad.
 */
function meant(words: Sentiment, intent: Intent, issues: number): Sentiment {
  if (intent !== 'complaint' || issues === 0 || words.label === 'unknown') return words;
  const { score } = words;
  return labelled(score > 0 ? -0.2 - score * 0.2 : score - 0.2 * (1 + score));
}

const isIssueHit = (hit: CueHit<UnderstandingCue>): hit is CueHit<IssueCue> => hit.meaning.kind !== 'intent';
