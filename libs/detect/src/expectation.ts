import { isTrouble } from '@foreshock/model/series';
import { type Expectation, expect, type ScaleBaseline } from './baseline.ts';
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
  const all = state.series.get('all');
  const bySeries = new Map<string, readonly Frozen[]>();
  const allNow = SCALES_MINUTES.map((scale) => (all ? peopleIn(windowCells(state, all, closed, scale)) : 0));
  for (const series of state.series.values())
    bySeries.set(
      series.name,
      SCALES_MINUTES.map((scale, i) =>
        freezeScale({ state, series, all, minute, closed, scale, index: i, allNow: allNow[i]! }),
      ),
    );
  state.frozen.push({ minute, bySeries });
  if (state.frozen.length > FROZEN_KEPT) state.frozen.shift();
}

interface ScalePlace {
  readonly state: WatchState;
  readonly series: SeriesState;
  readonly all: SeriesState | undefined;
  readonly minute: number;
  readonly closed: number;
  readonly scale: number;
  readonly index: number;
  readonly allNow: number;
}

function freezeScale(place: ScalePlace): Frozen {
  const { series, all, scale, index } = place;
  const centre = place.minute - scale / 2;
  const baseline = series.baselines[index]!;
  const usual = expect(baseline, series.shape, centre);
  if (!isTrouble(series.name) || !all)
    return { mean: usual.mean, variance: usual.variance, badMean: usual.mean, badVariance: usual.variance };
  const seriesNow = peopleIn(windowCells(place.state, series, place.closed, scale));
  const others = Math.max(place.allNow - seriesNow, 0);
  const bad = givenOthers(others, baseline.counts, Math.max(0, all.baselines[index]!.counts - baseline.counts));
  return bad.mean > usual.mean
    ? { mean: usual.mean, variance: usual.variance, badMean: bad.mean, badVariance: Math.max(bad.variance, usual.variance) }
    : { mean: usual.mean, variance: usual.variance, badMean: usual.mean, badVariance: usual.variance };
}

/**
 * Hype: when those who do not complain are more, as many more complaints are to be expected. The odds of complaining
 * are Beta(1 + complaints, 4 + others) of the past: one in five where nothing is known yet, and then very uncertain,
 * so that a watch whose talk has only just begun is not taken for trouble. Beta-prime mean and variance.
 */
function givenOthers(others: number, complaints: number, othersBefore: number): Expectation {
  const a = 1 + complaints;
  const b = 4 + othersBefore;
  const odds = a / (b - 1);
  const oddsVariance = (a * (a + b - 1)) / ((b - 2) * (b - 1) ** 2);
  const mean = others * odds;
  return { mean, variance: mean * (1 + odds) * SHARE_SCATTER + others * others * oddsVariance };
}

/** Shares scatter more than independent people would: posts answer each other. */
const SHARE_SCATTER = 1.5;

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
