import { readFile } from 'node:fs/promises';
import type { Incident } from '@foreshock/model/incident';
import { parse } from 'csv-parse/sync';
import { CliFault } from '../fault.ts';

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
  const rows = parse(await readFile(file), {
    columns: true,
    bom: true,
    trim: true,
    skip_empty_lines: true,
  }) as Record<string, string>[];
  return rows.map((row, i) => {
    const startMs = Date.parse(row['start'] ?? '');
    const endMs = Date.parse(row['end'] ?? '');
    if (!row['watch'] || Number.isNaN(startMs) || Number.isNaN(endMs) || endMs <= startMs)
      throw new CliFault(
        `${file}:${i + 2}: needs watch, start and a later end - for example orion-x,2026-09-17T20:00:00Z,2026-09-17T23:00:00Z`,
      );
    return { watch: row['watch'], startMs, endMs };
  });
}

/** Compares incidents with labels: found if opened (or a trouble of it started) from 30 minutes before to the end. */
export function judge(incidents: readonly Incident[], labels: readonly Label[]): Judgement {
  const isIn = (incident: Incident, label: Label): boolean =>
    incident.watch === label.watch &&
    incident.openedAt >= label.startMs - EARLY_MS &&
    incident.openedAt < label.endMs;
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
