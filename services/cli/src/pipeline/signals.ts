/**
 * Resolves on SIGINT, SIGTERM or SIGHUP. Call it before anything is started, so that a start can be stopped too. A
 * second signal ends the process at once.
 */
export function listenForStop(): Promise<void> {
  const asked = Promise.withResolvers<void>();
  let times = 0;
  const onSignal = () => {
    times++;
    if (times > 1) process.exit(130);
    asked.resolve();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return asked.promise;
}
