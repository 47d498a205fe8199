import type { IssuePack } from '@foreshock/model/config';
import type { Understanding } from '@foreshock/model/match';
import { copyKeyOf } from './copy-key.ts';
import { type CueHit, createCueScanner } from './cues.ts';
import { type IntentCue, type IntentSigns, type IntentTell, intentCues, intentOf } from './intent.ts';
import { type IssueCue, issueCues, issuesOf } from './issues.ts';
import { languageOf } from './language.ts';
import { sentimentOf } from './sentiment.ts';
import { termsOf } from './terms.ts';
import { type Token, tokenize } from './tokens.ts';

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
  const scanner = createCueScanner<UnderstandingCue>([...issueCues(packs), ...intentCues()]);
  return {
    understand({ content, language: declared }) {
      const tokens = tokenize(content);
      const language = languageOf(declared, content, tokens);
      const sentiment = sentimentOf(tokens, language);
      const { text, hits } = scanner.find(content);
      const found = issuesOf(text, hits.filter(isIssueHit));
      const intent = intentOf(signsOf(tokens, hits, found.length, sentiment.score));
      const issues = intent === 'promo_spam' || intent === 'praise' ? [] : found.slice(0, 32);
      const copyKey = copyKeyOf(tokens);
      return {
        sentiment,
        language,
        issues,
        intent,
        ...(copyKey === undefined ? {} : { copyKey }),
        terms: termsOf(tokens, language),
      };
    },
  };
}

const isIssueHit = (hit: CueHit<UnderstandingCue>): hit is CueHit<IssueCue> => hit.meaning.kind !== 'intent';

const PERSONAL: ReadonlySet<string> = new Set(
  "i i'm im i've ive i'll my me mine we our us we're we've ich mein meine meinen wir mich mir mi me yo je j'ai mon ma mes nous eu meu minha io mio mia ik mijn".split(
    ' ',
  ),
);
const ASKING: ReadonlySet<string> = new Set(
  'how when where why what who which is are do does did can could will'.split(' '),
);

function signsOf(
  tokens: readonly Token[],
  hits: readonly CueHit<UnderstandingCue>[],
  issues: number,
  score: number,
): IntentSigns {
  const tells = new Set<IntentTell>();
  const promo = new Set<number>();
  for (const { meaning, start } of hits)
    if (meaning.kind === 'intent') {
      tells.add(meaning.tells);
      if (meaning.tells === 'promo') promo.add(start);
    }
  const firstWord = tokens.find((token) => token.kind === 'word');
  const count = (kind: Token['kind']): number => tokens.filter((token) => token.kind === kind).length;
  return {
    tells,
    promo: promo.size,
    issues,
    score,
    asks:
      tokens.some((token) => token.kind === 'mark' && token.raw.includes('?')) ||
      (firstWord !== undefined && ASKING.has(firstWord.key)),
    links: count('url'),
    hashtags: count('hashtag'),
    personal: tokens.some((token) => token.kind === 'word' && PERSONAL.has(token.key)),
    addressed: tokens[0]?.kind === 'handle',
  };
}
