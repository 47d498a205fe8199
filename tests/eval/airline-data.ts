import { readFileSync } from 'node:fs';
import type { Mention } from '@foreshock/model/mention';
import { parse } from 'csv-parse/sync';
import { repairReplacedWords } from './airline-repair.ts';
import type { Span } from './episodes.ts';

/** Watch ids by the name the labels use. The watches are in `config/airline.yaml`. */
export const AIRLINES: Readonly<Record<string, string>> = {
  'Virgin America': 'virgin-america',
  Southwest: 'southwest',
  'US Airways': 'us-airways',
  American: 'american',
};

interface AirlineRow {
  readonly tweet_id: string;
  readonly airline: string;
  readonly airline_sentiment: string;
  readonly name: string;
  readonly retweet_count: string;
  readonly text: string;
  readonly tweet_created: string;
}

/** A post with what only an evaluation may know: the human label. Holds people's names and texts: never printed. */
export interface AirlinePost {
  readonly mention: Mention;
  readonly airline: string;
  readonly negative: boolean;
}

/** “2015-02-24 11:35:52 -0800”: the offset is part of the value and is what counts. */
export function instantOf(created: string): number {
  const parts = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2}):?(\d{2})$/.exec(created);
  const ms = parts ? Date.parse(`${parts[1]}T${parts[2]}${parts[3]}:${parts[4]}`) : Number.NaN;
  if (Number.isNaN(ms)) throw new Error('airline file: a time that cannot be read');
  return ms;
}

/** All posts in order of time, repeated ids included: absorbing them is the pipeline's work. */
export function airlinePosts(file: string): AirlinePost[] {
  const rows: AirlineRow[] = parse(readFileSync(file), { columns: true, skip_empty_lines: true });
  return rows
    .map((row) => ({
      mention: mentionOfRow(row),
      airline: row.airline,
      negative: row.airline_sentiment === 'negative',
    }))
    .sort((a, b) => a.mention.eventTime - b.mention.eventTime || (a.mention.id < b.mention.id ? -1 : 1));
}

function mentionOfRow(row: AirlineRow): Mention {
  const eventTime = instantOf(row.tweet_created);
  const published = new Date(eventTime).toISOString();
  return {
    op: 'create',
    source: 'x',
    eventTime,
    id: `x:${row.tweet_id}`,
    v: 1,
    type: 'Note',
    access: 'public',
    nativeId: row.tweet_id,
    published,
    publishedTrust: 'server',
    observed: published,
    content: repairReplacedWords(row.text).normalize('NFC'),
    language: 'en',
    languageBy: 'declared',
    attributedTo: { id: row.name, preferredUsername: row.name },
    interactionStatistic: { shares: Number(row.retweet_count) || 0 },
    ingest: { connector: 'file', version: '1', replay: false },
  };
}

export interface LabelledSpan extends Span {
  readonly kind: 'incident' | 'hype' | 'single_author' | 'artefact';
  readonly certainty: 'high' | 'medium' | 'low';
  readonly series: string;
}

interface EventsFile {
  readonly events: readonly {
    readonly airline: string;
    readonly series: string;
    readonly kind: LabelledSpan['kind'];
    readonly certainty: LabelledSpan['certainty'];
    readonly start_pst: string;
    readonly end_pst: string | null;
  }[];
}

/** A start of the collection has no end in the labels; a day is how long a cold start may disturb. */
const COLD_START_MS = 24 * 3_600_000;

/**
 * Labels per airline. “all” stands for every airline. American has no baseline at all in this file, so all of its
 * week belongs to the artefact.
 */
export function airlineLabels(file: string): Map<string, LabelledSpan[]> {
  const { events } = JSON.parse(readFileSync(file, 'utf8')) as EventsFile;
  return new Map(
    Object.keys(AIRLINES).map((airline) => [
      airline,
      events
        .filter((event) => event.airline === airline || event.airline === 'all')
        .map((event) => {
          const fromMs = Date.parse(event.start_pst);
          const open = event.airline === 'all' ? fromMs + COLD_START_MS : Number.MAX_SAFE_INTEGER;
          return {
            kind: event.kind,
            certainty: event.certainty,
            series: event.series,
            fromMs,
            toMs: event.end_pst === null ? open : Date.parse(event.end_pst),
          };
        }),
    ]),
  );
}
