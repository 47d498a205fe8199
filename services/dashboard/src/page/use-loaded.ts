import { useEffect, useRef, useState } from 'preact/hooks';
import { syncClock } from './clock.ts';
import { getJson } from './requests.ts';

/** Read anew at most this often, and at least this often while changes go on coming. */
const AGAIN_MS = 2_000;

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly problem: string;
}

/** Reads `path`, and again when `change` moves; the old value stays while the new one is on its way. */
export function useLoaded<T extends { now: number }>(path: string, change: number): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ value: undefined, problem: '' });
  const reading = useRef({ path: '', startedAt: 0 });
  const leaving = useRef<AbortController>(undefined);

  useEffect(() => () => leaving.current?.abort(), []);
  useEffect(() => {
    const fresh = reading.current.path !== path;
    const read = async () => {
      // Another question makes an answer that is still on its way worthless; a change does not.
      if (fresh) leaving.current?.abort();
      const own = new AbortController();
      leaving.current = own;
      reading.current = { path, startedAt: Date.now() };
      const reply = await getJson<T>(path, own.signal);
      if (own.signal.aborted || reading.current.path !== path) return;
      if (reply.ok) {
        syncClock(reply.value.now);
        setLoaded({ value: reply.value, problem: '' });
      } else setLoaded((old) => ({ value: old.value, problem: reply.message }));
    };
    const wait = fresh ? 0 : Math.max(0, reading.current.startedAt + AGAIN_MS - Date.now());
    const timer = window.setTimeout(() => void read(), wait);
    return () => window.clearTimeout(timer);
    // `change` is the reason to read anew.
  }, [path, change]);
  return loaded;
}
