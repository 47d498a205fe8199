import type { IssuePack } from '@foreshock/model/config';
import type { Intent, Sentiment, Understanding } from '@foreshock/model/match';
import type { TrainedModel } from '@foreshock/model/trained-model';
import { copyKeyOf } from './copy-key.ts';
import { createCueScanner } from './cues.ts';
import { intentCues, intentOf, intentSigns, tellsIn } from './intent.ts';
import { compileIssues } from './issues.ts';
import { languageOf } from './language.ts';
import { compileTrained } from './model/trained.ts';
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

/**
 * Compiles the packs once; reading a post then takes a few passes over its text. What a user taught has the last word
 * on mood, and adds the issues it is sure of.
 */
export function createUnderstanding(packs: readonly IssuePack[], trained?: TrainedModel): Understander {
  const table = compileIssues(packs);
  const taught = trained && compileTrained(trained);
  const scanner = createCueScanner([...table.cues, ...intentCues(table.cueCount)]);
  return {
    understand({ content, language: declared }) {
      const tokens = tokenize(content);
      const language = languageOf(declared, content, tokens);
      const words = sentimentOf(content, language);
      const hits = scanner.find(content);
      const found = table.issuesOf(hits);
      const intent = intentOf(
        intentSigns(tokens, {
          issues: found.length,
          score: words.score,
          tells: tellsIn(hits, table.cueCount),
          negations: table.negationsIn(hits),
        }),
      );
      const issues = intent === 'promo_spam' || intent === 'praise' ? [] : found.slice(0, 32);
      const copyKey = copyKeyOf(tokens);
      const untaught = { sentiment: meant(words, intent, issues.length), language, issues, intent };
      const { sentiment, issues: all } = taught ? taught.read(content, untaught) : untaught;
      return {
        sentiment,
        language,
        issues: [...all],
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
