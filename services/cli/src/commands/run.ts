import { isAbsolute, resolve } from 'node:path';
import { DEFAULTS } from '@foreshock/model/config';
import { systemClock } from '@foreshock/runtime/clock';
import { createLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import { requireConfig } from '../config.ts';
import { CliFault, type ExitCode } from '../fault.ts';
import { ROLES, rolesOf } from '../pipeline/roles.ts';
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

const LINGER_MS_MAX = 1_000;

/** `foreshock run`: the pipeline over the configured sources until it is stopped. */
export async function runCommand(options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  const log = options.log ?? 'sqlite';
  if (log !== 'sqlite' && log !== 'kafka')
    throw new CliFault(`--log ${log}: there is no such log - write sqlite or kafka`, 2);
  const roles = rolesOf(options.only);
  if (log === 'sqlite' && roles.size < ROLES.length)
    throw new CliFault(
      '--only: on the embedded log one process has all roles, for the store has one owner - leave it out, or add --log kafka',
      2,
    );
  const stopped = listenForStop();
  const loaded = await requireConfig(options.config, terminal);
  if (roles.has('alerter') && !roles.has('dashboard') && loaded.config.http?.publicUrl === undefined)
    terminal.err(
      'foreshock: http.publicUrl is not set: links in notices will lead to this process, which has no page\n',
    );
  const store = loaded.config.store ?? DEFAULTS.store;
  const metrics = createMetrics();
  metrics.buildInfo.set({ version: VERSION, node: process.versions.node }, 1);
  metrics.configReloadOk.set(1);
  metrics.configReloadAt.set(systemClock.now() / 1_000);
  const logger = createLogger();
  const pipeline = await startPipeline({
    ...loaded,
    ...(log === 'sqlite' ? { store: isAbsolute(store) ? store : resolve(store) } : {}),
    roles,
    ...(options.port === undefined ? {} : { port: options.port }),
    clock: systemClock,
    live: true,
    metrics,
    logger,
    out: process.stdout,
  });
  logger.info(
    {
      address: pipeline.address,
      ...(log === 'sqlite' ? { store } : { log, roles: [...roles] }),
      watches: loaded.config.watches.length,
    },
    'Foreshock is listening.',
  );
  try {
    await Promise.race([stopped, pipeline.failed]);
    logger.info({}, 'Stopping: doors close, what is in hand is finished.');
  } finally {
    await pipeline.stop();
  }
  logger.info({}, 'Stopped; nothing in hand was lost.');
  // Whatever a client library still holds must not keep a process that has stopped.
  setTimeout(() => process.exit(), LINGER_MS_MAX).unref();
  return 0;
}
