import type { SeriesMinute, SeriesPoint } from '@foreshock/model/series';
import { isTrouble } from '@foreshock/model/series';
import { countForRarity, expect, learn, learnShape, rarityDays } from './baseline.ts';
import { freeze, frozenFor } from './expectation.ts';
import type { PageRule } from './judge.ts';
import { peopleIn } from './people.ts';
import { isBlind } from './sight.ts';
import {
  advanceHead,
  isLearning,
  MINUTE_MS,
  RING_MINUTES,
  SCALES_MINUTES,
  type SeriesState,
  type WatchState,
  windowCells,
} from './watch-state.ts';

/** Makes the minutes before `minute` final and teaches the baselines what they held. Blind ones teach nothing. */
export function finalize(state: WatchState, minute: number): void {
  for (let m = state.finalMinute; m < minute; m++) {
    if (!state.blindMinutes.has(m) && isTalkedAbout(state)) state.sightedMinutes++;
    for (const series of state.series.values()) learnWindows(state, series, m);
    state.blindMinutes.delete(m - RING_MINUTES);
  }
  state.finalMinute = Math.max(state.finalMinute, minute);
}

/** Silence before the first talk teaches nothing about what talk is usual. */
const isTalkedAbout = (state: WatchState): boolean =>
  (state.series.get('all')?.baselines[0]?.counts ?? 0) > 0;

function learnWindows(state: WatchState, series: SeriesState, minute: number): void {
  for (const [index, scale] of SCALES_MINUTES.entries()) {
    if ((minute + 1) % scale !== 0 || anyBlind(state, minute - scale + 1, minute)) continue;
    const count = peopleIn(windowCells(state, series, minute, scale));
    const centre = minute + 1 - scale / 2;
    const span = series.burstSpan;
    const unusual = span !== null && minute >= span.from && minute - scale < span.to;
    if (scale === 60 && series.name === 'all') learnShape(state.shape, { count, minute: centre });
    learn(series.baselines[index]!, state.shape, { count, minute: centre, scaleMinutes: scale, unusual });
  }
}

function anyBlind(state: WatchState, from: number, to: number): boolean {
  if (state.blindMinutes.size === 0) return false;
  for (let m = from; m <= to; m++) if (state.blindMinutes.has(m)) return true;
  return false;
}

/** Closes one minute: notes blindness, freezes what comes, and tells the minute for the graphs. */
export function closeMinute(state: WatchState, minute: number, rule: PageRule): SeriesMinute {
  advanceHead(state, minute);
  const blind = isBlind(state.sights) || state.blindMinutes.has(minute);
  if (blind) state.blindMinutes.add(minute);
  for (const series of state.series.values())
    if (isTrouble(series.name)) notePageLevel(state, series, minute, rule);
  const told = seriesMinute(state, minute, blind);
  freeze(state, minute);
  state.closedMinute = minute + 1;
  return told;
}

function seriesMinute(state: WatchState, minute: number, blind: boolean): SeriesMinute {
  const all = state.series.get('all');
  const cell = all?.cells[minute % RING_MINUTES];
  const points: SeriesPoint[] = [];
  for (const series of state.series.values()) {
    const point = pointOf(state, series, minute);
    if (point) points.push(point);
  }
  return {
    v: 1,
    watch: state.watch,
    minute: minute * MINUTE_MS,
    blind,
    points,
    negativePosts: cell?.negative ?? 0,
    channels: [...(cell?.sources ?? [])].map(([source, posts]) => ({ source, posts })),
  };
}

/** `all` and `negative` always, the others while something was said in the last ten minutes. */
function pointOf(state: WatchState, series: SeriesState, minute: number): SeriesPoint | undefined {
  const cells = windowCells(state, series, minute, SCALES_MINUTES[0]);
  if (cells.length === 0 && series.name !== 'all' && series.name !== 'negative' && !series.burst)
    return undefined;
  const own = series.cells[minute % RING_MINUTES] ?? null;
  const baseline = series.baselines[0]!;
  const frozen = frozenFor(state, minute)?.bySeries.get(series.name)?.[0];
  const usual = frozen ?? expect(baseline, state.shape, minute - SCALES_MINUTES[0] / 2);
  const window = peopleIn(cells);
  // The band shows what would be usual at today’s volume: that is what a page is judged against.
  const bad =
    frozen && isTrouble(series.name) ? { mean: frozen.badMean, variance: frozen.badVariance } : usual;
  const spread = 1.64 * Math.sqrt(bad.variance);
  const context = {
    scaleMinutes: SCALES_MINUTES[0],
    extremes: baseline.extremes,
    windows: baseline.windows,
    troubles: state.troubles,
  };
  return {
    series: series.name,
    posts: own?.posts ?? 0,
    people: own ? peopleIn([own]) : 0,
    window,
    expected: Math.round(bad.mean * 100) / 100,
    low: Math.max(0, Math.floor(bad.mean - spread)),
    high: Math.ceil(bad.mean + spread),
    rarityDays: window > bad.mean ? Math.round(rarityDays(window, bad, context) * 100) / 100 : 0,
    learning: isLearning(state),
    ...(series.pageAt === null ? {} : { pageAt: series.pageAt }),
  };
}

/** People of ten minutes that would page now, for the dotted line of the graph; brought up to date every ten minutes. */
function notePageLevel(state: WatchState, series: SeriesState, minute: number, rule: PageRule): void {
  if (minute % SCALES_MINUTES[0] !== 0 && series.pageAt !== null) return;
  const frozen = frozenFor(state, minute)?.bySeries.get(series.name)?.[0];
  if (!frozen || isLearning(state)) return;
  const baseline = series.baselines[0]!;
  series.pageAt = countForRarity(
    rule.days,
    rule.people,
    { mean: frozen.badMean, variance: frozen.badVariance },
    {
      scaleMinutes: SCALES_MINUTES[0],
      extremes: baseline.extremes,
      windows: baseline.windows,
      troubles: state.troubles,
    },
  );
}
