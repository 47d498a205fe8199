import type { Burst } from '@foreshock/model/signal';
import { explain, figuresOf, type Verdict } from './explanation.ts';
import {
  CALM_MINUTES,
  CLOSE_PART,
  firstPostFrom,
  GROWTH_PEOPLE,
  GROWTH_RARITY,
  judge,
  mayPage,
  onsetOf,
  type PageRule,
  passes,
} from './judge.ts';
import {
  isLearning,
  MINUTE_MS,
  SCALES_MINUTES,
  type SeriesState,
  type WatchState,
  windowCells,
} from './watch-state.ts';

const HOUR_MINUTES = 60;

/** A burst without the place it was emitted at; the fold adds origin and index. */
export type BurstDraft = Omit<Burst, 'origin' | 'index'>;

/**
 * On arrival: opens a burst if the post made it certain. People only grow with posts and the expectation is frozen,
 * so nothing that comes later can undo this.
 */
export function onArrival(
  state: WatchState,
  series: SeriesState,
  place: { minute: number; at: number; rule: PageRule },
): BurstDraft | undefined {
  if (series.burst || isLearning(state) || !mayPage(state, series, place.minute, place.rule))
    return undefined;
  const verdict = judge(state, series, place.minute, place.rule, longestWindow(series, place.minute));
  if (!verdict || !passes(verdict, place.rule)) return undefined;
  return open(state, series, { verdict, at: place.at, rule: place.rule });
}

/**
 * The longest window that may speak, in minutes. Hours later it still holds a sudden burst: while one is on, it counts
 * only if it found it; afterwards, only what does not reach back into the burst is news.
 */
function longestWindow(series: SeriesState, minute: number): number {
  if (series.burst) return Math.max(HOUR_MINUTES, series.burst.scale);
  const { burstSpan } = series;
  return burstSpan ? Math.max(SCALES_MINUTES[0], minute - burstSpan.to) : Number.POSITIVE_INFINITY;
}

/** When a minute closes: opens, confirms, tells growth, ends. */
export function onClose(
  state: WatchState,
  series: SeriesState,
  place: { minute: number; rule: PageRule; blind: boolean },
): BurstDraft | undefined {
  const { minute, rule } = place;
  const at = (minute + 1) * MINUTE_MS;
  const burst = series.burst;
  if (!burst && !mayPage(state, series, minute, rule)) return undefined;
  const verdict = judge(state, series, minute, rule, longestWindow(series, minute));
  if (!verdict) return undefined;
  const unusual = passes(verdict, rule);
  if (!burst) {
    if (!unusual) return undefined;
    const opened = open(state, series, { verdict, at, rule });
    confirm(state, series, verdict);
    return opened;
  }
  if (burst.confirmedMinute === null && unusual) confirm(state, series, verdict);
  if (verdict.rarityDays >= rule.days / CLOSE_PART) burst.lastUnusual = minute;
  if (series.burstSpan) series.burstSpan.to = minute;
  if (unusual && (!burst.peak || verdict.rarityDays > burst.peak.rarityDays))
    burst.peak = figuresOf(state, series, verdict);
  if (minute - burst.lastUnusual >= CALM_MINUTES && !place.blind)
    return end(state, series, { verdict, at, rule });
  const upgraded = burst.level === 'info' && unusual && !isLearning(state);
  const grown =
    unusual &&
    (verdict.rarityDays >= burst.toldRarityDays * GROWTH_RARITY ||
      verdict.people >= burst.toldPeople * GROWTH_PEOPLE);
  if (!upgraded && !grown) return undefined;
  if (upgraded) burst.level = 'page';
  burst.toldRarityDays = Math.max(burst.toldRarityDays, verdict.rarityDays);
  burst.toldPeople = Math.max(burst.toldPeople, verdict.people);
  return draft(state, series, { phase: 'growth', verdict, at, rule });
}

function open(
  state: WatchState,
  series: SeriesState,
  context: { verdict: Verdict; at: number; rule: PageRule },
): BurstDraft {
  const { verdict } = context;
  const onset = onsetOf(state, series, verdict.minute);
  series.bursts += 1;
  series.burst = {
    id: `${state.watch}/${series.name}/${series.bursts}`,
    level: isLearning(state) ? 'info' : 'page',
    openedAt: context.at,
    onsetMinute: onset,
    confirmedMinute: null,
    firstPostAt: firstPostFrom(state, series, onset),
    scale: verdict.scale,
    peak: null,
    toldRarityDays: verdict.rarityDays,
    toldPeople: verdict.people,
    lastUnusual: verdict.minute,
  };
  series.burstSpan = { from: onset, to: verdict.minute };
  return draft(state, series, { ...context, phase: 'onset' });
}

/** The first closed minute that passes fixes onset and peak: from here on nothing depends on arrival order. */
function confirm(state: WatchState, series: SeriesState, verdict: Verdict): void {
  const burst = series.burst!;
  burst.confirmedMinute = verdict.minute;
  burst.onsetMinute = onsetOf(state, series, verdict.minute);
  burst.firstPostAt = firstPostFrom(state, series, burst.onsetMinute);
  burst.peak = figuresOf(state, series, verdict);
  series.burstSpan = { from: burst.onsetMinute, to: verdict.minute };
}

function end(
  state: WatchState,
  series: SeriesState,
  context: { verdict: Verdict; at: number; rule: PageRule },
): BurstDraft {
  const over = draft(state, series, { ...context, phase: 'end' });
  series.burst = null;
  return over;
}

function draft(
  state: WatchState,
  series: SeriesState,
  context: { phase: Burst['phase']; verdict: Verdict; at: number; rule: PageRule },
): BurstDraft {
  const burst = series.burst!;
  const figures =
    context.phase === 'end' && burst.peak ? burst.peak : figuresOf(state, series, context.verdict);
  const cells = windowCells(state, series, context.verdict.minute, context.verdict.scale);
  const posts = cells.reduce((sum, cell) => sum + (cell?.posts ?? 0), 0);
  const replayed = cells.reduce((sum, cell) => sum + (cell?.replayed ?? 0), 0);
  return {
    kind: 'burst',
    v: 1,
    burst: burst.id,
    watch: state.watch,
    series: series.name,
    phase: context.phase,
    at: context.at,
    onset: burst.onsetMinute * MINUTE_MS,
    firstPostAt: burst.firstPostAt,
    level: burst.level,
    replay: posts > 0 && replayed * 2 > posts,
    figures,
    explanation: explain(state, series, context.verdict, { figures, pageDays: context.rule.days }),
  };
}
