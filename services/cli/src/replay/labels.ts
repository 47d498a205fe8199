import type { Incident } from '@foreshock/model/incident';
import { parse } from 'csv-parse/sync';
import { CliFault } from '../fault.ts';
import { inputOf } from '../input-file.ts';

/** A stretch in which a watch was in trouble, as people labelled it. */
export interface Label {
  readonly watch: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Judgement {
  readonly labels: number;
  readonly found: number;
  readonly missed: number;
  /** Incidents outside every label of their watch. */
  readonly false: number;
  /** Minutes from a label’s start to its first incident, one per found label, in the order of the labels. */
  readonly minutesToDetect: readonly number[];
}

/** An incident this long before its label still counts as having found it. */
const EARLY_MS = 30 * 60_000;

/** Reads labels: CSV with the columns watch, start, end (RFC 3339). */
export async function readLabels(file: string): Promise<Label[]> {
  return rowsOf(await textOf(file), file).map(({ record, info }) => {
    const startMs = timeOf(record['start']);
    const endMs = timeOf(record['end']);
    if (!record['watch'] || Number.isNaN(startMs) || Number.isNaN(endMs) || endMs <= startMs)
      throw new CliFault(
        `${file}:${info.lines}: needs watch, start and a later end - for example orion-x,2026-09-17T20:00:00Z,2026-09-17T23:00:00Z`,
      );
    return { watch: record['watch'], startMs, endMs };
  });
}

async function textOf(file: string): Promise<string> {
  let text = '';
  for await (const part of (await inputOf(file)).setEncoding('utf8')) text += part;
  return text;
}

function rowsOf(text: string, file: string): { record: Record<string, string>; info: { lines: number } }[] {
  try {
    return parse(text, { columns: true, info: true, bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    throw new CliFault(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A time without a zone would be another one on another machine. */
const timeOf = (text = ''): number => (/(z|[+-]\d\d:?\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN);

/** Compares incidents with labels: found if opened (or a trouble of it started) from 30 minutes before to the end. */
export function judge(incidents: readonly Incident[], labels: readonly Label[]): Judgement {
  // Opened in it, or joined by a trouble in it: what found a label is never false as well.
  const isIn = (incident: Incident, label: Label): boolean =>
    incident.watch === label.watch &&
    [incident.openedAt, ...incident.bursts.map((burst) => burst.startedAt)].some(
      (at) => at >= label.startMs - EARLY_MS && at < label.endMs,
    );
  const times = labels.map(
    (label) =>
      incidents
        .filter((incident) => incident.watch === label.watch)
        .flatMap((incident) => incident.bursts.map((burst) => burst.startedAt))
        .filter((at) => at >= label.startMs - EARLY_MS && at < label.endMs)
        .sort((a, b) => a - b)[0],
  );
  const minutesToDetect = times.flatMap((at, i) =>
    at === undefined ? [] : [Math.round(((at - labels[i]!.startMs) / 60_000) * 10) / 10],
  );
  return {
    labels: labels.length,
    found: minutesToDetect.length,
    missed: labels.length - minutesToDetect.length,
    false: incidents.filter((incident) => !labels.some((label) => isIn(incident, label))).length,
    minutesToDetect,
  };
}
