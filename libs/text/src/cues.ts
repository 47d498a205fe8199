import { compilePhrase, hitCounts, type PatternKind } from './phrase.ts';
import { createScanner } from './scanner.ts';

/** Something looked for in every post: `meaning` is whatever the caller wants to know of it. */
export interface Cue<M> {
  readonly phrase: string;
  readonly meaning: M;
}

export interface CueHit<M> {
  readonly meaning: M;
  /** In the folded text. */
  readonly start: number;
  readonly end: number;
}

export interface CueScanner<M> {
  /** Every cue in `text`, in the order of their ends, and the text their places refer to. */
  find(text: string): { readonly text: string; readonly hits: readonly CueHit<M>[] };
}

/** Hits kept of one post. Whoever writes more says nothing new with them. */
export const CUE_HITS_MAX = 512;

/** Compiles cues of all kinds into one automaton. A phrase may stand for several meanings. */
export function createCueScanner<M>(cues: readonly Cue<M>[]): CueScanner<M> {
  const patternIndex = new Map<string, number>();
  const meanings: { readonly kind: PatternKind; readonly meaning: M }[][] = [];
  for (const { phrase, meaning } of cues)
    for (const spelling of spellings(phrase))
      for (const { kind, text } of compilePhrase(spelling).patterns) {
        const at = patternIndex.get(text) ?? patternIndex.size;
        patternIndex.set(text, at);
        meanings[at] ??= [];
        if (!meanings[at].some((known) => known.kind === kind && known.meaning === meaning))
          meanings[at].push({ kind, meaning });
      }
  const scanner = createScanner([...patternIndex.keys()]);
  return {
    find(text) {
      let hits: CueHit<M>[] = [];
      const scanned = scanner.scan(text, {
        hit(pattern, end, folding) {
          if (hits.length >= CUE_HITS_MAX) return;
          const start = scanner.startOf(folding, pattern, end);
          for (const { kind, meaning } of meanings[pattern]!)
            if (hitCounts(kind, folding, start, end)) hits.push({ meaning, start, end });
        },
        restart() {
          hits = [];
        },
      });
      return { text: scanned.text, hits };
    },
  };
}

/** People leave the apostrophe of “won’t” out. */
function spellings(phrase: string): string[] {
  const bare = phrase.replace(/n['’]t\b/gi, 'nt');
  return bare === phrase ? [phrase] : [phrase, bare];
}
