import type { Incident } from '@foreshock/model/incident';

/** What the page is told. Rows are rendered when they are sent: the newest state is what matters of a graph. */
export type ViewEvent =
  | { readonly kind: 'watches'; readonly ids: readonly string[] }
  | { readonly kind: 'incident'; readonly incident: Incident }
  | { readonly kind: 'sources' }
  | { readonly kind: 'config' }
  | { readonly kind: 'erased' };

export interface RingEvent {
  /** `epoch-number`: the epoch tells an event of an earlier process from one of this. */
  readonly id: string;
  readonly event: ViewEvent;
}

export interface EventRing {
  push(event: ViewEvent): void;
  /** Id of the newest event; of the place before the first where there is none yet. */
  readonly newest: string;
  /** What followed `id`, oldest first; `lost` where the ring no longer (or never) knew it. */
  after(
    id: string,
  ): { readonly kind: 'events'; readonly events: readonly RingEvent[] } | { readonly kind: 'lost' };
  /** Resolves when something follows `id`, or when `signal` aborts. */
  waitAfter(id: string, signal: AbortSignal): Promise<void>;
}

/** 2,048 events: some 17 minutes of one batch of rows every half second. */
export const RING_EVENTS_MAX = 2_048;

/** The last events, numbered without gaps, so that a reader who lost its line goes on exactly where it stopped. */
export function createEventRing(epoch: string, eventsMax = RING_EVENTS_MAX): EventRing {
  const events: RingEvent[] = [];
  let next = 1;
  const waiting = new Set<() => void>();

  const numberOf = (id: string): number | undefined => {
    const dash = id.lastIndexOf('-');
    const digits = id.slice(dash + 1);
    if (id.slice(0, dash) !== epoch || !/^[0-9]{1,15}$/.test(digits)) return undefined;
    return Number(digits);
  };

  function after(id: string): ReturnType<EventRing['after']> {
    const number = numberOf(id);
    const firstKept = next - events.length;
    if (number === undefined || number >= next || number < firstKept - 1) return { kind: 'lost' };
    return { kind: 'events', events: events.slice(number + 1 - firstKept) };
  }

  return {
    push(event) {
      events.push({ id: `${epoch}-${next}`, event });
      next++;
      if (events.length > eventsMax) events.shift();
      for (const wake of [...waiting]) wake();
    },
    get newest() {
      return `${epoch}-${next - 1}`;
    },
    after,
    waitAfter(id, signal) {
      if (signal.aborted || id !== `${epoch}-${next - 1}`) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    },
  };
}
