import { compilePhrase, hitCounts, type PatternKind } from './phrase.ts';
import { createScanner, type HitSink, type Scanner } from './scanner.ts';

/** Something looked for in every post: `cue` is the number the caller knows it by. Many phrases may be one cue. */
export interface Cue {
  readonly phrase: string;
  readonly cue: number;
}

/** Hits kept of one post. Whoever writes more says nothing new with them. */
export const CUE_HITS_MAX = 2_048;

/**
 * The cues of one post as columns, in the order of their ends: hit `i` is of `cue[i]` and ends at `end[i]` of `text`,
 * the folded text. The arrays are used again for the next post: nobody keeps them.
 */
export interface CueHits {
  text: string;
  count: number;
  readonly cue: Int32Array;
  readonly end: Int32Array;
  /** Where a hit starts. Worked out when asked: most hits come to nothing. */
  startOf(hit: number): number;
}

export interface CueScanner {
  /** Every cue in `text`. Serves one call at a time. */
  find(text: string): CueHits;
}

const KINDS: readonly PatternKind[] = ['words', 'hashtag', 'handle', 'link'];
const WORDS = 0;

/** Compiles cues of all kinds into one automaton. */
export function createCueScanner(cues: readonly Cue[]): CueScanner {
  const { patterns, from, cueAt, kindAt } = patternTable(cues);
  const scanner = createScanner(patterns);
  const hits = createHits(scanner);
  const { cue, end, pattern: patternOf } = hits;
  const sink: HitSink = {
    hit(pattern, at, scanned) {
      const last = from[pattern + 1]!;
      for (let meaning = from[pattern]!; meaning < last; meaning++) {
        const kind = kindAt[meaning]!;
        if (kind !== WORDS && !hitCounts(KINDS[kind]!, scanned, scanner.startOf(scanned, pattern, at), at))
          continue;
        if (hits.count >= CUE_HITS_MAX) return;
        cue[hits.count] = cueAt[meaning]!;
        patternOf[hits.count] = pattern;
        end[hits.count++] = at;
      }
    },
    restart() {
      hits.count = 0;
    },
  };
  return {
    find(text) {
      hits.count = 0;
      hits.text = scanner.scan(text, sink).text;
      return hits;
    },
  };

  function createHits(of: Scanner): CueHits & { readonly pattern: Int32Array } {
    const pattern = new Int32Array(CUE_HITS_MAX);
    const end = new Int32Array(CUE_HITS_MAX);
    return {
      text: '',
      count: 0,
      cue: new Int32Array(CUE_HITS_MAX),
      end,
      pattern,
      startOf(hit) {
        return of.startOf(this.text, pattern[hit]!, end[hit]!);
      },
    };
  }
}

interface PatternTable {
  readonly patterns: readonly string[];
  /** The cues of pattern `p` stand in `cueAt` from `from[p]` up to `from[p + 1]`, their kinds in `kindAt`. */
  readonly from: Int32Array;
  readonly cueAt: Int32Array;
  readonly kindAt: Uint8Array;
}

function patternTable(cues: readonly Cue[]): PatternTable {
  const patternIndex = new Map<string, number>();
  const meanings: Set<number>[] = [];
  const compiled = new Map<string, readonly { readonly kind: PatternKind; readonly text: string }[]>();
  for (const { phrase, cue } of cues) {
    let patterns = compiled.get(phrase);
    if (!patterns) {
      // “#sold_out” is rare enough to be left to watches.
      patterns = spellings(phrase)
        .flatMap((spelling) => compilePhrase(spelling).patterns)
        .filter(({ kind, text }) => kind !== 'hashtag' || !text.includes('_'));
      compiled.set(phrase, patterns);
    }
    for (const { kind, text } of patterns) {
      const at = patternIndex.get(text) ?? patternIndex.size;
      patternIndex.set(text, at);
      meanings[at] ??= new Set();
      meanings[at].add(cue * KINDS.length + KINDS.indexOf(kind));
    }
  }
  const total = meanings.reduce((sum, { size }) => sum + size, 0);
  const from = new Int32Array(meanings.length + 1);
  const cueAt = new Int32Array(total);
  const kindAt = new Uint8Array(total);
  let at = 0;
  meanings.forEach((list, pattern) => {
    for (const meaning of list) {
      cueAt[at] = Math.floor(meaning / KINDS.length);
      kindAt[at++] = meaning % KINDS.length;
    }
    from[pattern + 1] = at;
  });
  return { patterns: [...patternIndex.keys()], from, cueAt, kindAt };
}

/** People leave the apostrophe of “won’t” out. */
function spellings(phrase: string): string[] {
  const bare = phrase.replace(/n['’]t\b/gi, 'nt');
  return bare === phrase ? [phrase] : [phrase, bare];
}
