import { readFileSync } from 'node:fs';
import type { NabSeries } from './nab-scoring.ts';

export interface NabRow {
  readonly timestamp: string;
  readonly timestampMs: number;
  readonly value: number;
}

/** `timestamp,value`; the times carry no zone and are taken as UTC. */
export function nabRows(file: string): NabRow[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [timestamp = '', value = ''] = line.trim().split(',');
      const timestampMs = Date.parse(`${timestamp.replace(' ', 'T')}Z`);
      if (Number.isNaN(timestampMs) || value === '') throw new Error(`${file}: not a row: ${line}`);
      return { timestamp, timestampMs, value: Number(value) };
    });
}

export interface NabLabels {
  readonly windows: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  readonly instants: Readonly<Record<string, readonly string[]>>;
}

export const nabLabels = (windowsFile: string, labelsFile: string): NabLabels => ({
  windows: JSON.parse(readFileSync(windowsFile, 'utf8')),
  instants: JSON.parse(readFileSync(labelsFile, 'utf8')),
});

const instantMs = (text: string): number => Date.parse(`${text.replace(' ', 'T').slice(0, 23)}Z`);

export interface LabelledNabSeries extends NabSeries {
  readonly timesMs: readonly number[];
  /** The labelled instants that lie in a window, with the number of that window. */
  readonly instants: readonly { readonly window: number; readonly atMs: number }[];
}

/** One series with its scores and its windows as row numbers. A window edge that is no row is an error. */
export function labelledSeries(
  name: string,
  { rows, scores, labels }: { rows: readonly NabRow[]; scores: readonly number[]; labels: NabLabels },
): LabelledNabSeries {
  if (scores.length !== rows.length)
    throw new Error(`${name}: ${scores.length} scores for ${rows.length} rows`);
  const key = `realTweets/${name}`;
  const rowAt = new Map<number, number>();
  rows.forEach((row, at) => {
    if (!rowAt.has(row.timestampMs)) rowAt.set(row.timestampMs, at);
  });
  const edge = (text: string): number => {
    const row = rowAt.get(instantMs(text));
    if (row === undefined) throw new Error(`${name}: the window edge ${text} is not a row`);
    return row;
  };
  const windows = (labels.windows[key] ?? [])
    .map(([first, last]) => [edge(first), edge(last)] as const)
    .sort((a, b) => a[0] - b[0]);
  const timesMs = rows.map((row) => row.timestampMs);
  const instants = (labels.instants[key] ?? []).flatMap((text) => {
    const atMs = instantMs(text);
    const window = windows.findIndex(([first, last]) => atMs >= timesMs[first]! && atMs <= timesMs[last]!);
    return window < 0 ? [] : [{ window, atMs }];
  });
  return { name, scores, windows, timesMs, instants };
}
