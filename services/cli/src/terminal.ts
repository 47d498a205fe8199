/** Results go to stdout, everything else to stderr. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

export const systemTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  columns: process.stderr.columns ?? 80,
};

/** Rows as aligned columns, for people. Text columns are cut at 120 characters; control characters never pass. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows.map((row) => row.map((cell) => printable(String(cell))))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

const CELL_CHARS_MAX = 120;

export function printable(text: string, charsMax = CELL_CHARS_MAX): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').toWellFormed();
  const chars = [...clean];
  return chars.length > charsMax ? `${chars.slice(0, charsMax - 1).join('')}…` : clean;
}

export interface Progress {
  at(done: number): void;
  end(): void;
}

const REDRAW_EVERY_MS = 100;

/** A progress line on stderr where that is a terminal; silent elsewhere. `total` undefined: only a count. */
export function progress(terminal: Terminal, label: string, total?: number): Progress {
  if (!terminal.isTerminal) return { at: () => undefined, end: () => undefined };
  let drawnAt = 0;
  const draw = (done: number) => {
    const part = total ? Math.min(1, done / total) : undefined;
    const filled =
      part === undefined
        ? ''
        : `[${'#'.repeat(Math.round(part * 30)).padEnd(30)}] ${Math.round(part * 100)} % `;
    terminal.err(`\r\u001b[2K${label} ${filled}${done.toLocaleString('en')}`);
  };
  return {
    at(done) {
      const now = performance.now();
      if (now - drawnAt < REDRAW_EVERY_MS) return;
      drawnAt = now;
      draw(done);
    },
    end: () => terminal.err('\r\u001b[2K'),
  };
}
