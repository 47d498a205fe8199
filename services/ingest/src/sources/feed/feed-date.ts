/** RFC 3339 and its relatives: `2026-09-21`, `2026-09-21T13:33`, `2026-09-21 13:33:19.5+0200`. */
const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?(Z|z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$/;
/** RFC 822 as found in the wild: `Mon, 21 Sep 2026 13:33:19 GMT`, weekday, seconds and zone optional. */
const RFC822 =
  /^(?:[A-Za-z]{2,9},?\s+)?(\d{1,2})[\s-]([A-Za-z]{3})[a-z]*[\s-](\d{2}|\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([A-Za-z]{1,5}|[+-]\d{2}:?\d{2})?$/;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Hours from UTC of the zones that RFC 822 names and of those feeds use besides. */
const ZONES = new Map<string, number>([
  ...(['UT', 'UTC', 'GMT', 'Z', 'WET'] as const).map((zone) => [zone, 0] as const),
  ...(['EDT', 'CST', 'MDT', 'PST'] as const).map((zone, at) => [zone, [-4, -6, -6, -8][at]!] as const),
  ...(['EST', 'CDT', 'MST', 'PDT'] as const).map((zone, at) => [zone, [-5, -5, -7, -7][at]!] as const),
  ...(['BST', 'CET', 'CEST', 'EET', 'EEST', 'MSK', 'JST'] as const).map(
    (zone, at) => [zone, [1, 1, 2, 2, 3, 3, 9][at]!] as const,
  ),
]);

/** The earliest year a feed item can carry: anything before is an unset clock. */
const YEAR_MIN = 1990;

/**
 * A date as feeds write it, in milliseconds. One without a zone is read as UTC, never in the zone of this machine.
 * Undefined where it is no date, or none of this era.
 */
export function feedDate(value: string | undefined): number | undefined {
  const text = value?.trim();
  if (!text || text.length > 64) return undefined;
  const ms = isoDate(text) ?? rfc822Date(text);
  return ms !== undefined && ms >= Date.UTC(YEAR_MIN, 0) && ms < 253_402_300_800_000 ? ms : undefined;
}

function isoDate(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, date, time = '00:00:00', zone = 'Z'] = match;
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z';
  const ms = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(ms) ? undefined : ms;
}

function rfc822Date(text: string): number | undefined {
  const match = RFC822.exec(text);
  if (!match) return undefined;
  const month = MONTHS.indexOf(match[2]!.toLowerCase());
  const [day, hour, minute, second] = [match[1], match[4], match[5], match[6] ?? '0'].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  if (month < 0 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  const year = Number(match[3]) + (match[3]!.length === 4 ? 0 : Number(match[3]) < 70 ? 2_000 : 1_900);
  const offset = offsetMinutes(match[7]);
  return offset === undefined
    ? undefined
    : Date.UTC(year, month, day, hour, minute, second) - offset * 60_000;
}

function offsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined) return 0;
  const numeric = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (numeric) return (numeric[1] === '-' ? -1 : 1) * (Number(numeric[2]) * 60 + Number(numeric[3]));
  const hours = ZONES.get(zone.toUpperCase());
  return hours === undefined ? undefined : hours * 60;
}
