/** Offsets of named zones, from the ICU data that comes with Node. */

export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export function dateParts(ms: number): DateParts {
  const date = new Date(ms);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

const FIXED = /^([+-])(\d{2})(?::?(\d{2}))?$/;

/** Formatters are costly to make. Zones come from an option or a file’s own text, so their number is bounded. */
const FORMATTERS_MAX = 64;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formatters.get(zone);
  if (known) return known;
  try {
    const made = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    if (formatters.size >= FORMATTERS_MAX) formatters.clear();
    formatters.set(zone, made);
    return made;
  } catch {
    return undefined;
  }
}

function offsetAt(formatter: Intl.DateTimeFormat, ms: number): number {
  const field: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const part of formatter.formatToParts(ms)) field[part.type] = Number(part.value);
  const local = Date.UTC(
    field.year ?? 0,
    (field.month ?? 1) - 1,
    field.day ?? 1,
    field.hour ?? 0,
    field.minute ?? 0,
    field.second ?? 0,
  );
  return local - Math.floor(ms / 1_000) * 1_000;
}

/**
 * Milliseconds to subtract from the civil time `civil` (written as if it were UTC) to get the instant. Undefined
 * for an unknown zone. Where a clock change makes a time occur twice the first is meant; where it skips it, the
 * offset from before the change holds.
 */
export function offsetOfZone(zone: string, civil: number): number | undefined {
  if (/^(?:z|utc|gmt)$/i.test(zone)) return 0;
  const fixed = FIXED.exec(zone);
  if (fixed) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0);
    if (minutes > 18 * 60 || Number(fixed[3] ?? 0) > 59) return undefined;
    return (fixed[1] === '-' ? -minutes : minutes) * 60_000;
  }
  const formatter = formatterOf(zone);
  if (!formatter) return undefined;
  const before = offsetAt(formatter, civil - 86_400_000);
  if (offsetAt(formatter, civil - before) === before) return before;
  const after = offsetAt(formatter, civil + 86_400_000);
  return offsetAt(formatter, civil - after) === after ? after : before;
}

export const knownZone = (zone: string): boolean => offsetOfZone(zone, 0) !== undefined;
