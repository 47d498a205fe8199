import type { Severity } from '@foreshock/model/incident';
import type { Notice, Transition } from '@foreshock/model/notice';

/** What the config says about one receiver, as far as delivery is concerned. */
export interface ReceiverRule {
  readonly id: string;
  /** Openings below it are not told. */
  readonly severity: Severity;
  /** False: an end is told only together with an opening that had to wait. */
  readonly sendResolved: boolean;
  /** Told too of a page that stays undelivered here. */
  readonly fallback?: string;
  /** From the newest notice of a body; then it goes to the dead letters. */
  readonly giveUpAfterMs: number;
  /** True for a receiver of a demo or rehearsal alone: it is told of replayed incidents. */
  readonly replay: boolean;
  /** More incidents than this waiting at once are told in one body; null: always one by one. */
  readonly rollUpAbove: number | null;
}

/** The receivers of one config revision, and whom to tell when one of them fails for good. */
export interface DeliveryRules {
  readonly receivers: ReadonlyMap<string, ReceiverRule>;
  /** Most preferred first. */
  readonly operators: readonly string[];
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };
export const severityRank = (severity: Severity): number => RANK[severity];

/** `opening` starts, raises or repeats a trouble, `news` is about one already told, `end` closes it, `test` stands alone. */
export type Role = 'opening' | 'news' | 'end' | 'test';

export function roleOf(transition: Transition): Role {
  switch (transition) {
    case 'opened':
    case 'escalated':
    case 'reopened':
    case 'reminder':
    case 'blind':
      return 'opening';
    case 'acknowledged':
      return 'news';
    case 'resolved':
    case 'sighted':
      return 'end';
    case 'test':
      return 'test';
  }
}

/** A notice that somebody has to wake up for: it may not stay with one dead receiver. */
export const isPage = (notice: Notice): boolean =>
  roleOf(notice.transition) === 'opening' && notice.incident.severity !== 'info';

/**
 * True where this opening is severe enough for this receiver. Blindness has no floor: a receiver that wants only
 * critical troubles would otherwise take our silence for calm.
 */
export const reachesFloor = (rule: ReceiverRule, notice: Notice): boolean =>
  notice.incident.kind === 'blind' || severityRank(notice.incident.severity) >= severityRank(rule.severity);

/** The incident a notice id belongs to: the id is `incident/signals offset/index`. */
export const incidentOf = (noticeId: string): string => noticeId.split('/').slice(0, -2).join('/');

/**
 * Where a notice stands among those of its incident. Not its place in the log: a restart of triage writes a notice
 * again behind what came after it.
 */
export function rankInIncident(noticeId: string): number {
  const [offset, index] = noticeId.split('/').slice(-2).map(Number);
  return (offset ?? 0) * INDEXES_MAX + (index ?? 0);
}
/** One record of `signals` gives fewer notices than this. */
const INDEXES_MAX = 1_000_000;
