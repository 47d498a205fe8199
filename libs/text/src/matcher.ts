import type { Watch } from '@foreshock/model/config';
import { originalSpan } from './fold.ts';
import {
  languagePasses,
  type MatchField,
  type MatchInput,
  sourcePasses,
  visitFields,
} from './match-fields.ts';
import { hitCounts } from './phrase.ts';
import { compilePhraseTable, type PhraseRole, type PhraseTable } from './phrase-table.ts';
import type { HitSink } from './scanner.ts';

export type { MatchInput } from './match-fields.ts';

export interface WatchHit {
  /** Index in the watches the matcher was compiled from. */
  readonly watch: number;
  /** The watch’s phrases found, folded, each once, at most 32. */
  readonly phrases: string[];
}

export interface Matcher {
  /** The watches that have this mention, in their order. */
  match(mention: MatchInput): readonly WatchHit[];
  /** For every watch whether it has this mention, by which rule, and where its phrases stand. */
  explainMatch(mention: MatchInput): readonly MatchExplanation[];
}

export interface MatchSpan {
  /** Folded. */
  readonly phrase: string;
  readonly role: PhraseRole;
  readonly field: MatchField;
  /** Which tag or attachment; 0 for the other fields. */
  readonly item: number;
  /** In the searched text; a tag’s name is searched with its sign. */
  readonly start: number;
  readonly end: number;
}

/** `any`: no phrase; `all`: one is missing; `none`: an excluded phrase occurs. */
export type MatchRule = PhraseRole | 'languages' | 'sources';

export interface MatchExplanation {
  readonly watch: number;
  readonly accepted: boolean;
  /** The first rule that refused; absent where accepted. */
  readonly refusedBy?: MatchRule;
  /** At most 200. */
  readonly spans: readonly MatchSpan[];
}

export const PHRASES_REPORTED_MAX = 32;
export const SPANS_MAX = 200;
const NOTHING: readonly WatchHit[] = Object.freeze([]);

/** Compiles all watches into one automaton. A matcher serves one call at a time; it holds nothing between calls. */
export function compileMatcher(watches: readonly Watch[]): Matcher {
  const table = compilePhraseTable(watches);
  const reader = createReader(table);
  return {
    match(mention) {
      const phrases = reader.phrasesIn(mention);
      return phrases.length === 0 ? NOTHING : judge(watches, table, phrases, mention);
    },
    explainMatch: (mention) => explain(watches, table, mention),
  };
}

interface Tally {
  any: boolean;
  all: number;
  none: boolean;
  readonly phrases: string[];
}

function judge(
  watches: readonly Watch[],
  table: PhraseTable,
  phrases: readonly number[],
  mention: MatchInput,
): readonly WatchHit[] {
  const hits: WatchHit[] = [];
  for (const [watch, tally] of tallies(table, phrases))
    if (tally.any && refusalOf(watches[watch]!, table.demanded[watch]!, tally, mention) === undefined)
      hits.push({ watch, phrases: tally.phrases });
  return hits.length > 1 ? hits.sort((a, b) => a.watch - b.watch) : hits;
}

function tallies(table: PhraseTable, phrases: readonly number[]): Map<number, Tally> {
  const byWatch = new Map<number, Tally>();
  for (const phrase of phrases)
    for (const { watch, role } of table.uses[phrase]!) {
      let tally = byWatch.get(watch);
      if (!tally) {
        tally = { any: false, all: 0, none: false, phrases: [] };
        byWatch.set(watch, tally);
      }
      if (role === 'none') tally.none = true;
      else {
        if (role === 'any') tally.any = true;
        else tally.all++;
        const name = table.phraseNames[phrase]!.slice(0, 128);
        if (tally.phrases.length < PHRASES_REPORTED_MAX && !tally.phrases.includes(name))
          tally.phrases.push(name);
      }
    }
  return byWatch;
}

function refusalOf(watch: Watch, demanded: number, tally: Tally, mention: MatchInput): MatchRule | undefined {
  if (!tally.any) return 'any';
  if (tally.all < demanded) return 'all';
  if (tally.none) return 'none';
  if (watch.languages && !languagePasses(watch.languages, mention.language)) return 'languages';
  if (watch.sources && !sourcePasses(watch.sources, mention)) return 'sources';
  return undefined;
}

/**
 * Finds the phrases of one mention after the other without leaving anything to clear: a phrase is marked with the
 * number of the reading that found it. Numbers stay exact for 2^53 readings.
 */
function createReader(table: PhraseTable): { phrasesIn(mention: MatchInput): readonly number[] } {
  const { scanner, gate, meanings } = table;
  const seen = new Float64Array(table.phraseNames.length);
  let found: number[] = [];
  let turn = 0;
  let before = 0;
  let linksOnly = false;
  const sink: HitSink = {
    hit(pattern, end, scanned) {
      for (const { kind, phrase } of meanings[pattern]!) {
        if (seen[phrase] === turn || (linksOnly && kind !== 'link')) continue;
        if (kind !== 'words' && !hitCounts(kind, scanned, scanner.startOf(scanned, pattern, end), end))
          continue;
        seen[phrase] = turn;
        found.push(phrase);
      }
    },
    restart() {
      while (found.length > before) seen[found.pop()!] = 0;
    },
  };
  const visit = (text: string, links: boolean): void => {
    if (!gate.mayHold(text)) return;
    linksOnly = links;
    before = found.length;
    scanner.scan(text, sink);
  };
  return {
    phrasesIn(mention) {
      turn++;
      if (found.length > 0) found = [];
      visitFields(mention, table.hasLinks, visit);
      return found;
    },
  };
}

function explain(watches: readonly Watch[], table: PhraseTable, mention: MatchInput): MatchExplanation[] {
  const places: (Omit<MatchSpan, 'role' | 'phrase'> & { readonly phrase: number })[] = [];
  visitFields(mention, table.hasLinks, (text, links, field, item) => {
    let hits: { pattern: number; end: number }[] = [];
    const scanned = table.scanner.scan(text, {
      hit: (pattern, end) => void hits.push({ pattern, end }),
      restart: () => {
        hits = [];
      },
    });
    for (const { pattern, end } of hits)
      for (const { kind, phrase } of table.meanings[pattern]!) {
        const start = table.scanner.startOf(scanned.text, pattern, end);
        if ((links && kind !== 'link') || !hitCounts(kind, scanned.text, start, end)) continue;
        places.push({ phrase, field, item, ...originalSpan(scanned, start, end) });
      }
  });
  const byWatch = tallies(table, [...new Set(places.map((place) => place.phrase))]);
  return watches.map((watch, index) => {
    const tally = byWatch.get(index) ?? { any: false, all: 0, none: false, phrases: [] };
    const refusedBy = refusalOf(watch, table.demanded[index]!, tally, mention);
    const spans = places.flatMap(({ phrase, ...place }) =>
      table.uses[phrase]!.filter((use) => use.watch === index).map(({ role }) => ({
        phrase: table.phraseNames[phrase]!,
        role,
        ...place,
      })),
    );
    return {
      watch: index,
      accepted: refusedBy === undefined,
      ...(refusedBy === undefined ? {} : { refusedBy }),
      spans: spans.slice(0, SPANS_MAX),
    };
  });
}
