import { cpus, totalmem } from 'node:os';

/** The machine, as every benchmark names it. */
export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The value below which `part` of them lie. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** Wall and CPU seconds of this process, all its threads together. */
export interface Spent {
  readonly wallS: number;
  readonly cpuS: number;
}

export function stopwatch(): () => Spent {
  const cpu = process.cpuUsage();
  const from = performance.now();
  return () => {
    const used = process.cpuUsage(cpu);
    return { wallS: (performance.now() - from) / 1_000, cpuS: (used.user + used.system) / 1e6 };
  };
}

/** Lines of a table: the first column to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
