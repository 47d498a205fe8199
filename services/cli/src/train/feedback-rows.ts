import type { IncidentRecount } from '../incident-recount.ts';

/** What a person made of an incident. */
export type Verdict = 'useful' | 'not-useful';

export interface FeedbackRow {
  readonly text: string;
  readonly sentiment: string;
  readonly issue: string;
  readonly group: string;
  readonly incident: string;
}

/** The columns of the file, as `foreshock train` asks for them; `incident` is for whoever corrects the rows. */
export const FEEDBACK_COLUMNS = ['text', 'sentiment', 'issue', 'group', 'incident'] as const;

export const verdictOf = (incident: {
  readonly notUseful: boolean;
  readonly acknowledgedBy?: string | undefined;
}): Verdict | undefined =>
  incident.notUseful ? 'not-useful' : incident.acknowledgedBy === undefined ? undefined : 'useful';

/**
 * The posts behind an incident that a person judged, each once: those of a useful one have its issue, those of one
 * that should not have been have none. Mood is left for the person to fill in.
 */
export function feedbackRows(found: IncidentRecount, verdict: Verdict): FeedbackRow[] {
  const rows = new Map<string, FeedbackRow>();
  for (const { series, posts } of found.bursts) {
    const issue = /^issue:(.+)$/.exec(series)?.[1];
    for (const { id, text } of posts)
      if (text !== '' && (!rows.has(id) || rows.get(id)!.issue === ''))
        rows.set(id, {
          text,
          sentiment: '',
          issue: verdict === 'not-useful' ? 'none' : (issue ?? ''),
          group: found.watch,
          incident: found.incident,
        });
  }
  return [...rows.values()];
}

/** One line of CSV; a post may hold anything. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
