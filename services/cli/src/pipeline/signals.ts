/** Resolves on SIGTERM, SIGINT or SIGHUP; rejects if one of `failures` does. A second signal ends the process at once. */
export async function untilStopped(failures: readonly Promise<never>[]): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const asked = Promise.withResolvers<void>();
  let times = 0;
  const onSignal = () => {
    times++;
    if (times > 1) process.exit(130);
    asked.resolve();
  };
  for (const name of signals) process.on(name, onSignal);
  try {
    await Promise.race([asked.promise, ...failures]);
  } finally {
    // Keep listening: the drain that follows may be cut short by a second signal.
    if (times === 0) for (const name of signals) process.off(name, onSignal);
  }
}
