import { isTrouble } from '@foreshock/model/series';
import { countForRarity, rarityDays } from './baseline.ts';
import { frozenFor } from './expectation.ts';
import type { Verdict } from './explanation.ts';
import { peopleIn } from './people.ts';
import {
  type FrozenMinute,
  MINUTE_MS,
  RING_MINUTES,
  SCALES_MINUTES,
  type SeriesState,
  type WatchState,
  windowCells,
} from './watch-state.ts';

/** The user’s words for when to wake somebody. */
export interface PageRule {
  /** Page what happens here at most once in so many days … */
  readonly days: number;
  /** … and takes at least so many people. */
  readonly people: number;
}

/** A burst is over once nothing was as rare as a thirtieth of the page level for half an hour. */
export const CLOSE_PART = 30;
export const CALM_MINUTES = 30;
/** Growth is told when it is ten times rarer, or twice the people, than what was told last. */
export const GROWTH_RARITY = 10;
export const GROWTH_PEOPLE = 2;

/**
 * The shortest window (up to `longestMinutes`) that ends with `minute` and passes, else the rarest; undefined where no
 * expectation was frozen for it.
 */
export function judge(
  state: WatchState,
  series: SeriesState,
  minute: number,
  rule: PageRule,
  longestMinutes = Number.POSITIVE_INFINITY,
): Verdict | undefined {
  const frozen = frozenFor(state, minute)?.bySeries.get(series.name);
  if (!frozen) return undefined;
  let best: Verdict | undefined;
  for (const [index, scale] of SCALES_MINUTES.entries()) {
    if (scale > longestMinutes) break;
    const people = peopleIn(windowCells(state, series, minute, scale));
    const verdict = weigh({ state, series, minute, rule, people, index, frozen });
    if (passes(verdict, rule)) return verdict;
    if (!best || verdict.rarityDays > best.rarityDays) best = verdict;
  }
  return best;
}

/** Could a post that just came have made a window page? Cheap bound first: people never exceed posts. */
export function mayPage(state: WatchState, series: SeriesState, minute: number, rule: PageRule): boolean {
  let posts = 0;
  const longest = SCALES_MINUTES[SCALES_MINUTES.length - 1]!;
  const oldest = Math.max(minute - longest + 1, state.headMinute - RING_MINUTES + 1);
  for (let m = minute; m >= oldest; m--) {
    const cell = series.cells[m % RING_MINUTES];
    if (cell) posts += cell.posts - cell.reposts;
    if (posts >= rule.people) return true;
  }
  return false;
}

function weigh(place: {
  state: WatchState;
  series: SeriesState;
  minute: number;
  rule: PageRule;
  people: number;
  index: number;
  frozen: NonNullable<ReturnType<FrozenMinute['bySeries']['get']>>;
}): Verdict {
  const { series, minute, rule, people, index } = place;
  const frozen = place.frozen[index]!;
  const scale = SCALES_MINUTES[index]!;
  const baseline = series.baselines[index]!;
  const context = {
    scaleMinutes: scale,
    extremes: baseline.extremes,
    windows: baseline.windows,
    troubles: place.state.troubles,
  };
  const bad = { mean: frozen.badMean, variance: frozen.badVariance };
  const rarity = people > bad.mean ? rarityDays(people, bad, context) : 0;
  return {
    minute,
    scale,
    people,
    rarityDays: rarity,
    // Only worked out where it is looked at: near and beyond paging.
    threshold: rarity > rule.days / 100 ? countForRarity(rule.days, rule.people, bad, context) : 0,
    ...bad,
  };
}

export const passes = (verdict: Verdict, rule: PageRule): boolean =>
  verdict.rarityDays >= rule.days && verdict.people >= rule.people;

/** Troubles may page; what is merely much may only be shown. */
export const mayBurst = (series: string): boolean => isTrouble(series);

/**
 * First minute of the unbroken run of half hours above the usual band that ends with `minute`, moved on to its
 * first post.
 */
export function onsetOf(state: WatchState, series: SeriesState, minute: number): number {
  const frozen = frozenFor(state, minute)?.bySeries.get(series.name)?.[1];
  const band = frozen ? frozen.badMean + 1.64 * Math.sqrt(frozen.badVariance) : 0;
  const oldest = Math.max(minute - 180, state.headMinute - RING_MINUTES + 31);
  let start = minute;
  while (start - 1 >= oldest && peopleIn(windowCells(state, series, start - 1, 30)) > band) start--;
  for (let m = Math.max(start - 29, oldest); m <= minute; m++) {
    const cell = series.cells[m % RING_MINUTES];
    if (cell && cell.posts > cell.reposts) return m;
  }
  return start;
}

/** Event time of the first post from `onset` on, ms. */
export function firstPostFrom(state: WatchState, series: SeriesState, onset: number): number {
  for (let m = onset; m <= state.headMinute; m++) {
    const cell = series.cells[m % RING_MINUTES];
    if (cell) return cell.firstAt;
  }
  return onset * MINUTE_MS;
}
