import type { Incident, IncidentBurst, Severity } from '@foreshock/model/incident';

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

export const rankOf = (severity: Severity): number => RANK[severity];
export const isWorse = (a: Severity, b: Severity): boolean => RANK[a] > RANK[b];

/** Twice the people that page, or two kinds of trouble at half again as many: that is no edge case any more. */
const CRITICAL_PEOPLE = 2;
const CRITICAL_PEOPLE_TOGETHER = 1.5;

/** Severity of an incident from the bursts that are on. Never falls while the incident is open. */
export function severityOf(bursts: readonly IncidentBurst[], atLeast: Severity): Severity {
  const on = bursts.filter((burst) => burst.endedAt === null);
  const ratio = Math.max(
    0,
    ...on.map((burst) => burst.figures.people / Math.max(burst.figures.threshold, 1)),
  );
  const issues = on.filter((burst) => burst.series.startsWith('issue:')).length;
  const critical = ratio >= CRITICAL_PEOPLE || (issues >= 2 && ratio >= CRITICAL_PEOPLE_TOGETHER);
  const severity: Severity = critical ? 'critical' : 'warning';
  return isWorse(severity, atLeast) ? severity : atLeast;
}

/** The burst that speaks for the incident: a named trouble before mere negativity, then rarest, then most people. */
export function leadOf(bursts: readonly IncidentBurst[]): IncidentBurst {
  const ranked = [...bursts].sort(
    (a, b) =>
      Number(b.series.startsWith('issue:')) - Number(a.series.startsWith('issue:')) ||
      b.figures.rarityDays - a.figures.rarityDays ||
      b.figures.people - a.figures.people ||
      (a.burst < b.burst ? -1 : 1),
  );
  return ranked[0]!;
}

/** Facts of an incident that no order of arrival within the allowed lateness may change. */
export function canonical(incident: Incident): unknown {
  return {
    watch: incident.watch,
    kind: incident.kind,
    troubles: incident.bursts
      .filter((burst) => burst.endedAt !== null)
      .map((burst) => ({ series: burst.series, onset: burst.onset, figures: burst.figures }))
      .sort((a, b) => (a.series < b.series ? -1 : a.series > b.series ? 1 : a.onset - b.onset)),
  };
}
