import { dateParts, offsetOfZone } from './time-zone.ts';

/** Reading a time that somebody else wrote: RFC 3339, `YYYY-MM-DD HH:MM:SS ±ZZZZ`, or seconds or ms since 1970. */
export type InstantRead =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly reason: string; readonly zoneMissing?: true };

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
const NUMBER = /^\d{1,15}(?:\.\d{1,9})?$/;

/** Below it a number counts seconds (up to the year 5138), from it on milliseconds (from 1973). */
const SECONDS_BELOW = 1e11;
const YEAR_10000_MS = 253_402_300_800_000;

/**
 * A time without a zone is refused unless `timezone` says which (an IANA name or `+HH:MM`): guessing one would
 * move a night by hours. A local time that a clock change skips is read with the offset from before the change; one
 * that occurs twice is the first.
 */
export function readInstant(value: unknown, timezone?: string): InstantRead {
  if (typeof value === 'number') return readNumber(value);
  if (typeof value !== 'string') return { ok: false, reason: 'must be a time: RFC 3339 or a number' };
  const text = value.trim();
  if (NUMBER.test(text)) return readNumber(Number(text));
  const parts = FORM.exec(text);
  if (!parts)
    return {
      ok: false,
      reason: `cannot read the time ${excerpt(text)}; write 2026-11-20T18:04:05Z, or seconds or milliseconds since 1970`,
    };
  return readParts(parts, text, timezone);
}

function readNumber(value: number): InstantRead {
  if (!Number.isFinite(value) || value < 0) return { ok: false, reason: 'must be seconds or ms since 1970' };
  const ms = Math.round(value < SECONDS_BELOW ? value * 1_000 : value);
  if (ms >= YEAR_10000_MS)
    return {
      ok: false,
      reason: 'is beyond the year 9999; micro- or nanoseconds must be divided down to ms',
    };
  return { ok: true, ms };
}

function readParts(parts: RegExpExecArray, text: string, timezone: string | undefined): InstantRead {
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (parts[4] === undefined)
    return {
      ok: false,
      reason: `${excerpt(text)} has a date but no time of day; daily figures cannot be replayed`,
    };
  const [hour, minute, second] = [Number(parts[4]), Number(parts[5]), Number(parts[6] ?? 0)];
  if (hour > 23 || minute > 59 || second > 60)
    return { ok: false, reason: `${excerpt(text)} is no time of day` };
  const civil = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = dateParts(Date.UTC(year, month - 1, day));
  if (date.year !== year || date.month !== month || date.day !== day)
    return { ok: false, reason: `${excerpt(text)} is not in the calendar` };
  const fraction = parts[7] === undefined ? 0 : Math.floor(Number(`0.${parts[7]}`) * 1_000);

  const zone = parts[8] ?? timezone;
  if (zone === undefined)
    return {
      ok: false,
      zoneMissing: true,
      reason: `${excerpt(text)} names no time zone; end it with Z or +HH:MM`,
    };
  const offset = offsetOfZone(zone, civil);
  if (offset === undefined) return { ok: false, reason: `unknown time zone ${excerpt(zone)}` };
  const ms = civil + fraction - offset;
  if (ms < 0) return { ok: false, reason: `${excerpt(text)} is before 1970` };
  return { ok: true, ms };
}

const excerpt = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** RFC 3339 in UTC with milliseconds. The last one is remembered: a batch is observed at one time. */
export function instantOf(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}
let lastMs = Number.NaN;
let lastText = '';
