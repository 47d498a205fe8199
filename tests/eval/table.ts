import { arch, cpus, platform } from 'node:os';

/** A plain table for people: first column left, the others right. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

export const minutesText = (minutes: number | undefined): string =>
  minutes === undefined ? '–' : minutes.toFixed(1);

/** Where a figure was measured: part of every report. */
export const machineText = (): string =>
  `node ${process.version}, ${platform()} ${arch()}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;

/** What a target prints when its data is absent: loud, and no failure. */
export const absentText = (what: string): string =>
  `!!! NOT MEASURED: ${what} is not here. Set FORESHOCK_DATA to the folder that holds it. !!!`;
