import { isAbsolute, resolve } from 'node:path';
import { DEFAULTS } from '@foreshock/model/config';
import { systemClock } from '@foreshock/runtime/clock';
import { createLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import { requireConfig } from '../config.ts';
import { CliFault, type ExitCode } from '../fault.ts';
import { listenForStop } from '../pipeline/signals.ts';
import { startPipeline } from '../pipeline/start-pipeline.ts';
import type { Terminal } from '../terminal.ts';
import { VERSION } from '../version.ts';

export interface RunOptions {
  readonly config: string;
  readonly only?: string;
  readonly log?: string;
  readonly port?: number;
}

/** `foreshock run`: the pipeline over the configured sources until it is stopped. */
export async function runCommand(options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.log !== undefined && options.log !== 'sqlite')
    throw new CliFault(
      `--log ${options.log}: this version has the embedded log only - write --log sqlite, or leave it out`,
      2,
    );
  if (options.only !== undefined)
    throw new CliFault(
      '--only: on the embedded log one process has all roles, for the store has one owner - leave it out',
      2,
    );
  const stopped = listenForStop();
  const loaded = await requireConfig(options.config, terminal);
  const store = loaded.config.store ?? DEFAULTS.store;
  const metrics = createMetrics();
  metrics.buildInfo.set({ version: VERSION, node: process.versions.node }, 1);
  metrics.configReloadOk.set(1);
  metrics.configReloadAt.set(systemClock.now() / 1_000);
  const logger = createLogger();
  const pipeline = await startPipeline({
    ...loaded,
    store: isAbsolute(store) ? store : resolve(store),
    ...(options.port === undefined ? {} : { port: options.port }),
    clock: systemClock,
    live: true,
    metrics,
    logger,
    out: process.stdout,
  });
  logger.info(
    { address: pipeline.address, store, watches: loaded.config.watches.length },
    'Foreshock is listening.',
  );
  try {
    await Promise.race([stopped, pipeline.failed]);
    logger.info({}, 'Stopping: doors close, what is in hand is finished.');
  } finally {
    await pipeline.stop();
  }
  logger.info({}, 'Stopped; nothing in hand was lost.');
  return 0;
}
