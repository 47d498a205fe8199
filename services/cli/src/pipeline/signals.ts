/** A signal to the process and its group arrives twice; only a later one means that somebody lost patience. */
const IMPATIENT_AFTER_MS = 1_000;

/**
 * Resolves on SIGINT, SIGTERM or SIGHUP. Call it before anything is started, so that a start can be stopped too. A
 * second signal, a second later or more, ends the process at once.
 */
export function listenForStop(): Promise<void> {
  const asked = Promise.withResolvers<void>();
  let askedAt: number | undefined;
  const onSignal = () => {
    if (askedAt !== undefined && performance.now() - askedAt > IMPATIENT_AFTER_MS) process.exit(130);
    askedAt ??= performance.now();
    asked.resolve();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return asked.promise;
}
