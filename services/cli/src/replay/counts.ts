import { parse } from 'csv-parse';
import { CliFault } from '../fault.ts';

/** A row of counts as it stands in the file, and as numbers. */
export interface CountLine {
  readonly timestamp: string;
  readonly valueText: string;
  readonly timestampMs: number;
  readonly value: number;
}

/**
 * Reads `timestamp,value` rows (other columns are ignored, the header is needed). Times without a zone are UTC. Ends
 * with the file, line and field of the first row that is not a time and a number, or that goes back in time.
 */
export async function* readCounts(input: NodeJS.ReadableStream, file: string): AsyncGenerator<CountLine> {
  const rows = parse({
    columns: true,
    info: true,
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: false,
  });
  // A pipe hands on data and the end, but no fault.
  input.once('error', (error) => rows.destroy(error));
  input.pipe(rows);
  let last = Number.NEGATIVE_INFINITY;
  try {
    for await (const { record, info } of rows as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number };
    }>) {
      const timestamp = record['timestamp'];
      const valueText = record['value'];
      if (timestamp === undefined || valueText === undefined)
        throw new CliFault(`${file}:1: the header must name the columns timestamp and value`);
      const timestampMs = timeOf(timestamp);
      if (Number.isNaN(timestampMs))
        throw new CliFault(
          `${file}:${info.lines}: timestamp: not a time: ${JSON.stringify(timestamp)} - write 2026-01-31 23:59:00`,
        );
      const value = valueText === '' ? Number.NaN : Number(valueText);
      if (!Number.isFinite(value) || value < 0)
        throw new CliFault(
          `${file}:${info.lines}: value: not a count: ${JSON.stringify(valueText)} - write 0 or a positive number`,
        );
      if (timestampMs < last)
        throw new CliFault(
          `${file}:${info.lines}: timestamp: earlier than the row before - sort the file by time`,
        );
      last = timestampMs;
      yield { timestamp, valueText, timestampMs, value };
    }
  } catch (error) {
    if (error instanceof CliFault) throw error;
    throw new CliFault(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function timeOf(text: string): number {
  if (/^\d+$/.test(text)) return text.length <= 11 ? Number(text) * 1_000 : Number(text);
  const iso = text.includes('T') ? text : text.replace(' ', 'T');
  return Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(iso) ? iso : `${iso}Z`);
}
