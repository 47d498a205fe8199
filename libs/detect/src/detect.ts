import type { ConfigRevision } from '@foreshock/model/config';
import type { Forwarded, MatchesRecord } from '@foreshock/model/match';
import type { SeriesMinute } from '@foreshock/model/series';
import type { Burst, Sight } from '@foreshock/model/signal';
import { rulesOf, sameMatching, samePacks } from './rules.ts';
import { forgetSources } from './sight.ts';
import {
  advanceOrigin,
  begin,
  type Fate,
  foldErasure,
  foldMatch,
  foldSourceStatus,
  type WatchOutput,
  type WatchRules,
} from './watch-fold.ts';
import { emptyWatchState, MINUTE_MS, type WatchState } from './watch-state.ts';

/** A post whose text is to be kept as evidence, by its place in `matches`. */
export interface EvidenceRef {
  readonly id: string;
  readonly watch: string;
  readonly partition: number;
  readonly offset: number;
}

/** What folding gives. The shell appends each to its topic before it notes the position. */
export type DetectOutput =
  | { readonly kind: 'signal'; readonly signal: Burst | Sight }
  | { readonly kind: 'series'; readonly minute: SeriesMinute }
  | { readonly kind: 'evidence'; readonly refs: readonly EvidenceRef[] }
  | { readonly kind: 'heartbeat'; readonly id: string; readonly sentAt: number }
  | { readonly kind: 'fate'; readonly watch: string; readonly fate: Fate };

/** The state of one partition of `matches`: the watches that live in it. */
export interface DetectState {
  readonly partition: number;
  revision: ConfigRevision | undefined;
  rules: Map<string, WatchRules>;
  watches: Map<string, WatchState>;
}

export const emptyDetectState = (partition: number): DetectState => ({
  partition,
  revision: undefined,
  rules: new Map(),
  watches: new Map(),
});

/** Looks a revision up and says which of its watches live in this partition. Fixed per revision number. */
export interface DetectContext {
  readonly revisionOf: (revision: number) => ConfigRevision;
  readonly isMine: (watch: string) => boolean;
}

/** Folds one record of `matches`. Changes `state`, returns what is to be appended, in order. */
export function foldDetect(
  state: DetectState,
  input: { readonly offset: number; readonly record: MatchesRecord },
  context: DetectContext,
): DetectOutput[] {
  const outputs: DetectOutput[] = [];
  const { record, offset } = input;
  if (record.kind === 'match') {
    const watch = state.watches.get(record.watch);
    const rules = state.rules.get(record.watch);
    // A match of a watch that a later config removed: nobody listens any more.
    if (!watch || !rules || offset < watch.position) return outputs;
    const emit = emitter(state, watch, offset, outputs);
    const fate = foldMatch(watch, record, { rules, partition: state.partition, offset, emit });
    watch.position = offset + 1;
    outputs.push({ kind: 'fate', watch: record.watch, fate });
    return outputs;
  }
  foldForwarded(state, record, { offset, outputs, context });
  return outputs;
}

function foldForwarded(
  state: DetectState,
  forwarded: Forwarded,
  place: { offset: number; outputs: DetectOutput[]; context: DetectContext },
): void {
  const { record } = forwarded;
  if (record.op === 'config') adoptRevision(state, record.revision, record.eventTime, place);
  for (const watch of state.watches.values()) {
    if (place.offset < watch.position) continue;
    watch.position = place.offset + 1;
    if (!advanceOrigin(watch, forwarded.origin)) continue;
    const rules = state.rules.get(watch.watch)!;
    const emit = emitter(state, watch, place.offset, place.outputs);
    if (record.op === 'status')
      foldSourceStatus(watch, record, { rules, partition: forwarded.origin.partition, emit });
    else if (record.op === 'erase') foldErasure(watch, forwarded);
  }
  if (record.op === 'heartbeat')
    place.outputs.push({ kind: 'heartbeat', id: record.id, sentAt: record.eventTime });
}

/** A revision takes force at its marker. A watch that matches otherwise than before starts anew, as “learning”. */
function adoptRevision(
  state: DetectState,
  number: number,
  eventTime: number,
  place: { offset: number; outputs: DetectOutput[]; context: DetectContext },
): void {
  if (state.revision && number <= state.revision.revision) return;
  const revision = place.context.revisionOf(number);
  const before = new Map(state.revision?.config.watches.map((watch) => [watch.id, watch]));
  const kept = new Map<string, WatchState>();
  for (const watch of revision.config.watches) {
    if (!place.context.isMine(watch.id)) continue;
    const rules = rulesOf(watch, revision);
    state.rules.set(watch.id, rules);
    const old = state.watches.get(watch.id);
    const previous = before.get(watch.id);
    const same = previous && sameMatching(previous, watch) && samePacks(watch, state.revision!, revision);
    if (old && (old.revision >= number || !previous || same)) {
      old.revision = Math.max(old.revision, number);
      kept.set(watch.id, old);
      continue;
    }
    const fresh = emptyWatchState(watch.id, number);
    fresh.position = place.offset;
    // What it matches is new, what its sources are doing is not.
    if (old) fresh.sights = old.sights;
    begin(fresh, Math.floor(eventTime / MINUTE_MS), rules);
    kept.set(watch.id, fresh);
  }
  dropSources(state, { kept, revision, eventTime }, place);
  state.revision = revision;
  state.watches = kept;
}

/** A removed source ends for every watch; for a removed watch, and what a watch stops to listen to, likewise. */
function dropSources(
  state: DetectState,
  next: { kept: ReadonlyMap<string, WatchState>; revision: ConfigRevision; eventTime: number },
  place: { offset: number; outputs: DetectOutput[] },
): void {
  const names = ({ config }: ConfigRevision) => new Set(config.sources?.map((source) => source.name));
  const removed = state.revision ? names(state.revision).difference(names(next.revision)) : new Set();
  for (const watch of state.watches.values()) {
    const heard = state.rules.get(watch.watch)?.sources;
    const changes = forgetSources(
      watch.sights,
      (source) => !next.kept.has(watch.watch) || removed.has(source) || heard?.includes(source) === false,
      next.eventTime,
    );
    const emit = emitter(state, watch, place.offset, place.outputs);
    for (const change of changes)
      emit({
        kind: 'sight',
        sight: { kind: 'sight', v: 1, watch: watch.watch, at: next.eventTime, ...change },
      });
  }
}

/** Numbers the outputs of one record of one watch, and asks for the texts a burst shows. */
function emitter(state: DetectState, watch: WatchState, offset: number, outputs: DetectOutput[]) {
  let index = 0;
  const origin = { partition: state.partition, offset };
  return (output: WatchOutput): void => {
    if (output.kind === 'series') {
      outputs.push({ kind: 'series', minute: output.minute });
      return;
    }
    if (output.kind === 'sight') {
      outputs.push({ kind: 'signal', signal: { ...output.sight, origin, index: index++ } });
      return;
    }
    const { burst } = output;
    outputs.push({ kind: 'signal', signal: { ...burst, origin, index: index++ } });
    const shown = new Set([...burst.explanation.firstPosts, ...burst.explanation.mostShared]);
    const refs = (watch.series.get(burst.series)?.candidates ?? [])
      .filter((post) => shown.has(post.id))
      .map((post) => ({ id: post.id, watch: watch.watch, partition: post.partition, offset: post.offset }));
    if (refs.length > 0) outputs.push({ kind: 'evidence', refs });
  };
}
