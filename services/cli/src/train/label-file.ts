import { readFile, stat } from 'node:fs/promises';
import type { LabelledRow } from '@foreshock/text/model/training';
import { parse } from 'csv-parse/sync';
import { CliFault } from '../fault.ts';

/** A file of labels is held in memory whole. */
const LABEL_BYTES_MAX = 200_000_000;
const ROWS_MAX = 200_000;
const TEXT_UNITS_MAX = 20_000;
const CLASSES_MAX = 64;

export interface LabelColumns {
  readonly text: string;
  readonly sentiment?: string | undefined;
  readonly issue?: string | undefined;
  readonly group?: string | undefined;
}

/** Reads labelled posts from a CSV with a header. An empty cell is no label. */
export async function readLabelFile(file: string, columns: LabelColumns): Promise<LabelledRow[]> {
  let text: string;
  try {
    if ((await stat(file)).size > LABEL_BYTES_MAX)
      throw new CliFault(`${file}: larger than ${LABEL_BYTES_MAX} bytes - train on a part of it`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof CliFault) throw error;
    throw new CliFault(`${file}: cannot be read (${String((error as NodeJS.ErrnoException).code)})`);
  }
  return labelledRows(text, file, columns);
}

/** The labelled rows of a CSV text; what is wrong is told with the line of the file. Pure. */
export function labelledRows(text: string, file: string, columns: LabelColumns): LabelledRow[] {
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  try {
    rows = parse(text, {
      columns: true,
      bom: true,
      skip_empty_lines: true,
      info: true,
      relax_column_count: true,
    });
  } catch (error) {
    throw new CliFault(`${file}: ${(error as Error).message}`);
  }
  if (rows.length === 0)
    throw new CliFault(`${file}: no rows - a header and a line for each post are needed`);
  if (rows.length > ROWS_MAX)
    throw new CliFault(`${file}: more than ${ROWS_MAX} rows - train on a part of them`);
  const names = Object.keys(rows[0]!.record);
  for (const [option, name] of Object.entries(columns))
    if (name !== undefined && !names.includes(name))
      throw new CliFault(`${file}: no column ${name} - name one with --${option}: ${names.join(', ')}`, 2);
  const cell = (record: Record<string, string>, name: string | undefined): string | undefined => {
    const value = name === undefined ? '' : (record[name] ?? '').trim();
    return value === '' ? undefined : value;
  };
  return rows.flatMap(({ record, info }): LabelledRow[] => {
    const content = cell(record, columns.text)?.slice(0, TEXT_UNITS_MAX);
    const issue = cell(record, columns.issue)?.slice(0, 128);
    const sentiment = sentimentOf(cell(record, columns.sentiment), `${file}:${info.lines}`);
    const group = cell(record, columns.group);
    if (content === undefined || (sentiment === undefined && issue === undefined)) return [];
    return [
      {
        text: content,
        ...(sentiment === undefined ? {} : { sentiment }),
        ...(issue === undefined ? {} : { issue }),
        ...(group === undefined ? {} : { group }),
      },
    ];
  });
}

const SENTIMENTS: ReadonlyMap<string, string> = new Map([
  ...['negative', 'neg', '-1', '-'].map((word): [string, string] => [word, 'negative']),
  ...['neutral', 'neu', '0'].map((word): [string, string] => [word, 'neutral']),
  ...['positive', 'pos', '1', '+1', '+'].map((word): [string, string] => [word, 'positive']),
]);

function sentimentOf(label: string | undefined, place: string): string | undefined {
  if (label === undefined) return undefined;
  const known = SENTIMENTS.get(label.toLowerCase());
  if (known === undefined)
    throw new CliFault(`${place}: sentiment ${JSON.stringify(label)} - write negative, neutral or positive`);
  return known;
}

/** What the labels cannot be trained on, in words; undefined where they can. */
export function tooLittle(rows: readonly LabelledRow[], question: 'sentiment' | 'issue'): string | undefined {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const label = row[question];
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  if (counts.size === 0) return undefined;
  if (counts.size === 1)
    return `every ${question} is ${[...counts.keys()][0]} - two different ones are needed`;
  if (counts.size > CLASSES_MAX)
    return `${counts.size} different values of ${question} - at most ${CLASSES_MAX}`;
  const rare = [...counts].filter(([, count]) => count < 5).map(([label]) => label);
  return rare.length === 0
    ? undefined
    : `fewer than 5 posts each of ${question} ${rare.slice(0, 8).join(', ')}`;
}
