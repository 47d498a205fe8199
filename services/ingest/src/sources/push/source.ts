import type { Source } from '@foreshock/model/source';

/** Tells sources that something was pushed to them. One listener a source. */
export interface PushBell {
  ring(name: string): void;
  listen(name: string, listener: () => void): () => void;
}

export function createPushBell(): PushBell {
  const listeners = new Map<string, () => void>();
  return {
    ring: (name) => listeners.get(name)?.(),
    listen(name, listener) {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
  };
}

/**
 * A source that others push to. Its mentions reach the log by `push.ts`, which alone can answer their senders; this
 * side only stands for it: connected while it runs, alive whenever something came.
 */
export function pushSource(options: { readonly name: string; readonly bell: PushBell }): Source {
  return {
    name: options.name,
    kind: 'push',
    mode: 'pushed',
    async run({ status, emit, signal }) {
      status('connected');
      const alive = () => void emit({ mentions: [] }).catch(() => undefined);
      const leave = options.bell.listen(options.name, alive);
      await new Promise<void>((resolve) => {
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      leave();
      return undefined;
    },
  };
}
