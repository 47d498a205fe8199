import type { Config, ConfigRevision, IssuePack } from '@foreshock/model/config';
import type { Notice } from '@foreshock/model/notice';

/** Something that would have woken somebody. */
export interface Page {
  readonly watch: string;
  readonly atMs: number;
  readonly incident: string;
  readonly transition: 'opened' | 'escalated' | 'reopened';
  readonly severity: string;
  /** The series of the burst that leads the incident. */
  readonly series: string;
}

/** The notices that page: trouble that opened, came back or got worse, at severity warning or above. */
export function pagesOf(notices: readonly Notice[]): Page[] {
  return notices.flatMap(({ transition, at, incident }) => {
    if (transition !== 'opened' && transition !== 'escalated' && transition !== 'reopened') return [];
    if (incident.kind !== 'trouble' || incident.severity === 'info') return [];
    const lead = incident.bursts.find((burst) => burst.burst === incident.lead);
    return [
      {
        watch: incident.watch,
        atMs: at,
        incident: incident.id,
        transition,
        severity: incident.severity,
        series: lead?.series ?? '',
      },
    ];
  });
}

/** A fixed key: the same authors must hash alike in every run, or the figures would wander. */
const IDENTITY_KEY = '0123456789abcdef0123456789abcdef';

export const revisionOf = (config: Config, packs: readonly IssuePack[]): ConfigRevision => ({
  v: 1,
  revision: 1,
  config,
  packs: [...packs],
  identityKey: IDENTITY_KEY,
});
