import { FIGURES, GAP_WORDS_MAX, type Gap, WIDE_GAP_WORDS_MAX } from '@foreshock/model/issue-phrase';
import { CUE_HITS_MAX, type CueHits } from './cues.ts';
import { FIGURE_PLACES_MAX, figuresIn, type Place } from './figures-in-text.ts';

/** A clause with its parts numbered. */
export type NumberedClause = readonly {
  readonly part: number;
  readonly optional: boolean;
  readonly gap: Gap;
}[];

export interface IssuePhrase {
  readonly kind: 'phrase' | 'negated' | 'except' | 'unless';
  readonly issue: string;
  readonly language: string;
  /** As the pack has it. */
  readonly text: string;
  readonly clauses: readonly NumberedClause[];
  readonly without: readonly NumberedClause[];
}

export interface PhraseHit extends Place {
  readonly phrase: IssuePhrase;
  /** What its `*` stand for. */
  readonly gaps: readonly Place[];
}

/** Clauses joined by `&` stand this near each other, in units of text: a tweet apart. */
const NEAR_UNITS_MAX = 280;
/** Places of one part that are looked at in one post. */
const PLACES_MAX = FIGURE_PLACES_MAX;

/**
 * Finds the phrases of the packs among the cues of a post. A phrase stands under the rarest part it needs: only where
 * that is there are the others looked for. What a post has is marked with the number of the call, so that nothing is
 * cleared between posts.
 */
export function createPhraseFinder(
  phrases: readonly IssuePhrase[],
  parts: { readonly spellings: readonly (readonly string[])[] },
): (hits: CueHits) => PhraseHit[] {
  const { spellings } = parts;
  const partCount = spellings.length;
  const figuresOf = spellings.map((all) => FIGURES.filter((figure) => all.includes(figure)));
  const withFigure = FIGURES.map((figure) =>
    figuresOf.flatMap((figures, part) => (figures.includes(figure) ? [part] : [])),
  );
  const figurePlaces = new Map<string, readonly Place[]>();
  const { keyFrom, keyed } = byRarestPart(phrases, spellings);
  const seenIn = new Float64Array(partCount);
  const places: Place[][] = Array.from({ length: partCount }, () => []);
  // Hits of a part in one post are a chain; they become places when a phrase asks for them.
  const firstHit = new Int32Array(partCount);
  const lastHit = new Int32Array(partCount);
  const nextHit = new Int32Array(CUE_HITS_MAX);
  const present = new Int32Array(partCount);
  const placedIn = new Float64Array(partCount);
  let turn = 0;
  let now: CueHits | undefined;

  return (hits) => {
    turn++;
    now = hits;
    const here = mark(hits);
    const found: PhraseHit[] = [];
    for (let index = 0; index < here; index++) {
      const part = present[index]!;
      for (let at = keyFrom[part]!; at < keyFrom[part + 1]!; at++) {
        const { phrase, others } = keyed[at]!;
        if (others.every((other) => seenIn[other] === turn)) addHits(phrase, hits.text, found);
      }
    }
    return found;
  };

  function mark({ count, cue, text }: CueHits): number {
    let here = 0;
    for (let hit = 0; hit < count; hit++) {
      const part = cue[hit]!;
      if (part >= partCount) continue;
      nextHit[hit] = -1;
      if (seenIn[part] === turn) nextHit[lastHit[part]!] = hit;
      else {
        seenIn[part] = turn;
        firstHit[part] = hit;
        present[here++] = part;
      }
      lastHit[part] = hit;
    }
    figurePlaces.clear();
    if (/\d|day|week|month|hour|minute|second|ages|sever|many|few|two|three|four|five|six|ten/.test(text))
      FIGURES.forEach((figure, index) => {
        const partsWith = withFigure[index]!;
        const found = partsWith.length === 0 ? [] : figuresIn(text, figure);
        if (found.length === 0) return;
        figurePlaces.set(figure, found);
        for (const part of partsWith) {
          if (seenIn[part] === turn) continue;
          seenIn[part] = turn;
          firstHit[part] = -1;
          present[here++] = part;
        }
      });
    return here;
  }

  function placesOf(part: number): readonly Place[] {
    if (seenIn[part] !== turn) return NOWHERE;
    if (placedIn[part] !== turn) {
      placedIn[part] = turn;
      const list: Place[] = [];
      for (let hit = firstHit[part]!; hit >= 0 && list.length < PLACES_MAX; hit = nextHit[hit]!)
        list.push({ start: now!.startOf(hit), end: now!.end[hit]! });
      const figures = figuresOf[part]!;
      if (figures.length > 0) {
        for (const figure of figures) list.push(...(figurePlaces.get(figure) ?? []));
        list.sort((a, b) => a.start - b.start);
      }
      places[part] = list;
    }
    return places[part]!;
  }

  function addHits(phrase: IssuePhrase, text: string, found: PhraseHit[]): void {
    const { clauses, without } = phrase;
    for (const hit of clauseHits(clauses[0]!, text)) {
      const near = (clause: NumberedClause): boolean =>
        clauseHits(clause, text).some(
          (other) => other.start - hit.end <= NEAR_UNITS_MAX && hit.start - other.end <= NEAR_UNITS_MAX,
        );
      if (clauses.slice(1).every(near) && !without.some(near)) found.push({ phrase, ...hit });
    }
  }

  /** Where the parts of a clause follow each other closely enough: once for each place of its first part. */
  function clauseHits(clause: NumberedClause, text: string): (Place & { readonly gaps: readonly Place[] })[] {
    const first = placesOf(clause[0]!.part);
    if (clause.length === 1) return first.map(({ start, end }) => ({ start, end, gaps: NOWHERE }));
    return first.flatMap(({ start, end }) => {
      const gaps: Place[] = [];
      let at = end;
      for (let index = 1; index < clause.length; index++) {
        const { part, optional, gap } = clause[index]!;
        const from = at;
        const next = placesOf(part).find(
          (place) => place.start >= from && bridges(text.slice(from, place.start), gap),
        );
        if (!next && !optional) return [];
        if (!next) continue;
        if (gap !== 'none') gaps.push({ start: at, end: next.start });
        at = next.end;
      }
      return [{ start, end: at, gaps }];
    });
  }
}

const NOWHERE: readonly Place[] = Object.freeze([]);

interface KeyedPhrase {
  readonly phrase: IssuePhrase;
  /** The parts it needs besides its rarest. */
  readonly others: readonly number[];
}

/** Phrases in the order of their rarest parts: those of part `p` from `keyFrom[p]` up to `keyFrom[p + 1]`. */
function byRarestPart(
  phrases: readonly IssuePhrase[],
  spellings: readonly (readonly string[])[],
): { readonly keyFrom: Int32Array; readonly keyed: readonly KeyedPhrase[] } {
  // Many spellings are hit often, and short words more often than long ones.
  const commonness = spellings.map((all) =>
    all.reduce((sum, text) => sum + 4 ** -Math.min(text.length, 12), 0),
  );
  const lists: KeyedPhrase[][] = spellings.map(() => []);
  for (const phrase of phrases) {
    const needed = phrase.clauses.flatMap((clause) =>
      clause.filter(({ optional }) => !optional).map(({ part }) => part),
    );
    const key = needed.reduce((best, part) => (commonness[part]! < commonness[best]! ? part : best));
    lists[key]!.push({ phrase, others: [...new Set(needed)].filter((part) => part !== key) });
  }
  const keyFrom = new Int32Array(spellings.length + 1);
  lists.forEach((list, part) => {
    keyFrom[part + 1] = keyFrom[part]! + list.length;
  });
  return { keyFrom, keyed: lists.flat() };
}

function bridges(between: string, gap: Gap): boolean {
  if (gap === 'wide') return countWithin(between, WIDE_GAP_WORDS_MAX);
  return wordsWithin(between, gap === 'near' ? GAP_WORDS_MAX : 0);
}

const CLAUSE_END = /[.!?;\n()]| but | however | although | though /;

/** True where at most `max` words and no end of a clause lie in `between`. */
export const wordsWithin = (between: string, max: number): boolean =>
  countWithin(between, max) && !CLAUSE_END.test(between);

function countWithin(between: string, max: number): boolean {
  if (between.length > 4 + max * 20) return false;
  const words = between.match(/[^\s,:"()…-]+/g);
  return words === null || words.length <= max;
}
