import { computed, signal } from '@preact/signals';
import type { IncidentDetail, IncidentSummary, Overview, SourceView, WatchRow } from '../api-schemas.ts';
import { SEVERITY_WORD } from '../format.ts';
import { paused, syncClock } from './clock.ts';
import { getJson } from './requests.ts';
import { query, route } from './router.ts';

/** What the server wrote into the HTML; see `page-shell.ts`. */
type Boot =
  | { readonly kind: 'overview'; readonly overview: Overview }
  | { readonly kind: 'incident'; readonly detail: IncidentDetail }
  | { readonly kind: 'login' }
  | { readonly kind: 'none' };

export function readBoot(): Boot {
  const text = document.getElementById('boot')?.textContent;
  return text ? (JSON.parse(text) as Boot) : { kind: 'none' };
}

export const incidents = signal<readonly IncidentSummary[]>([]);
/** New ones held back so that the list does not jump under a finger; shown on request. */
export const heldBack = signal<readonly IncidentSummary[]>([]);
export const watches = signal<readonly WatchRow[]>([]);
export const sources = signal<readonly SourceView[]>([]);
export const restoring = signal<readonly string[]>([]);
export const loaded = signal(false);
export const failure = signal('');
/** The incident on its own screen. */
export const detail = signal<IncidentDetail | undefined>(undefined);
export const detailMissing = signal(false);
/** Said once, politely, to those who listen instead of look. */
export const announcement = signal('');
/** Moves with every row of a watch that the stream brought, so that an open graph reads itself anew. */
export const watchChanges = signal<ReadonlyMap<string, number>>(new Map());

const ACTIVE = new Set(['open', 'acknowledged', 'snoozed']);

export const activeCount = computed(
  () => incidents.value.filter(({ state }) => ACTIVE.has(state)).length + heldBack.value.length,
);

const SEVERITY_ORDER = { critical: 0, warning: 1, info: 2 } as const;
const byUrgency = (a: IncidentSummary, b: IncidentSummary): number =>
  Number(a.state !== 'open') - Number(b.state !== 'open') ||
  SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
  b.openedAt - a.openedAt;

export function takeOverview(overview: Overview): void {
  syncClock(overview.now);
  incidents.value = overview.incidents;
  heldBack.value = [];
  watches.value = overview.watches;
  sources.value = overview.sources;
  restoring.value = overview.restoring;
  loaded.value = true;
  failure.value = '';
}

export function takeDetail(taken: IncidentDetail): void {
  syncClock(taken.now);
  detail.value = taken;
  detailMissing.value = false;
}

/** The place in the stream that what is shown belongs to. */
export async function loadOverview(): Promise<string | undefined> {
  const reply = await getJson<Overview>('/api/overview');
  if (reply.ok) takeOverview(reply.value);
  else failure.value = reply.message;
  return reply.ok ? reply.value.eventId : undefined;
}

export async function loadDetail(id: string): Promise<void> {
  const reply = await getJson<IncidentDetail>(`/api/incidents/${encodeURIComponent(id)}`);
  const current = route.peek();
  if (current.screen !== 'incident' || current.id !== id) return;
  if (reply.ok) takeDetail(reply.value);
  else if (reply.status === 404) detailMissing.value = true;
  else failure.value = reply.message;
}

export function takeRows(rows: readonly WatchRow[]): void {
  const changed = new Map(rows.map((row) => [row.id, row]));
  // In place: rows keep their order while somebody reads; a new incident moves its watch up only when nobody does.
  const before = watches.value;
  watches.value = before.map((row) => changed.get(row.id) ?? row);
  const incidentMoved = before.some(
    (row) => changed.has(row.id) && changed.get(row.id)!.incident?.id !== row.incident?.id,
  );
  if (incidentMoved && !listInUse()) orderRows();
  const counts = new Map(watchChanges.value);
  for (const id of changed.keys()) counts.set(id, (counts.get(id) ?? 0) + 1);
  watchChanges.value = counts;
}

/** Incidents first, then the rarest, then by name: as the server orders them. */
function orderRows(): void {
  const place = new Map(incidents.value.map(({ id }, index) => [id, index]));
  const rank = (row: WatchRow) => (row.incident ? (place.get(row.incident.id) ?? 999) : 1_000);
  const rarity = (row: WatchRow) => (row.state === 'unusual' ? (row.rarityDays ?? 0) : 0);
  watches.value = [...watches.value].sort(
    (a, b) => rank(a) - rank(b) || rarity(b) - rarity(a) || (a.name < b.name ? -1 : 1),
  );
}

/** Somebody is reading or reaching into the list: it must not move now. */
const listInUse = (): boolean =>
  paused.value ||
  window.scrollY > 40 ||
  query.value.has('watch') ||
  (document.activeElement?.closest('.incident-list') ?? null) !== null;

export function takeIncident(incident: IncidentSummary): void {
  const shown = incidents.value.some(({ id }) => id === incident.id);
  const held = heldBack.value.some(({ id }) => id === incident.id);
  const active = ACTIVE.has(incident.state);
  // One that is over stays where it is, marked as such, as long as somebody may be looking at it.
  if (shown)
    incidents.value = incidents.value
      .map((other) => (other.id === incident.id ? incident : other))
      .filter(({ state }) => ACTIVE.has(state) || listInUse());
  else if (held)
    heldBack.value = heldBack.value
      .map((other) => (other.id === incident.id ? incident : other))
      .filter(({ state }) => ACTIVE.has(state));
  else if (active) {
    if (incidents.value.length > 0 && listInUse()) heldBack.value = [...heldBack.value, incident];
    else incidents.value = [...incidents.value, incident].sort(byUrgency);
    if (incident.state === 'open')
      announcement.value = `New incident, ${SEVERITY_WORD[incident.severity]}: ${incident.title}`;
  }
  if (detail.value?.summary.id === incident.id) void loadDetail(incident.id);
}

/** Puts new ones in their place and takes away what is over. */
export function showHeldBack(): void {
  incidents.value = [...incidents.value, ...heldBack.value]
    .filter(({ state }) => ACTIVE.has(state))
    .sort(byUrgency);
  heldBack.value = [];
  orderRows();
}
