import type { SourceConfig } from '@foreshock/model/config';
import type { SourceStatus } from '@foreshock/model/mention';

/** A status older than this says nothing about now: sources repeat theirs every five seconds. */
export const STATUS_FRESH_MS = 30_000;
/** Sources remembered; more than any config may name. */
const SOURCES_MAX = 2_000;

export type SourceState = 'connected' | 'disconnected' | 'stopped' | 'silent' | 'waiting';

export interface SourceRow {
  readonly name: string;
  readonly kind: string;
  readonly mode: SourceStatus['mode'] | undefined;
  /** `silent`: it said nothing of itself for 30 s; `waiting`: it never did. */
  readonly state: SourceState;
  readonly completeUpTo: number | undefined;
  readonly statusAt: number | undefined;
  readonly reason: string | undefined;
  readonly gap: { readonly from: number; readonly to: number } | undefined;
}

export interface SourceBoard {
  /** True where the status tells something new: another state, reason or gap. */
  put(status: SourceStatus, appendedAt: number): boolean;
  rows(configured: readonly SourceConfig[], now: number): readonly SourceRow[];
}

export function createSourceBoard(): SourceBoard {
  const statuses = new Map<string, { status: SourceStatus; seenAt: number }>();
  return {
    put(status, appendedAt) {
      const known = statuses.get(status.name);
      if (known && known.status.eventTime > status.eventTime) return false;
      if (!known && statuses.size >= SOURCES_MAX) return false;
      const gap = status.gap ?? known?.status.gap;
      statuses.set(status.name, { status: gap ? { ...status, gap } : status, seenAt: appendedAt });
      return known?.status.state !== status.state || known?.status.reason !== status.reason || !!status.gap;
    },
    rows(configured, now) {
      const names = new Map<string, string>(configured.map((source) => [source.name, source.kind]));
      for (const [name, { status }] of statuses) if (!names.has(name)) names.set(name, status.source);
      return [...names].map(([name, kind]) => {
        const known = statuses.get(name);
        const silent = known && now - known.seenAt > STATUS_FRESH_MS;
        return {
          name,
          kind,
          mode: known?.status.mode,
          state: !known
            ? 'waiting'
            : silent && known.status.state === 'connected'
              ? 'silent'
              : known.status.state,
          completeUpTo: known?.status.completeUpTo,
          statusAt: known?.seenAt,
          reason: known?.status.reason,
          gap: known?.status.gap,
        };
      });
    },
  };
}
