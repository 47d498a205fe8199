import { type ConfigRevision, DEFAULTS, durationMs } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { Notice } from '@foreshock/model/notice';
import type { ReplayResult } from './replay-pipeline.ts';

/** An incident that both configs raise: the same watch, at overlapping times. */
export interface Kept {
  readonly before: Incident;
  readonly after: Incident;
  /** Negative: the second config pages sooner. */
  readonly minutesLater: number;
}

export interface Comparison {
  readonly kept: readonly Kept[];
  readonly gone: readonly Incident[];
  readonly come: readonly Incident[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const overlap = (a: Incident, b: Incident): boolean =>
  a.watch === b.watch &&
  a.onset <= (b.endedAt ?? Number.POSITIVE_INFINITY) &&
  b.onset <= (a.endedAt ?? Number.POSITIVE_INFINITY);

/** Which incidents come and go between two replays of the same recording. Each is paired at most once, in order. */
export function compareIncidents(before: readonly Incident[], after: readonly Incident[]): Comparison {
  const open = new Set(after.filter((incident) => incident.kind === 'trouble'));
  const kept: Kept[] = [];
  const gone: Incident[] = [];
  for (const incident of before) {
    if (incident.kind !== 'trouble') continue;
    const same = [...open].find((other) => overlap(incident, other));
    if (!same) {
      gone.push(incident);
      continue;
    }
    open.delete(same);
    const minutesLater = Math.round((same.detectedAt - incident.detectedAt) / MINUTE_MS);
    kept.push({ before: incident, after: same, minutesLater });
  }
  return { kept, gone, come: [...open] };
}

/** What somebody would have been woken by. */
export const pagesIn = (notices: readonly Notice[]): Notice[] =>
  notices.filter(
    ({ transition, incident }) =>
      (transition === 'opened' || transition === 'reopened' || transition === 'escalated') &&
      incident.kind === 'trouble' &&
      incident.severity !== 'info',
  );

const NIGHT_FROM = 22;
const NIGHT_TO = 7;

/** Pages between ten in the evening and seven in the morning, by the hour where people live. */
export function pagesAtNight(notices: readonly Notice[], timezone: string): number {
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone: timezone });
  return pagesIn(notices).filter(({ at }) => {
    const hour = Number(clock.format(at));
    return hour >= NIGHT_FROM || hour < NIGHT_TO;
  }).length;
}

export interface PagePromise {
  readonly days: number;
  /** False pages that the config allows in so many days: more than that is not what it promises. */
  readonly pages: number;
  readonly came: number;
}

/** The pages a config allows over the time of a recording, against those that came, true and false. */
export function promiseOf({ config }: ConfigRevision, result: ReplayResult, spanMs: number): PagePromise {
  const days = spanMs / DAY_MS;
  const sharing = config.watches.filter((watch) => watch.page?.rarity === undefined).length;
  const perDay = (rarity: string | undefined) => DAY_MS / durationMs(rarity ?? DEFAULTS.pageRarity);
  const named = config.watches
    .filter((watch) => watch.page?.rarity !== undefined)
    .reduce((sum, watch) => sum + perDay(watch.page?.rarity), 0);
  const { budget } = config;
  const shared = budget ? (budget.pages * DAY_MS) / durationMs(budget.per) : sharing * perDay(undefined);
  return {
    days,
    pages: days * (named + (sharing > 0 ? shared : 0)),
    came: pagesIn(result.notices).length,
  };
}
