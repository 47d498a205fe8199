import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULTS } from '@foreshock/model/config';
import { systemClock } from '@foreshock/runtime/clock';
import { openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { createLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import { requireConfig } from '../config.ts';
import { labelledLaunchNight } from '../demo/launch-night.ts';
import { NightClock, playNight } from '../demo/play.ts';
import type { ExitCode } from '../fault.ts';
import { preferPort } from '../pipeline/port.ts';
import { listenForStop } from '../pipeline/signals.ts';
import { type Pipeline, startPipeline } from '../pipeline/start-pipeline.ts';
import type { Terminal } from '../terminal.ts';

const CONFIG = fileURLToPath(new URL('../../../../config/demo.yaml', import.meta.url));
const HOUR_MS = 3_600_000;
/** The watched part begins this long before the first trouble post. */
const LEAD_MS = 40 * 60_000;

export interface DemoOptions {
  readonly seed: number;
  readonly speed: number;
  readonly port?: number;
}

/**
 * `foreshock demo`: the launch night in a store that is thrown away, with the console as the only receiver. No post of
 * it can reach anybody else: its config is the bundled one, whatever else is configured.
 */
export async function demoCommand(options: DemoOptions, terminal: Terminal): Promise<ExitCode> {
  // Its warnings are about a real installation: this one has the console as its only receiver on purpose.
  const loaded = await requireConfig(CONFIG, { ...terminal, err: () => undefined });
  const folder = await mkdtemp(join(tmpdir(), 'foreshock-demo-'));
  const stopping = new AbortController();
  const stopped = listenForStop();
  let pipeline: Pipeline | undefined;
  let playing = Promise.resolve();
  try {
    // T-0 is the next full hour but one: the night looks like tonight.
    const endMs = (Math.floor(Date.now() / HOUR_MS) + 2) * HOUR_MS;
    const night = labelledLaunchNight({
      seed: options.seed,
      endMs,
      trouble: true,
      loudAuthor: true,
      hype: true,
      scale: 1,
    });
    const mentions = night.map((labelled) => labelled.mention);
    const trouble = night.find((labelled) => labelled.part.startsWith('trouble'))!;
    const clock = new NightClock(mentions[0]!.eventTime - 1);
    terminal.err(
      'Foreshock demo: the night before the launch of Orion X, a handset that does not exist.\n' +
        `${mentions.length} invented posts: eight days of chatter first, then the evening at ${options.speed} times its speed.\n`,
    );
    pipeline = await startPipeline({
      ...loaded,
      store: join(folder, 'demo.sqlite'),
      port: options.port ?? (await preferPort(DEFAULTS.host, DEFAULTS.port)),
      clock: systemClock,
      eventClock: clock,
      live: false,
      metrics: createMetrics(),
      logger: createLogger({ level: process.env['FORESHOCK_LOG_LEVEL'] ?? 'warn' }),
      out: process.stdout,
    });
    const revisions = await openConfigRevisions(pipeline.log, clock);
    await revisions.adopt(loaded.config, loaded.packs, loaded.model);
    terminal.err(`\n  The page:  ${pipeline.address}/\n  Stop with Ctrl+C.\n\n`);
    playing = playNight({
      log: pipeline.log,
      mentions,
      night: clock,
      clock: systemClock,
      watchFromMs: trouble.mention.eventTime - LEAD_MS,
      speed: options.speed,
      sourceName: 'launch-night',
      signal: stopping.signal,
    });
    await Promise.race([stopped, pipeline.failed, playing.then(() => stopped)]);
  } finally {
    stopping.abort();
    await playing.catch(() => undefined);
    await pipeline?.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return 0;
}
