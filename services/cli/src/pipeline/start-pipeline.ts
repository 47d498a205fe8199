import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { startAlerter } from '@foreshock/alerter/alerter-service';
import { dashboardRoutes } from '@foreshock/dashboard/api';
import { tokenAuth } from '@foreshock/dashboard/auth';
import { createHttpServer } from '@foreshock/dashboard/server';
import { createView } from '@foreshock/dashboard/view';
import { startDetector } from '@foreshock/detector/detector-service';
import { startIngest } from '@foreshock/ingest/ingest-service';
import { type Config, DEFAULTS, durationMs, type IssuePack } from '@foreshock/model/config';
import { TOPICS } from '@foreshock/model/topics';
import { type Clock, systemClock } from '@foreshock/runtime/clock';
import { openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { guardedFetch } from '@foreshock/runtime/guarded-fetch';
import { type Logger, silentLogger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import { resolveSecret } from '@foreshock/runtime/secrets';
import type { RunningStage } from '@foreshock/runtime/stage-runner';
import type { TopicLog, TopicSpec } from '@foreshock/topic-log/contract';
import { openSqliteLog, type SqliteLog } from '@foreshock/topic-log/sqlite/log';
import { CliFault } from '../fault.ts';
import { operatorRoutes } from './operator-routes.ts';
import { settlePort } from './port.ts';

export interface PipelineOptions {
  readonly config: Config;
  readonly packs: readonly IssuePack[];
  /** The SQLite file. */
  readonly store: string;
  readonly port?: number;
  readonly clock: Clock;
  /** Event time of triage: the clock, unless a night is played. */
  readonly eventClock?: Pick<Clock, 'now'>;
  /** False for a played night: it brings its own mentions, statuses and ticks. */
  readonly live: boolean;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly out: Writable & { readonly isTTY?: boolean };
  readonly snapshotEveryMs?: number;
}

export interface Pipeline {
  readonly log: TopicLog;
  /** `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Resolves when every stage has folded what stood in the log at the start. */
  readonly ready: Promise<void>;
  /** Rejects with what stopped a stage. */
  readonly failed: Promise<never>;
  /** Drains in the order of the stream, at most about 10 s. Idempotent. */
  stop(): Promise<void>;
}

/** The topics as this config wants them. */
export function topicSpecs(config: Config): TopicSpec[] {
  const partitions = config.partitions ?? DEFAULTS.partitions;
  const retention: Readonly<Record<string, string | undefined>> = {
    mentions: config.retention?.mentions,
    matches: config.retention?.matches,
    series: config.retention?.series,
  };
  return Object.values(TOPICS).map((topic) => {
    const kept = retention[topic.name];
    return {
      name: topic.name,
      partitions: topic.partitions === 'many' ? partitions : 1,
      compacted: topic.compacted,
      retentionMs: kept === undefined ? topic.retentionMs : durationMs(kept),
    };
  });
}

export async function openStore(options: {
  store: string;
  config: Config;
  clock: Clock;
  logger: Logger;
}): Promise<SqliteLog> {
  mkdirSync(dirname(options.store), { recursive: true });
  const log = await openSqliteLog({ path: options.store, clock: options.clock, logger: options.logger });
  await log.createTopics(topicSpecs(options.config));
  return log;
}

/** As `openStore`, for verbs that work on what is there: a mistyped path must not make an empty store. */
export async function openExistingStore(config: Config): Promise<SqliteLog> {
  const store = config.store ?? DEFAULTS.store;
  if (!existsSync(store)) throw new CliFault(`there is no store ${store} - check store in the config`);
  return openStore({ store, config, clock: systemClock, logger: silentLogger });
}

/** Starts everything in one process: ingest, detector, alerter, dashboard, over one SQLite file. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { config, clock, metrics, logger } = options;
  const startedAt = clock.now();
  const log = await openStore(options);
  const stops: (() => Promise<unknown>)[] = [() => log.close()];
  const stop = once(async () => {
    for (const end of stops.toReversed()) await end();
  });
  try {
    const eventClock = options.eventClock ?? clock;
    const revisions = await openConfigRevisions(log, eventClock);
    const missing = new Set(['the detector restores', 'the alerter restores']);
    const secrets = resolveSecret;
    const host = config.http?.host ?? DEFAULTS.host;
    const auth = config.http?.token ? tokenAuth(secrets(config.http.token).reveal()) : undefined;
    const port = await settlePort(host, options.port ?? config.http?.port ?? DEFAULTS.port);
    const publicUrl = (config.http?.publicUrl ?? `http://${host}:${port}`).replace(/\/$/, '');

    // A played night brings its own marker, at its own time.
    const revision = options.live ? await revisions.adopt(config, options.packs) : undefined;
    const stageOptions = { ...options, log, revisions };
    // Stopped in the order of the stream: what the detector drains, the alerter still takes.
    let alerter: RunningStage | undefined;
    stops.push(async () => alerter?.stop());
    const detector = await startDetector(stageOptions);
    stops.push(() => detector.stop());
    const alerting = await startAlerter({
      ...stageOptions,
      // What is delivered during a played night is written down in the night’s time; waiting is done in ours.
      clock: { now: () => eventClock.now(), sleep: clock.sleep },
      eventClock,
      ticks: options.live,
      publicUrl,
      healthy: () => missing.size === 0,
      secrets,
      fetch: guardedFetch,
    });
    alerter = alerting;

    metrics.configRevision.set(revisions.newest?.revision ?? 0);
    const measuring = new AbortController();
    const measured = measureStore(log, { clock, metrics, signal: measuring.signal });
    stops.push(() => {
      measuring.abort();
      return measured;
    });
    const view = createView({ log, clock, logger });
    view.start();
    stops.push(() => view.stop());
    const ingest = options.live
      ? startIngest({
          config,
          log,
          clock,
          logger,
          metrics,
          secrets: (ref) => secrets(ref).reveal(),
          ...(revision ? { identityKey: revision.identityKey } : {}),
        })
      : undefined;
    if (ingest) stops.push(() => ingest.stop());
    const server = await createHttpServer({
      host,
      port,
      auth,
      publicUrl: config.http?.publicUrl,
      logger,
      plugins: [
        ...(ingest ? [ingest.plugin] : []),
        operatorRoutes({ log, clock, auth }),
        async (app) => {
          await app.register(dashboardRoutes, {
            log,
            view,
            clock,
            metrics,
            auth,
            health: () => ({
              ready: missing.size === 0,
              missing: [...missing],
            }),
          });
        },
      ],
    });
    const address = await server.listen();
    // Doors close first, so that what is drained stays drained.
    stops.push(() => server.close());

    const failed = Promise.all([detector.stopped, alerting.stopped]).then(
      () => new Promise<never>(() => undefined),
    );
    failed.catch((error: unknown) => {
      missing.add('a stage that stopped');
      logger.error({ reason: String(error) }, 'A stage stopped; the process ends.');
    });
    const ready = Promise.all([
      detector.caughtUp.then(() => missing.delete('the detector restores')),
      // It has caught up when it folded what the detector found while catching up.
      Promise.all([detector.caughtUp, alerting.caughtUp])
        .then(() => alerting.drained())
        .then(() => missing.delete('the alerter restores')),
      view.caughtUp(),
    ]).then(() => {
      metrics.restoreSeconds.set((clock.now() - startedAt) / 1_000);
      logger.info({ address, seconds: (clock.now() - startedAt) / 1_000 }, 'Foreshock is ready.');
    });
    // A stage that stops before it is ready is told by `failed`.
    ready.catch(() => undefined);
    return { log, address, ready, failed, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

const MEASURE_EVERY_MS = 15_000;

async function measureStore(
  log: SqliteLog,
  options: { clock: Clock; metrics: Metrics; signal: AbortSignal },
): Promise<void> {
  while (!options.signal.aborted) {
    options.metrics.logBytes.set(log.sizeBytes());
    await options.clock.sleep(MEASURE_EVERY_MS, options.signal);
  }
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= act();
    return done;
  };
}
