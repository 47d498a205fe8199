import { signal } from '@preact/signals';

/** Milliseconds that the server’s present is ahead of this machine’s clock. */
let aheadMs = 0;
let synced = false;

/** Moves now and then: whatever shows an age reads it. Once in five seconds, and not at all while paused or hidden. */
export const tick = signal(0);
export const paused = signal(false);

export function syncClock(serverNow: number): void {
  const ahead = serverNow - Date.now();
  if (!synced || Math.abs(ahead - aheadMs) > 250) aheadMs = ahead;
  if (!synced) {
    synced = true;
    tick.value++;
  }
}

export const serverNow = (): number => Date.now() + aheadMs;

/** Time since `at`, renewed with the tick. */
export function ageOf(at: number): number {
  tick.value;
  return Math.max(0, serverNow() - at);
}

setInterval(() => {
  if (!paused.value && document.visibilityState === 'visible') tick.value++;
}, 5_000);

const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false });
const secondsFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

export const formatTime = (at: number): string => timeFormat.format(at);
export const formatSeconds = (at: number): string => secondsFormat.format(at);
export const formatDay = (at: number): string => dayFormat.format(at);
export const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC';

/** “22:05” today, “Thu 19 Nov, 22:05” otherwise. */
export function formatMoment(at: number): string {
  const today = formatDay(serverNow());
  return formatDay(at) === today ? formatTime(at) : `${formatDay(at)}, ${formatTime(at)}`;
}
