/** Words for figures, the same on the server and in the page. Pure: no clock, no locale of the machine. */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** 1234567 → “1,234,567”; one decimal below ten where there is one. */
export function formatCount(value: number): string {
  const rounded = Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value);
  return rounded.toLocaleString('en-US');
}

/** “just now”, “14 min”, “3 h 20 min”, “2 d 4 h”. */
export function formatAge(ageMs: number): string {
  if (ageMs < MINUTE_MS) return 'just now';
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min`;
  if (ageMs < DAY_MS) {
    const minutes = Math.floor((ageMs % HOUR_MS) / MINUTE_MS);
    return `${Math.floor(ageMs / HOUR_MS)} h${minutes > 0 ? ` ${minutes} min` : ''}`;
  }
  const hours = Math.floor((ageMs % DAY_MS) / HOUR_MS);
  return `${Math.floor(ageMs / DAY_MS)} d${hours > 0 ? ` ${hours} h` : ''}`;
}

/** “just now”, “14 min ago”. */
export function ago(ageMs: number): string {
  const age = formatAge(ageMs);
  return age === 'just now' ? age : `${age} ago`;
}

/** “once in 41 days”, in the words of the incident’s own sentence. */
export function formatRarity(days: number): string {
  if (days <= 0) return 'not unusual';
  if (days >= 3_650) return 'less than once in ten years';
  if (days >= 730) return `once in ${Math.round(days / 365)} years`;
  if (days >= 1.5) return `once in ${Math.round(days)} days`;
  if (days >= 1) return 'once a day';
  const hours = Math.round(days * 24);
  return hours >= 2 ? `once in ${hours} hours` : 'once an hour';
}

/** “68 %” without the space that would break: 68%. */
export const formatShare = (share: number): string => `${Math.round(share * 100)}%`;

/** “31×”, “2.4×”; “new” where nothing was expected. */
export function formatLift(lift: number, expected: number): string {
  if (expected <= 0.05 || !Number.isFinite(lift)) return 'new';
  return `${lift < 10 ? Math.round(lift * 10) / 10 : Math.round(lift)}×`;
}

/** “12–31”, or “0” where both ends round to the same. */
export function formatBand(low: number, high: number): string {
  const from = formatCount(Math.floor(low));
  const to = formatCount(Math.ceil(high));
  return from === to ? from : `${from}–${to}`;
}

/** `issue:stock` → “stock”, `source:x` → “from x”, `all` → “all mentions”. */
export function formatSeries(series: string): string {
  if (series === 'all') return 'all mentions';
  if (series === 'negative') return 'negative mentions';
  if (series.startsWith('issue:')) return series.slice('issue:'.length).replace(/[-_]/g, ' ');
  if (series.startsWith('source:')) return `from ${series.slice('source:'.length)}`;
  return series;
}

export const SEVERITY_WORD = { critical: 'Critical', warning: 'Warning', info: 'Info' } as const;

export const INCIDENT_STATE_WORD = {
  open: 'Not acknowledged',
  acknowledged: 'Acknowledged',
  snoozed: 'Snoozed',
  suppressed: 'Suppressed',
  resolved: 'Resolved',
  closed: 'Closed',
} as const;
