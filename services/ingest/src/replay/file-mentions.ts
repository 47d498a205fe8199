import { basename } from 'node:path';
import type { Mention } from '@foreshock/model/mention';
import { readJson } from '../json-record.ts';
import { linesOf } from '../lines.ts';
import { type Arrival, mentionFrom } from '../mention-from.ts';
import { refusal } from '../refusal.ts';
import { CsvBreakError, csvRows } from './csv-rows.ts';
import { columnOf, type FieldMap, mapByName, mapRow } from './field-map.ts';
import { type FileFormat, formatOf, openReplayFile } from './replay-file.ts';
import { type Replayed, refusedAt } from './replay-record.ts';

export interface FileOptions {
  readonly map?: FieldMap;
  /** Zone of times that name none: an IANA name or `+HH:MM`. */
  readonly timezone?: string;
  /** `source` of records that name none. Default `file`. */
  readonly source?: string;
  readonly access?: Mention['access'];
  /** Overrides what the suffix says. */
  readonly format?: FileFormat;
  /** Between cells. Default a comma; a tab for TSV. */
  readonly delimiter?: string;
  /** Wall time: a post cannot be much younger. */
  readonly now: number;
  readonly identityKey?: string;
  readonly signal?: AbortSignal;
  readonly onRead?: (bytes: number) => void;
}

const LINE_BYTES_MAX = 1_048_576;

/** The mentions of one file in the order of the file. A file that breaks ends with a refusal that says where. */
export async function* fileMentions(
  file: string,
  options: FileOptions,
): AsyncGenerator<Replayed, void, undefined> {
  const format = options.format ?? formatOf(file).format;
  if (!format) {
    const fault = refusal('unreadable-file', '', 'the suffix says neither NDJSON nor CSV');
    return yield refusedAt(
      { file, line: 0 },
      fault,
      'Name it .ndjson, .jsonl, .csv or .tsv, then .gz or .zst.',
    );
  }
  const place = { file, line: 0 };
  try {
    const opened = await openReplayFile(file, { onRead: options.onRead ?? (() => undefined) });
    try {
      const records =
        format === 'ndjson'
          ? jsonMentions(opened.bytes, place, options)
          : csvMentions(opened.bytes, place, {
              ...options,
              delimiter: options.delimiter ?? (format === 'tsv' ? '\t' : ','),
            });
      for await (const record of records) {
        if (options.signal?.aborted) return;
        yield record;
      }
    } finally {
      opened.close();
    }
  } catch (error) {
    if (error instanceof CsvBreakError) {
      const fault = refusal('bad-row', '', `${error.message}; the rest of the file was not read`);
      yield refusedAt({ file, line: error.line }, fault);
      return;
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    const rest = place.line === 0 ? '' : '; the rest of the file was not read';
    yield refusedAt({ ...place }, refusal('unreadable-file', '', `${reasonOf(code)}${rest}`));
  }
}

function reasonOf(code: string): string {
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'this user may not read the file';
  if (code === 'EISDIR') return 'is a folder; name the files in it';
  if (/^(?:Z_|ZSTD_|ERR_ZSTD|ERR_STREAM_PREMATURE)/.test(code))
    return 'the packed data is damaged or cut off';
  return `cannot be read (${code})`;
}

/** Moves along as records are read, so that a fault can name the line. */
interface Cursor {
  readonly file: string;
  line: number;
}

async function* jsonMentions(
  bytes: AsyncIterable<Uint8Array>,
  place: Cursor,
  options: FileOptions,
): AsyncGenerator<Replayed, void, undefined> {
  for await (const lines of linesOf(bytes, { lineBytesMax: LINE_BYTES_MAX })) {
    for (const { line, bytes: content, tooLong } of lines) {
      place.line = line;
      if (tooLong) {
        yield refusedAt({ ...place }, refusal('too-large', '', `is longer than ${LINE_BYTES_MAX} bytes`));
        continue;
      }
      const read = readJson(content);
      if (!read.ok) yield refusedAt({ ...place }, read.refusal, 'Write one JSON object a line.');
      else
        yield options.map
          ? mapped(options.map, (column) => valueAt(read.value, column), place, options)
          : taken(read.value, place, options);
    }
  }
}

/** The value under a key, or under a JSON pointer. */
function valueAt(value: unknown, column: string): unknown {
  const path = column.startsWith('/')
    ? column
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    : [column];
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

async function* csvMentions(
  bytes: AsyncIterable<Uint8Array>,
  place: Cursor,
  options: FileOptions & { readonly delimiter: string },
): AsyncGenerator<Replayed, void, undefined> {
  let map: FieldMap | undefined;
  for await (const row of csvRows(bytes, options)) {
    place.line = row.line;
    if (!map) {
      map = options.map ?? mapByName(row.columns);
      const fault = faultOfColumns(map, row.columns);
      if (fault) return yield refusedAt({ file: place.file, line: 1 }, refusal('bad-columns', '', fault));
    }
    if (row.cells !== row.columns.length) {
      const reason = `has ${row.cells} cells where the header has ${row.columns.length}`;
      yield refusedAt({ ...place }, refusal('bad-row', '', reason));
      continue;
    }
    if (row.isText(map.values())) yield mapped(map, row.cell, place, options);
    else yield refusedAt({ ...place }, refusal('broken-utf8', '', 'is not UTF-8'));
  }
}

function faultOfColumns(map: FieldMap, columns: readonly string[]): string | undefined {
  const there = columns
    .map((name) => JSON.stringify(name.slice(0, 40)))
    .slice(0, 40)
    .join(', ');
  const absent = [...map.values()].find((column) => !columns.includes(column));
  if (absent !== undefined) return `there is no column ${JSON.stringify(absent)}; there are ${there}`;
  const has = (...names: string[]) => names.some((name) => map.has(name as never));
  if (!has('text', 'content', 'name', 'summary')) return `no column holds the text; there are ${there}`;
  if (!has('published', 'timestamp')) return `no column holds the time; there are ${there}`;
  return undefined;
}

function mapped(
  map: FieldMap,
  cell: (column: string) => unknown,
  place: Cursor,
  options: FileOptions,
): Replayed {
  const row = mapRow(map, cell);
  if (!row.ok) return refusedAt({ ...place, column: row.column }, row.refusal);
  const result = taken(row.record, place, options);
  if ('mention' in result) return result;
  const column = columnOf(map, result.refused.field);
  return column === undefined ? result : { refused: { ...result.refused, column } };
}

function taken(value: unknown, place: Cursor, options: FileOptions): Replayed {
  const arrival: Arrival = {
    source: options.source ?? 'file',
    otherSource: 'keep',
    access: options.access ?? 'public',
    connector: 'file',
    cursor: `${basename(place.file).slice(0, 200)}:${place.line}`,
    observed: options.now,
    // History is taken at its own time: no lateness applies.
    latenessMs: 0,
    fromFile: true,
    ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
    ...(options.identityKey === undefined ? {} : { identityKey: options.identityKey }),
  };
  const read = mentionFrom(value, arrival);
  if (read.ok) return { mention: read.mention };
  const { code, reason } = read.refusal;
  if (code === 'bad-date' && /no time zone/.test(reason))
    return refusedAt({ ...place }, read.refusal, 'Say which: --timezone Europe/Berlin, or +01:00.');
  if (code === 'invalid' && /additional/.test(reason))
    return refusedAt(
      { ...place },
      read.refusal,
      'Map the fields that are meant: --map text=KEY,published=KEY.',
    );
  return refusedAt({ ...place }, read.refusal);
}
