import { useEffect, useState } from 'preact/hooks';
import { syncClock } from './clock.ts';
import { getJson } from './requests.ts';

/** Graphs are read anew at most this often. */
const AGAIN_MS = 2_000;

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly problem: string;
}

/** Reads `path`, and again when `change` moves; the old value stays while the new one is on its way. */
export function useLoaded<T extends { now: number }>(path: string, change: number): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T> & { path: string }>({ path, value: undefined, problem: '' });
  const again = Math.floor(change);
  useEffect(() => {
    const leaving = new AbortController();
    const fresh = loaded.path !== path || loaded.value === undefined;
    const timer = window.setTimeout(
      async () => {
        const reply = await getJson<T>(path, leaving.signal);
        if (leaving.signal.aborted) return;
        if (reply.ok) {
          syncClock(reply.value.now);
          setLoaded({ path, value: reply.value, problem: '' });
        } else setLoaded((old) => ({ path, value: old.value, problem: reply.message }));
      },
      fresh ? 0 : AGAIN_MS,
    );
    return () => {
      leaving.abort();
      window.clearTimeout(timer);
    };
  }, [path, again]);
  return loaded;
}
