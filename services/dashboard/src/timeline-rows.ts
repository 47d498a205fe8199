import type { IncidentDetail } from './api-schemas.ts';
import { formatSeries } from './format.ts';

type Entry = IncidentDetail['timeline'][number];

export interface TimelineRow {
  readonly at: number;
  /** Of the last entry of a run that stands in one row. */
  readonly until: number | undefined;
  readonly what: string;
  readonly who: string | undefined;
  readonly note: string | undefined;
}

const SERIES = /^(?:all|negative|issue:[a-z0-9_-]+|source:[a-z0-9_-]+)$/;
const noteWords = (note: string): string => (SERIES.test(note) ? formatSeries(note) : note);

/**
 * A timeline as people read it: a burst that grew ten times in a row is one row with its first and last time, so that
 * what people and receivers did does not drown in it. What somebody wrote is never joined.
 */
export function timelineRows(entries: readonly Entry[]): TimelineRow[] {
  const rows: (TimelineRow & { notes: Set<string> })[] = [];
  for (const { at, what, who, note } of entries) {
    const last = rows.at(-1);
    if (last && what === 'grew' && last.what === 'grew' && who === undefined) {
      if (note !== undefined) last.notes.add(noteWords(note));
      rows[rows.length - 1] = { ...last, until: at, note: [...last.notes].join(', ') };
      continue;
    }
    const words = note === undefined ? undefined : noteWords(note);
    rows.push({
      at,
      until: undefined,
      what,
      who,
      note: words,
      notes: new Set(words === undefined ? [] : [words]),
    });
  }
  return rows.map(({ notes: _notes, ...row }) => row);
}
