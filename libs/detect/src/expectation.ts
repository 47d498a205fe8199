import { isTrouble } from '@foreshock/model/series';
import { atVolume, expect, type ScaleBaseline } from './baseline.ts';
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
/** People by which a ratio of volumes is drawn towards 1: three against none is not an infinite rise. */
const VOLUME_PRIOR = 3;

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
  const allUsual = expect(all.baselines[index]!, all.shape, centre);
  // Hype: when those who do not complain are more, as many more complaints are to be expected.
  const seriesNow = peopleIn(windowCells(place.state, series, place.closed, scale));
  const others = Math.max(place.allNow - seriesNow, 0);
  const othersUsual = Math.max(allUsual.mean - usual.mean, 0);
  const factor = Math.max(1, (others + VOLUME_PRIOR) / (othersUsual + VOLUME_PRIOR));
  const bad = atVolume(usual, factor);
  return { mean: usual.mean, variance: usual.variance, badMean: bad.mean, badVariance: bad.variance };
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
