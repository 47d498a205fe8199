import type { ValuePath } from '@foreshock/model/schema-faults';

/** One thing that is wrong (`error`) or risky (`warning`) in a config file or an issue pack. */
export interface Fault {
  readonly level: 'error' | 'warning';
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** `watches[0].any[2]`; empty for the whole file. */
  readonly path: string;
  readonly reason: string;
  /** What to write instead. */
  readonly remedy?: string;
}

/** A path as people write it: `receivers[0].severity`. */
export function pathText(path: ValuePath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = /^[A-Za-z_][\w-]*$/.test(step) ? step : JSON.stringify(step);
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** In the order in which somebody goes through the files to mend them. */
export function inFileOrder(faults: readonly Fault[]): Fault[] {
  return [...faults].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}

/**
 * Faults for people, one a line as compilers write them (`file:line:column: path: reason - remedy`), or with `json` one
 * object a line for programs. Control characters of the file never reach the terminal.
 */
export function describeFaults(faults: readonly Fault[], options: { readonly json?: boolean } = {}): string {
  const lines = inFileOrder(faults).map((fault) => {
    if (options.json) return JSON.stringify(fault);
    const place = `${fault.file}:${fault.line}:${fault.column}`;
    const level = fault.level === 'warning' ? 'warning: ' : '';
    const path = fault.path === '' ? '' : `${fault.path}: `;
    return printable(`${place}: ${level}${path}${fault.reason}${fault.remedy ? ` - ${fault.remedy}` : ''}`);
  });
  return lines.map((line) => `${line}\n`).join('');
}

const printable = (text: string) => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\u{FFFD}');
