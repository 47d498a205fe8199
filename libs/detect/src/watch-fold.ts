import { hash52 } from '@foreshock/model/hash';
import type { Forwarded, Match } from '@foreshock/model/match';
import type { SourceStatus } from '@foreshock/model/mention';
import type { Position } from '@foreshock/model/record';
import type { SeriesMinute } from '@foreshock/model/series';
import type { Sight } from '@foreshock/model/signal';
import { closeMinute, finalize } from './closing.ts';
import { admit } from './identity-window.ts';
import { mayBurst, type PageRule } from './judge.ts';
import { addToCell, seriesNamesOf } from './recount.ts';
import { downSince, foldStatus, isBlind, watermarkOf } from './sight.ts';
import { noteTerms } from './terms.ts';
import { type BurstDraft, onArrival, onClose } from './verdicts.ts';
import {
  advanceHead,
  CANDIDATES_KEPT,
  cellOf,
  MINUTE_MS,
  RING_MINUTES,
  type SeriesState,
  seriesOf,
  type WatchState,
} from './watch-state.ts';

/** What a watch is judged by; from the config in force. */
export interface WatchRules {
  readonly page: PageRule;
  readonly latenessMinutes: number;
  readonly blindAfterMs: number;
  /** Partitions of `mentions`: the watermark needs a status from each. */
  readonly partitions: number;
  /** Troubles counted from the first minute on, so that “never yet” is known as such. */
  readonly troubles: readonly string[];
  /** Names of configured sources this watch listens to; undefined: all. */
  readonly sources: readonly string[] | undefined;
}

/** A watermark that leaps further than this beyond the lateness skips unseen time. */
const LEAP_MINUTES = 30;

export type SightDraft = Omit<Sight, 'origin' | 'index'>;

/** What folding one record gives, in order. */
export type WatchOutput =
  | { readonly kind: 'burst'; readonly burst: BurstDraft }
  | { readonly kind: 'sight'; readonly sight: SightDraft }
  | { readonly kind: 'series'; readonly minute: SeriesMinute };

export type Fate = 'counted' | 'duplicate' | 'late' | 're-emitted';

/** Folds one match. `offset` is its place in `matches`, kept for evidence. */
export function foldMatch(
  state: WatchState,
  match: Match,
  context: { rules: WatchRules; partition: number; offset: number; emit: (output: WatchOutput) => void },
): Fate {
  if (!advanceOrigin(state, match.origin)) {
    state.counters.reemitted++;
    return 're-emitted';
  }
  if (!admit(state.identities, hash52('id', match.id))) {
    state.counters.duplicates++;
    return 'duplicate';
  }
  const minute = Math.floor(match.eventTime / MINUTE_MS);
  begin(state, minute, context.rules);
  if (minute < state.finalMinute || minute <= state.headMinute - RING_MINUTES) {
    state.counters.late++;
    return 'late';
  }
  // Statuses come every few seconds. Where they stopped and a post is the first that is heard again, nobody was looking
  // in between.
  if (state.statusMinute > 0 && minute - state.statusMinute > context.rules.latenessMinutes + LEAP_MINUTES)
    markBlind(state, (state.statusMinute + 1) * MINUTE_MS, minute * MINUTE_MS);
  // However far the watermark lags, a post moves it to within the allowed lateness of itself.
  closeUpTo(state, minute - context.rules.latenessMinutes, context);
  advanceHead(state, minute);
  count(state, match, minute, context);
  state.counters.counted++;
  return 'counted';
}

/** True if this origin was not folded yet; it counts as folded from then on. */
export function advanceOrigin(state: WatchState, origin: Position): boolean {
  if (origin.offset <= (state.origins.get(origin.partition) ?? -1)) return false;
  state.origins.set(origin.partition, origin.offset);
  return true;
}

/**
 * Starts the watch’s time, the allowed lateness before its first record: normally the config marker, which comes
 * before every mention whatever order those arrive in.
 */
export function begin(state: WatchState, minute: number, rules: WatchRules): void {
  if (state.headMinute > 0) return;
  state.headMinute = minute;
  state.closedMinute = minute - rules.latenessMinutes;
  state.finalMinute = minute - rules.latenessMinutes;
  state.troubles = rules.troubles.length + 1;
  for (const name of ['all', 'negative', ...rules.troubles]) seriesOf(state, name);
}

function count(
  state: WatchState,
  match: Match,
  minute: number,
  context: { rules: WatchRules; partition: number; offset: number; emit: (output: WatchOutput) => void },
): void {
  // A verdict waits for the minute’s frozen expectation; behind the watermark the newest open minute is judged.
  const judged = Math.max(minute, state.closedMinute);
  for (const name of seriesNamesOf(match)) {
    const series = seriesOf(state, name);
    if (!series) continue;
    addToCell(cellOf(series, minute), match);
    if (!mayBurst(name)) continue;
    addCandidate(series, match, context);
    const burst = match.replay
      ? undefined
      : onArrival(state, series, { minute: judged, at: match.eventTime, rule: context.rules.page });
    if (burst) context.emit({ kind: 'burst', burst });
  }
  if (match.op !== 'announce') noteTerms(state.terms, match.terms, match.author, match.eventTime);
}

function addCandidate(series: SeriesState, match: Match, place: { partition: number; offset: number }): void {
  if (match.op === 'announce') return;
  series.candidates.push({
    id: match.id,
    partition: place.partition,
    offset: place.offset,
    at: match.eventTime,
    shares: match.shares ?? 0,
    author: match.author,
  });
  if (series.candidates.length > CANDIDATES_KEPT) series.candidates.shift();
}

/** Folds a source’s status: sight, watermark, closing of minutes. */
export function foldSourceStatus(
  state: WatchState,
  status: SourceStatus,
  context: { rules: WatchRules; partition: number; emit: (output: WatchOutput) => void },
): void {
  const { rules } = context;
  if (rules.sources && !rules.sources.includes(status.name)) return;
  state.statusMinute = Math.max(state.statusMinute, Math.floor(status.eventTime / MINUTE_MS));
  const down = downSince(state.sights);
  const change = foldStatus(state.sights, status, {
    partition: context.partition,
    blindAfterMs: rules.blindAfterMs,
  });
  if (change)
    context.emit({
      kind: 'sight',
      sight: { kind: 'sight', v: 1, watch: state.watch, at: status.eventTime, ...change },
    });
  if (state.headMinute === 0) {
    if (status.completeUpTo === 0) return;
    begin(state, Math.floor(status.completeUpTo / MINUTE_MS), rules);
  }
  if (status.gap) markBlind(state, status.gap.from, status.gap.to);
  const since = downSince(state.sights);
  if (since !== undefined && isBlind(state.sights)) markBlind(state, since, status.eventTime);
  // Back after a stop that nobody was there to tell of: those minutes were not calm either.
  if (down !== undefined && since === undefined && status.eventTime - down >= rules.blindAfterMs)
    markBlind(state, down, status.eventTime);
  const watermark = watermarkOf(state.sights, rules.partitions, status.eventTime - rules.blindAfterMs);
  const minute = Math.floor(watermark / MINUTE_MS);
  // Statuses come every few seconds: a leap means that nobody was looking in between.
  if (minute - state.closedMinute > rules.latenessMinutes + LEAP_MINUTES)
    markBlind(state, state.closedMinute * MINUTE_MS, minute * MINUTE_MS);
  closeUpTo(state, minute, context);
}

/** Of a long stretch only its end: what is further back is skipped, so nothing will ever be learned of it. */
function markBlind(state: WatchState, fromMs: number, toMs: number): void {
  const to = Math.ceil(toMs / MINUTE_MS);
  const from = Math.max(Math.floor(fromMs / MINUTE_MS), state.finalMinute, to - 2 * RING_MINUTES);
  for (let m = from; m < to; m++) state.blindMinutes.add(m);
}

/** After a long absence: minutes nobody saw are neither told nor learned. */
function skipTo(state: WatchState, minute: number): void {
  state.closedMinute = minute;
  state.finalMinute = Math.max(state.finalMinute, minute);
  state.frozen = [];
  for (const blind of state.blindMinutes) if (blind < minute - RING_MINUTES) state.blindMinutes.delete(blind);
}

/** Closes every minute before `minute`, in order, judging each; then makes final what nothing late may change. */
function closeUpTo(
  state: WatchState,
  minute: number,
  context: { rules: WatchRules; emit: (output: WatchOutput) => void },
): void {
  if (minute - state.closedMinute > RING_MINUTES) skipTo(state, minute - RING_MINUTES);
  while (state.closedMinute < minute) {
    const closing = state.closedMinute;
    const told = closeMinute(state, closing, context.rules.page);
    for (const series of state.series.values()) {
      if (!mayBurst(series.name)) continue;
      const burst = onClose(state, series, { minute: closing, rule: context.rules.page, blind: told.blind });
      if (burst) context.emit({ kind: 'burst', burst });
    }
    context.emit({ kind: 'series', minute: told });
    finalize(state, closing + 1 - context.rules.latenessMinutes);
  }
}

/** Forgets what may name an erased post: its reference among the candidates. Counts stay. */
export function foldErasure(state: WatchState, forwarded: Forwarded): void {
  if (forwarded.record.op !== 'erase') return;
  const { mention } = forwarded.record;
  if (mention === undefined) return;
  for (const series of state.series.values())
    series.candidates = series.candidates.filter((post) => post.id !== mention);
}
