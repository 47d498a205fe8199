import type { Incident, IncidentState } from '@foreshock/model/incident';

export interface IncidentStore {
  /** Takes a state; false where a newer one is already known. */
  put(incident: Incident): boolean;
  remove(id: string): void;
  get(id: string): Incident | undefined;
  /** Newest opening first. */
  list(states?: ReadonlySet<IncidentState>): readonly Incident[];
  /** The incident of a watch that somebody should look at: the most severe active one. */
  activeOf(watch: string): Incident | undefined;
  readonly size: number;
}

/** States in which an incident still wants somebody’s eye. */
export const ACTIVE_STATES: ReadonlySet<IncidentState> = new Set(['open', 'acknowledged', 'snoozed']);

/** About 10 KB each: 20 MB. The oldest that are over go first, then the oldest of all. */
export const INCIDENTS_MAX = 2_000;

const SEVERITY_ORDER = { critical: 0, warning: 1, info: 2 } as const;

/** Most severe first, then the newest. */
export const byUrgency = (a: Incident, b: Incident): number =>
  Number(a.state !== 'open') - Number(b.state !== 'open') ||
  SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
  b.openedAt - a.openedAt ||
  (a.id < b.id ? -1 : 1);

export function createIncidentStore(incidentsMax = INCIDENTS_MAX): IncidentStore {
  const incidents = new Map<string, Incident>();

  function makeRoom(): void {
    if (incidents.size <= incidentsMax) return;
    const oldestFirst = [...incidents.values()].sort(
      (a, b) =>
        Number(ACTIVE_STATES.has(a.state)) - Number(ACTIVE_STATES.has(b.state)) || a.openedAt - b.openedAt,
    );
    // A tenth at once, so that a long history is not sorted for each of its records.
    for (const incident of oldestFirst.slice(0, Math.ceil(incidentsMax / 10))) incidents.delete(incident.id);
  }

  return {
    put(incident) {
      const known = incidents.get(incident.id);
      if (known && known.revision >= incident.revision) return false;
      incidents.set(incident.id, incident);
      makeRoom();
      return true;
    },
    remove: (id) => void incidents.delete(id),
    get: (id) => incidents.get(id),
    list: (states) =>
      [...incidents.values()]
        .filter((incident) => !states || states.has(incident.state))
        .sort((a, b) => b.openedAt - a.openedAt || (a.id < b.id ? -1 : 1)),
    activeOf(watch) {
      let most: Incident | undefined;
      for (const incident of incidents.values()) {
        if (incident.watch !== watch || !ACTIVE_STATES.has(incident.state)) continue;
        if (!most || byUrgency(incident, most) < 0) most = incident;
      }
      return most;
    },
    get size() {
      return incidents.size;
    },
  };
}
