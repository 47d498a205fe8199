import { isUtf8 } from 'node:buffer';
import { pipeline, Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';

/** One row: its first line in the file (from 1), its cells by column, undecoded until asked for. */
export interface CsvRow {
  readonly line: number;
  readonly columns: readonly string[];
  /** The cell’s text; undefined where the row has no such column. */
  cell(column: string): string | undefined;
  /** False: the cells of these columns must not be trusted, their bytes are no text. */
  isText(columns: Iterable<string>): boolean;
  readonly cells: number;
}

/** The file breaks the grammar at `line` in a way that leaves no next row to go on with. */
export class CsvBreakError extends Error {
  override readonly name = 'CsvBreakError';
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Longer is no post but an unclosed quote that swallows the file. */
const ROW_BYTES_MAX = 1_048_576;

const NO_BYTES = Buffer.alloc(0);

interface ParsedRow {
  readonly record: readonly Buffer[];
  readonly info: Info;
}

/**
 * Rows after the header. Quotes inside unquoted cells are taken as they stand, as most writers mean them; line ends
 * of both kinds may be mixed. A quote that is never closed ends the file with `CsvBreakError`.
 */
export async function* csvRows(
  bytes: AsyncIterable<Uint8Array>,
  options: { readonly delimiter: string },
): AsyncGenerator<CsvRow, void, undefined> {
  const parser = parse({
    columns: false,
    delimiter: options.delimiter,
    // Cells stay bytes: broken UTF-8 must be seen, not replaced.
    encoding: null,
    info: true,
    max_record_size: ROW_BYTES_MAX,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  const input = Readable.from(withoutMark(bytes), { objectMode: false });
  pipeline(input, parser, () => undefined);
  let columns: readonly string[] | undefined;
  let index = new Map<string, number>();
  let lastLine = 0;
  try {
    for await (const row of parser as AsyncIterable<ParsedRow>) {
      // `info.lines` is where the row ends; empty lines before it are not told apart.
      const breaks = row.record.reduce((sum, cell) => sum + countOf(cell, 0x0a), 0);
      const line = Math.max(lastLine + 1, row.info.lines - breaks);
      lastLine = row.info.lines;
      if (!columns) {
        columns = headerOf(row.record);
        index = new Map([...columns.entries()].reverse().map(([at, name]) => [name, at]));
        continue;
      }
      yield {
        line,
        columns,
        cells: row.record.length,
        cell: (column) => row.record[index.get(column) ?? -1]?.toString('utf8'),
        isText: (names) => [...names].every((name) => isUtf8(row.record[index.get(name) ?? -1] ?? NO_BYTES)),
      };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new CsvBreakError(
      lastLine + 1,
      error.code === 'CSV_MAX_RECORD_SIZE'
        ? `the row that begins here is longer than ${ROW_BYTES_MAX} bytes: a quote that is never closed?`
        : 'a quote that opens in this row is never closed',
    );
  } finally {
    parser.destroy();
    input.destroy();
  }
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** The parser’s own way to skip it needs an encoding. */
async function* withoutMark(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (!head) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < BYTE_ORDER_MARK.length) continue;
    yield head.indexOf(BYTE_ORDER_MARK) === 0 ? head.subarray(BYTE_ORDER_MARK.length) : head;
    head = undefined;
  }
  if (head && head.length > 0) yield head;
}

function headerOf(cells: readonly Buffer[]): string[] {
  if (!cells.every((cell) => isUtf8(cell))) throw new CsvBreakError(1, 'the header is not UTF-8');
  return cells.map((cell) => cell.toString('utf8'));
}

function countOf(bytes: Buffer, byte: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, at + 1)) count += 1;
  return count;
}
