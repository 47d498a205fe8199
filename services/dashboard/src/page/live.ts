import { computed, signal } from '@preact/signals';
import type { IncidentSummary, SourceView, WatchRow } from '../api-schemas.ts';
import { paused, syncClock, tick } from './clock.ts';
import { needsLogin } from './requests.ts';
import { route } from './router.ts';
import { loadDetail, loadOverview, sources, takeIncident, takeRows } from './store.ts';

type Line = 'connecting' | 'live' | 'reconnecting' | 'polling';

const line = signal<Line>('connecting');
/** When the server was heard last, by this machine’s clock. */
const heardAt = signal(Date.now());

/** Two and a half heartbeats. */
const STALE_AFTER_MS = 40_000;
const POLL_EVERY_MS = 10_000;
const RECONNECT_MS = 5_000;
const HIDDEN_CLOSE_MS = 60_000;

export interface Badge {
  readonly kind: 'live' | 'reconnecting' | 'stale' | 'paused' | 'polling';
  readonly text: string;
}

export const badge = computed<Badge>(() => {
  tick.value;
  if (paused.value) return { kind: 'paused', text: 'Paused' };
  const silentMs = Date.now() - heardAt.value;
  if (silentMs > STALE_AFTER_MS) return { kind: 'stale', text: `Stale ${Math.round(silentMs / 1_000)} s` };
  if (line.value === 'live') return { kind: 'live', text: 'Live' };
  if (line.value === 'polling') return { kind: 'polling', text: 'Polling' };
  return { kind: 'reconnecting', text: line.value === 'connecting' ? 'Connecting' : 'Reconnecting' };
});

let source: EventSource | undefined;
let lastId: string | undefined;
let retryTimer: number | undefined;
let pollTimer: number | undefined;
let hiddenTimer: number | undefined;
/** Rows that came within the last second: graphs are drawn at most once a second. */
let waitingRows = new Map<string, WatchRow>();
let rowTimer: number | undefined;

async function reload(): Promise<void> {
  const eventId = await loadOverview();
  const current = route.peek();
  if (current.screen === 'incident') await loadDetail(current.id);
  if (eventId !== undefined) {
    heardAt.value = Date.now();
    lastId ??= eventId;
  }
}

function drawRows(): void {
  rowTimer = undefined;
  if (paused.peek()) return;
  const rows = [...waitingRows.values()];
  waitingRows = new Map();
  takeRows(rows);
}

function listen<T extends { now: number }>(on: EventSource, event: string, take: (data: T) => void): void {
  on.addEventListener(event, (message) => {
    const { data, lastEventId } = message as MessageEvent<string>;
    heardAt.value = Date.now();
    if (lastEventId !== '') lastId = lastEventId;
    const value = JSON.parse(data) as T;
    syncClock(value.now);
    take(value);
  });
}

function open(): void {
  window.clearTimeout(retryTimer);
  source?.close();
  const after = lastId === undefined ? '' : `?after=${encodeURIComponent(lastId)}`;
  const stream = new EventSource(`/api/events${after}`);
  source = stream;
  listen(stream, 'hello', () => {
    line.value = 'live';
    stopPolling();
  });
  listen(stream, 'heartbeat', () => undefined);
  listen<{ now: number; watches: WatchRow[] }>(stream, 'watches', ({ watches }) => {
    for (const row of watches) waitingRows.set(row.id, row);
    if (rowTimer === undefined) rowTimer = window.setTimeout(drawRows, 1_000);
  });
  listen<{ now: number; incident: IncidentSummary }>(stream, 'incident', ({ incident }) =>
    takeIncident(incident),
  );
  listen<{ now: number; sources: SourceView[] }>(stream, 'sources', (told) => {
    sources.value = told.sources;
  });
  for (const event of ['reset', 'config', 'erased']) listen(stream, event, () => void reload());
  stream.onerror = () => {
    line.value = 'reconnecting';
    // While it is CONNECTING the browser tries again by itself, with Last-Event-ID.
    if (stream.readyState !== EventSource.CLOSED) return;
    startPolling();
    retryTimer = window.setTimeout(open, RECONNECT_MS);
  };
}

function startPolling(): void {
  pollTimer ??= window.setInterval(() => {
    if (line.value !== 'live') line.value = 'polling';
    if (!paused.peek() && !needsLogin.peek()) void reload();
  }, POLL_EVERY_MS);
}

function stopPolling(): void {
  window.clearInterval(pollTimer);
  pollTimer = undefined;
}

function close(): void {
  source?.close();
  source = undefined;
  window.clearTimeout(retryTimer);
  stopPolling();
  line.value = 'reconnecting';
}

/** Follows the server as long as somebody can see the page. `eventId`: what is shown belongs to this place. */
export function startLive(eventId: string | undefined): void {
  lastId = eventId;
  open();
  document.addEventListener('visibilitychange', () => {
    window.clearTimeout(hiddenTimer);
    if (document.visibilityState === 'hidden') hiddenTimer = window.setTimeout(close, HIDDEN_CLOSE_MS);
    else if (!source) open();
  });
}

/** Stops everything that moves; what happened meanwhile is read at once when it goes on. */
export function togglePause(): void {
  paused.value = !paused.value;
  if (!paused.value) void reload();
}
