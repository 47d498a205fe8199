import { isTrouble } from '@foreshock/model/series';
import { type Expectation, expect, type ScaleBaseline, type Shape } from './baseline.ts';
import { peopleIn } from './people.ts';
import {
  FROZEN_KEPT,
  type Frozen,
  type FrozenMinute,
  SCALES_MINUTES,
  type SeriesState,
  type WatchState,
  windowCells,
} from './watch-state.ts';

/** Verdicts on a minute rest on what was closed this many minutes before it, so arrival order cannot change them. */
export const FREEZE_AHEAD_MINUTES = 2;
/** Fixes the expectations for `closed + 2` once minute `closed` is closed. */
export function freeze(state: WatchState, closed: number): void {
  const minute = closed + FREEZE_AHEAD_MINUTES;
  const bySeries = new Map<string, readonly Frozen[]>();
  const calm = SCALES_MINUTES.map((scale, index) => calmPeople(state, closed, scale, index));
  state.newTalk = isNewTalk(calm[calm.length - 1]!);
  for (const series of state.series.values())
    bySeries.set(
      series.name,
      SCALES_MINUTES.map((scale, index) =>
        freezeScale(state.shape, series, { centre: minute - scale / 2, index, calm: calm[index]! }),
      ),
    );
  state.frozen.push({ minute, bySeries });
  if (state.frozen.length > FROZEN_KEPT) state.frozen.shift();
}

/** A watch must have heard this much of a day’s talk, as it is now, before it may say what is unusual in it. */
const FAMILIAR_DAYS = 1 / 3;

/**
 * A collection that starts late, or an old phrase that suddenly means something else: far more people talk, without
 * complaining, than ever before. Even a launch has talk before it; and an outcry in a quiet place is complaints.
 */
function isNewTalk({ people, before }: CalmPeople): boolean {
  const certain = people - 3 * Math.sqrt(people);
  return certain * (1_440 / SCALES_MINUTES[SCALES_MINUTES.length - 1]!) * FAMILIAR_DAYS > before;
}

/** People who talk about the watch without complaining: in the window that just closed, and in the past. */
interface CalmPeople {
  readonly people: number;
  /** Of these, what is more than scatter: three people more in ten minutes are not yet hype. */
  readonly now: number;
  readonly before: number;
}

function calmPeople(state: WatchState, closed: number, scale: number, index: number): CalmPeople {
  const all = state.series.get('all');
  const negative = state.series.get('negative');
  if (!all || !negative) return { people: 0, now: 0, before: 0 };
  const people = Math.max(
    0,
    peopleIn(windowCells(state, all, closed, scale)) - peopleIn(windowCells(state, negative, closed, scale)),
  );
  return {
    people,
    now: Math.max(0, people - Math.sqrt(people)),
    before: Math.max(0, all.baselines[index]!.counts - negative.baselines[index]!.counts),
  };
}

function freezeScale(
  shape: Shape,
  series: SeriesState,
  { centre, index, calm }: { centre: number; index: number; calm: CalmPeople },
): Frozen {
  const baseline = series.baselines[index]!;
  const usual = expect(baseline, shape, centre);
  const { mean, variance, dispersion } = usual;
  if (!isTrouble(series.name)) return { mean, variance, badMean: mean, badVariance: variance };
  const bad = givenCalm(calm, { complaints: baseline.counts, dispersion });
  return bad.mean > mean
    ? { mean, variance, badMean: bad.mean, badVariance: Math.max(bad.variance, variance) }
    : { mean, variance, badMean: mean, badVariance: variance };
}

/**
 * Hype: when those who do not complain are more, as many more complaints are to be expected. The odds of complaining
 * are Beta(1 + complaints, 4 + others) of the past: one in five where nothing is known yet, and then very uncertain,
 * so that a watch whose talk has only just begun is not taken for trouble. Beta-prime mean and variance.
 */
export function givenCalm(
  calm: Pick<CalmPeople, 'now' | 'before'>,
  past: { complaints: number; dispersion: number },
): Expectation {
  const a = 1 + past.complaints;
  const b = 4 + calm.before;
  const odds = a / (b - 1);
  const oddsVariance = (a * (a + b - 1)) / ((b - 2) * (b - 1) ** 2);
  const mean = calm.now * odds;
  return { mean, variance: mean * (1 + odds) * past.dispersion + calm.now * calm.now * oddsVariance };
}

export const frozenFor = (state: WatchState, minute: number): FrozenMinute | undefined =>
  state.frozen.find((frozen) => frozen.minute === minute);

/** This series’ usual part of everybody, from the slow sums. */
export function usualShare(state: WatchState, series: string): number {
  const sum = (baseline: ScaleBaseline | undefined) =>
    baseline && baseline.shapes > 0 ? baseline.counts : 0;
  const all = sum(state.series.get('all')?.baselines[2]);
  const own = sum(state.series.get(series)?.baselines[2]);
  return all > 0 ? Math.min(1, own / all) : 0;
}
