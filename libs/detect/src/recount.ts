import type { Match } from '@foreshock/model/match';
import { addPair, type Cell, emptyCell, peopleIn } from './people.ts';
import { MINUTE_MS } from './watch-state.ts';

/** A window of one series counted again from its matches. */
export interface Recount {
  readonly posts: number;
  readonly people: number;
  /** Ids of the posts counted, oldest first. */
  readonly counted: readonly string[];
}

export const isNegative = (match: Match): boolean =>
  match.understanding.sentiment.label === 'negative' || match.understanding.intent === 'complaint';

/** Series a match counts in. */
export function seriesNamesOf(match: Match): string[] {
  const names = ['all', `source:${match.source}`];
  if (isNegative(match)) names.push('negative');
  for (const issue of match.understanding.issues) names.push(`issue:${issue}`);
  return names;
}

/** Puts a match into the cell of its minute, as `detect` does. */
export function addToCell(cell: Cell, match: Match): void {
  cell.posts++;
  if (match.replay) cell.replayed++;
  if (isNegative(match)) cell.negative++;
  if (match.eventTime < cell.firstAt) cell.firstAt = match.eventTime;
  // A repost is amplification, not another person’s opinion.
  if (match.op === 'announce') {
    cell.reposts++;
    return;
  }
  const fresh = addPair(cell, { author: match.author, text: match.understanding.copyKey ?? match.author });
  if (fresh) cell.sources.set(match.source, (cell.sources.get(match.source) ?? 0) + 1);
}

/**
 * Counts the window `[from, to)` of a series from matches in any order, repeats and all: the same definition and the
 * same cells that gave the verdict, so that the figure must come out the same.
 */
export function recount(
  matches: Iterable<Match>,
  window: { readonly series: string; readonly from: number; readonly to: number },
): Recount {
  const cells = new Map<number, Cell>();
  const seen = new Map<string, number>();
  for (const match of matches) {
    if (match.eventTime < window.from || match.eventTime >= window.to || seen.has(match.id)) continue;
    if (!seriesNamesOf(match).includes(window.series)) continue;
    seen.set(match.id, match.eventTime);
    const minute = Math.floor(match.eventTime / MINUTE_MS);
    const cell = cells.get(minute) ?? emptyCell();
    cells.set(minute, cell);
    addToCell(cell, match);
  }
  const list = [...cells.values()];
  return {
    posts: list.reduce((sum, cell) => sum + cell.posts, 0),
    people: peopleIn(list),
    counted: [...seen].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id),
  };
}
