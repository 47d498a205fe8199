import { eraseFinishedBodies } from '@foreshock/alerter/notify/finished-bodies';
import { startDetector } from '@foreshock/detector/detector-service';
import type { Config } from '@foreshock/model/config';
import { systemClock } from '@foreshock/runtime/clock';
import { openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import { requireConfig } from '../config.ts';
import { CliFault, type ExitCode } from '../fault.ts';
import { appendErasure } from '../pipeline/operator-routes.ts';
import { openExistingStore } from '../pipeline/start-pipeline.ts';
import { ask, messageIn, runningAt } from '../running.ts';
import type { Terminal } from '../terminal.ts';

export interface EraseOptions {
  readonly config: string;
  readonly post?: string;
  readonly author?: string;
  readonly port?: number;
  readonly json?: boolean;
}

/** `foreshock erase`: through the running Foreshock, or on the store itself where none runs. Counts stay. */
export async function eraseCommand(options: EraseOptions, terminal: Terminal): Promise<ExitCode> {
  const { post, author } = options;
  if ((post === undefined) === (author === undefined))
    throw new CliFault('erase: name one of --post source:instance:nativeId and --author source:authorId', 2);
  const what = post === undefined ? { author: author! } : { post };
  const { config } = await requireConfig(options.config, { ...terminal, err: () => undefined });
  const answer = await ask(runningAt(config, options.port), '/api/erasures', { method: 'POST', body: what });
  if (answer && answer.status !== 202) throw new CliFault(`erase: ${messageIn(answer.json)}`);
  if (!answer) await eraseInStore(config, what);
  const told = `${post === undefined ? `Everything ${author} wrote` : post} is erased${answer ? ' within a minute' : ''}; counts stay.`;
  terminal.out(
    options.json ? `${JSON.stringify({ erased: what, by: answer ? 'running' : 'store' })}\n` : `${told}\n`,
  );
  return 0;
}

/** Folds the erasure with the same stages that would have run, so that nothing before it is left behind. */
async function eraseInStore(config: Config, what: { post: string } | { author: string }): Promise<void> {
  const log = await openExistingStore(config);
  try {
    await appendErasure(log, { ...what, nowMs: systemClock.now() });
    // On Kafka the detectors and alerters, wherever they run, take it from there.
    if (log.driver === 'kafka') return;
    const revisions = await openConfigRevisions(log, systemClock);
    const detector = await startDetector({
      log,
      revisions,
      clock: systemClock,
      metrics: createMetrics(),
      logger: silentLogger,
    });
    await Promise.race([detector.drained(), detector.stopped]);
    await detector.stop();
    await eraseFinishedBodies(log);
  } finally {
    await log.close();
  }
}
