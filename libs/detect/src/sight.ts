import type { SourceStatus } from '@foreshock/model/mention';

/**
 * What a watch knows of its sources: how far it is complete (the watermark), and where it is blind. A source that
 * is down longer than `blindAfterMs` no longer holds the watermark back; its watch is then blind, not calm.
 */
export interface SourceSight {
  mode: SourceStatus['mode'];
  /** By mentions partition: each carries the source’s promise at its own pace. */
  completeUpTo: Map<number, number>;
  /** Event time since when the source is down; null while it is connected. */
  downSince: number | null;
  blind: boolean;
  reason: string;
}

export type Sights = Map<string, SourceSight>;

export const SOURCES_MAX = 256;

export interface SightChange {
  readonly source: string;
  readonly state: 'blind' | 'sighted';
  readonly since: number;
  readonly reason: string;
}

/** Folds one status; says whether this source went blind or came back (judged on partition 0 alone). */
export function foldStatus(
  sights: Sights,
  status: SourceStatus,
  context: { partition: number; blindAfterMs: number },
): SightChange | null {
  const { partition, blindAfterMs } = context;
  let sight = sights.get(status.name);
  if (!sight) {
    if (status.state === 'stopped' || sights.size >= SOURCES_MAX) return null;
    sight = { mode: status.mode, completeUpTo: new Map(), downSince: null, blind: false, reason: '' };
    sights.set(status.name, sight);
  }
  sight.mode = status.mode;
  const completeUpTo = Math.max(sight.completeUpTo.get(partition) ?? 0, status.completeUpTo);
  sight.completeUpTo.set(partition, completeUpTo);
  if (partition !== 0) return null;
  if (status.state === 'connected') {
    const since = sight.downSince;
    const wasBlind = sight.blind;
    sight.downSince = null;
    sight.blind = false;
    sight.reason = '';
    return wasBlind
      ? { source: status.name, state: 'sighted', since: since ?? status.eventTime, reason: 'connected again' }
      : null;
  }
  sight.reason = status.reason ?? status.state;
  sight.downSince ??= Math.min(status.eventTime, Math.max(completeUpTo, status.eventTime - blindAfterMs));
  if (!sight.blind && status.eventTime - sight.downSince >= blindAfterMs) {
    sight.blind = true;
    return { source: status.name, state: 'blind', since: sight.downSince, reason: sight.reason };
  }
  return null;
}

/** Forgets the sources that are listened to no more: they must neither hold the watermark nor leave a watch blind. */
export function forgetSources(
  sights: Sights,
  isGone: (source: string) => boolean,
  eventTime: number,
): SightChange[] {
  const changes: SightChange[] = [];
  for (const [source, sight] of sights) {
    if (!isGone(source)) continue;
    sights.delete(source);
    if (sight.blind)
      changes.push({
        source,
        state: 'sighted',
        since: sight.downSince ?? eventTime,
        reason: 'not listened to any more',
      });
  }
  return changes;
}

/**
 * Event time up to which everything was seen that will be: the least of the sighted streaming and pushed sources.
 * With polled sources alone, the least of theirs; with none sighted, `fallback`.
 */
export function watermarkOf(sights: Sights, partitions: number, fallback: number): number {
  let streaming = Number.POSITIVE_INFINITY;
  let polled = Number.POSITIVE_INFINITY;
  for (const sight of sights.values()) {
    if (sight.blind) continue;
    if (sight.mode === 'polled') polled = Math.min(polled, completeIn(sight, partitions));
    else streaming = Math.min(streaming, completeIn(sight, partitions));
  }
  if (streaming < Number.POSITIVE_INFINITY) return streaming;
  return polled < Number.POSITIVE_INFINITY ? polled : fallback;
}

/** The least promise over all partitions; 0 until each has carried one. */
function completeIn(sight: SourceSight, partitions: number): number {
  if (sight.completeUpTo.size < partitions) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (const time of sight.completeUpTo.values()) least = Math.min(least, time);
  return least;
}

export function isBlind(sights: Sights): boolean {
  for (const sight of sights.values()) if (sight.blind) return true;
  return false;
}

/** Since when the watch sees less than it should; undefined while all its sources are there. */
export function downSince(sights: Sights): number | undefined {
  let since: number | undefined;
  for (const sight of sights.values())
    if (sight.downSince !== null && (since === undefined || sight.downSince < since)) since = sight.downSince;
  return since;
}
