import type { Figures } from '@foreshock/model/signal';
import { emptyBaseline, emptyShape, type ScaleBaseline, type Shape } from './baseline.ts';
import { emptyIdentityWindow, type IdentityWindow } from './identity-window.ts';
import { type Cell, emptyCell } from './people.ts';
import type { Sights } from './sight.ts';
import { emptyTerms, type TermTable } from './terms.ts';

/** Windows looked at, in minutes: sudden trouble shows in ten minutes, a slow build in hours. */
export const SCALES_MINUTES = [10, 30, 60, 180] as const;
export const MINUTE_MS = 60_000;
/** Minutes kept open: the longest window, the allowed lateness, and slack. */
export const RING_MINUTES = 384;
/** Sighted minutes, from the first talk on, before a watch may page. */
export const LEARNING_MINUTES = 24 * 60;
export const SERIES_MAX = 64;

/** A burst that is on. */
export interface ActiveBurst {
  id: string;
  level: 'page' | 'info';
  openedAt: number;
  /** First minute of the run of unusual minutes that led here (minute numbers: event time / 60,000). */
  onsetMinute: number;
  /** First closed minute that passes the test by itself: the same in any order of arrival. Null until then. */
  confirmedMinute: number | null;
  firstPostAt: number;
  scale: number;
  /** Figures of the rarest closed window so far; null until the first close. */
  peak: Figures | null;
  /** Rarity and people last told, against which growth is judged. */
  toldRarityDays: number;
  toldPeople: number;
  /** Minute number of the last window that still stood out. */
  lastUnusual: number;
}

/** A post kept by reference as possible evidence; its text stays in the log. */
export interface Candidate {
  id: string;
  partition: number;
  offset: number;
  at: number;
  shares: number;
  author: number;
}

export interface SeriesState {
  name: string;
  /** Ring by minute number; null: nothing said. */
  cells: (Cell | null)[];
  baselines: ScaleBaseline[];
  burst: ActiveBurst | null;
  bursts: number;
  /** People of ten minutes that page at present; null before it was worked out. For graphs only. */
  pageAt: number | null;
  /** Minutes of the newest burst: they are not “usual”, so they teach no extremes. */
  burstSpan: { from: number; to: number } | null;
  /** The newest posts of a trouble, oldest first; at most `CANDIDATES_KEPT`. */
  candidates: Candidate[];
}

export const CANDIDATES_KEPT = 48;
export const FROZEN_KEPT = 4;

export interface WatchCounters {
  counted: number;
  duplicates: number;
  late: number;
  reemitted: number;
  shed: number;
}

/** What a window of one scale of one series is expected to hold, and what trouble would be given today’s volume. */
export interface Frozen {
  readonly mean: number;
  readonly variance: number;
  readonly badMean: number;
  readonly badVariance: number;
}

/** Expectations for one minute, fixed when the minute two before it closed. By series, then scale. */
export interface FrozenMinute {
  readonly minute: number;
  readonly bySeries: Map<string, readonly Frozen[]>;
}

/** Everything `detect` knows of one watch. Plain data: a snapshot is this value, encoded. */
export interface WatchState {
  watch: string;
  revision: number;
  /** Next offset of `matches` to fold; what is before it is already in this state. */
  position: number;
  /** Highest origin folded, by mentions partition. */
  origins: Map<number, number>;
  identities: IdentityWindow;
  sights: Sights;
  /** Minute of the newest status of any source; 0 before the first. */
  statusMinute: number;
  /** Minutes before this one are closed (judged) … */
  closedMinute: number;
  /** … before this one final (learned). */
  finalMinute: number;
  /** Newest minute that has a place in the rings: of the newest post or the watermark. */
  headMinute: number;
  blindMinutes: Set<number>;
  /** Newest last; at most `FROZEN_KEPT`. */
  frozen: FrozenMinute[];
  sightedMinutes: number;
  /** Talk as there is now has only just begun: what came before says nothing about it. Worked out at each close. */
  newTalk: boolean;
  /** Troubles judged side by side; see `RarityContext`. */
  troubles: number;
  series: Map<string, SeriesState>;
  shape: Shape;
  terms: TermTable;
  counters: WatchCounters;
}

export const emptyWatchState = (watch: string, revision: number): WatchState => ({
  watch,
  revision,
  position: 0,
  origins: new Map(),
  identities: emptyIdentityWindow(),
  sights: new Map(),
  statusMinute: 0,
  closedMinute: 0,
  finalMinute: 0,
  headMinute: 0,
  blindMinutes: new Set(),
  frozen: [],
  sightedMinutes: 0,
  newTalk: false,
  troubles: 1,
  series: new Map(),
  shape: emptyShape(),
  terms: emptyTerms(),
  counters: { counted: 0, duplicates: 0, late: 0, reemitted: 0, shed: 0 },
});

export function seriesOf(state: WatchState, name: string): SeriesState | undefined {
  let series = state.series.get(name);
  if (!series) {
    if (state.series.size >= SERIES_MAX) return undefined;
    series = {
      name,
      cells: new Array<Cell | null>(RING_MINUTES).fill(null),
      baselines: SCALES_MINUTES.map(emptyBaseline),
      burst: null,
      bursts: 0,
      pageAt: null,
      burstSpan: null,
      candidates: [],
    };
    state.series.set(name, series);
  }
  return series;
}

/** The cells of the `scale` minutes that end with `minute`. Minutes that left the ring count as empty. */
export function windowCells(
  state: WatchState,
  series: SeriesState,
  minute: number,
  scale: number,
): (Cell | null)[] {
  const oldest = state.headMinute - RING_MINUTES + 1;
  const cells: (Cell | null)[] = [];
  for (let m = Math.max(minute - scale + 1, oldest); m <= minute; m++) {
    const cell = series.cells[m % RING_MINUTES];
    if (cell) cells.push(cell);
  }
  return cells;
}

/** Makes room in every ring up to `minute`. Minutes further back than the ring are forgotten. */
export function advanceHead(state: WatchState, minute: number): void {
  if (minute <= state.headMinute) return;
  const first = Math.max(state.headMinute + 1, minute - RING_MINUTES + 1);
  for (const series of state.series.values())
    for (let m = first; m <= minute; m++) series.cells[m % RING_MINUTES] = null;
  state.headMinute = minute;
}

/** The cell of a minute inside the ring, made where there is none. */
export function cellOf(series: SeriesState, minute: number): Cell {
  const place = minute % RING_MINUTES;
  const cell = series.cells[place] ?? emptyCell();
  series.cells[place] = cell;
  return cell;
}

export const isLearning = (state: WatchState): boolean =>
  state.sightedMinutes < LEARNING_MINUTES || state.newTalk;
