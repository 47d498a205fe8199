import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { startAlerter } from '@foreshock/alerter/alerter-service';
import { dashboardRoutes } from '@foreshock/dashboard/api';
import { type Auth, tokenAuth } from '@foreshock/dashboard/auth';
import { operationRoutes } from '@foreshock/dashboard/operation-routes';
import { createHttpServer } from '@foreshock/dashboard/server';
import { createView } from '@foreshock/dashboard/view';
import { startDetector } from '@foreshock/detector/detector-service';
import { type Ingest, startIngest } from '@foreshock/ingest/ingest-service';
import { type Config, type ConfigRevision, DEFAULTS, type IssuePack } from '@foreshock/model/config';
import type { TrainedModel } from '@foreshock/model/trained-model';
import { type Clock, systemClock } from '@foreshock/runtime/clock';
import { openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { guardedFetch } from '@foreshock/runtime/guarded-fetch';
import { type Logger, silentLogger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import { resolveSecret } from '@foreshock/runtime/secrets';
import { createSnapshotReader } from '@foreshock/runtime/snapshots';
import type { RunningStage } from '@foreshock/runtime/stage-runner';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { openSqliteLog, type SqliteLog } from '@foreshock/topic-log/sqlite/log';
import type { FastifyPluginAsync } from 'fastify';
import { CliFault } from '../fault.ts';
import { openKafkaStore } from './kafka-store.ts';
import { operatorRoutes } from './operator-routes.ts';
import { settlePort } from './port.ts';
import { ROLES, type Role } from './roles.ts';
import { topicSpecs } from './topic-specs.ts';

export interface PipelineOptions {
  readonly config: Config;
  readonly packs: readonly IssuePack[];
  readonly model?: TrainedModel;
  /** The SQLite file; absent on Kafka. */
  readonly store?: string;
  /** What this process does; all where absent. */
  readonly roles?: ReadonlySet<Role>;
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
export async function openExistingStore(config: Config): Promise<TopicLog> {
  const store = config.store ?? DEFAULTS.store;
  if (config.kafka && !existsSync(store))
    return openKafkaStore({ config, clock: systemClock, logger: silentLogger });
  if (!existsSync(store)) throw new CliFault(`there is no store ${store} - check store in the config`);
  return openStore({ store, config, clock: systemClock, logger: silentLogger });
}

/**
 * Starts the roles of this process over one log: all of them over a SQLite file, or those it is asked for over a Kafka
 * cluster, where other processes have the rest.
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { config, clock, metrics, logger } = options;
  const roles = options.roles ?? new Set(ROLES);
  const startedAt = clock.now();
  const log =
    options.store === undefined
      ? await openKafkaStore(options)
      : await openStore({ ...options, store: options.store });
  const stops: (() => Promise<unknown>)[] = [() => log.close()];
  const stop = once(async () => {
    for (const end of stops.toReversed()) await end();
  });
  try {
    const eventClock = options.eventClock ?? clock;
    const revisions = await openConfigRevisions(log, eventClock);
    const missing = new Set<string>();
    if (roles.has('detector')) missing.add(DETECTOR_RESTORES);
    if (roles.has('alerter')) missing.add(ALERTER_RESTORES);
    const secrets = resolveSecret;
    const host = config.http?.host ?? DEFAULTS.host;
    const auth = config.http?.token ? tokenAuth(secrets(config.http.token).reveal()) : undefined;
    const port = await settlePort(host, options.port ?? config.http?.port ?? DEFAULTS.port);
    const publicUrl = (config.http?.publicUrl ?? `http://${host}:${port}`).replace(/\/$/, '');

    // A played night brings its own marker, at its own time. One role puts the config in force, the others follow it.
    const revision =
      options.live && roles.has('ingest')
        ? await revisions.adopt(config, options.packs, options.model)
        : revisions.newest;
    const snapshots = createSnapshotReader(
      log,
      [...roles].flatMap((role) => STAGES[role]),
    );
    const stageOptions = { ...options, log, revisions, snapshots };
    // Stopped in the order of the stream: what the detector drains, the alerter still takes.
    let alerter: RunningStage | undefined;
    stops.push(async () => alerter?.stop());
    const detector = roles.has('detector') ? await startDetector(stageOptions) : undefined;
    stops.push(async () => detector?.stop());
    const alerting = roles.has('alerter')
      ? await startAlerter({
          ...stageOptions,
          // What is delivered during a played night is written down in the night’s time; waiting is done in ours.
          clock: { now: () => eventClock.now(), sleep: clock.sleep },
          eventClock,
          ticks: options.live,
          publicUrl,
          healthy: () => missing.size === 0,
          secrets,
          fetch: guardedFetch,
        })
      : undefined;
    alerter = alerting;

    metrics.configRevision.set(revisions.newest?.revision ?? 0);
    if ('sizeBytes' in log) stops.push(measureStore(log, { clock, metrics }));
    const view = roles.has('dashboard') ? createView({ log, clock, logger }) : undefined;
    // The page’s past must not hold up the stages; one that fails ends the process.
    view?.start(Promise.all([detector?.caughtUp, alerting?.caughtUp]).catch(() => undefined));
    stops.push(async () => view?.stop());
    const ingest =
      options.live && roles.has('ingest') ? startIngestOf({ ...options, log, revision }) : undefined;
    stops.push(async () => ingest?.stop());
    const health = () => ({ ready: missing.size === 0, missing: [...missing] });
    const server = await createHttpServer({
      host,
      port,
      auth,
      publicUrl: config.http?.publicUrl,
      logger,
      plugins: [
        ...(ingest ? [ingest.plugin] : []),
        view
          ? pagePlugins({ log, view, clock, metrics, auth, health })
          : async (app) => void (await app.register(operationRoutes, { metrics, auth, health })),
      ],
    });
    const restored: readonly (readonly [string, Promise<unknown> | undefined])[] = [
      [DETECTOR_RESTORES, detector?.caughtUp],
      // It has caught up when it folded what the detector found while catching up.
      [
        ALERTER_RESTORES,
        alerting && Promise.all([detector?.caughtUp, alerting.caughtUp]).then(() => alerting.drained()),
      ],
    ];
    const address = await server.listen();
    // Doors close first, so that what is drained stays drained.
    stops.push(() => server.close());

    const failed = Promise.all([detector?.stopped, alerting?.stopped, ingest?.stopped]).then(
      () => new Promise<never>(() => undefined),
    );
    failed.catch((error: unknown) => {
      missing.add('a stage that stopped');
      logger.error({ reason: String(error) }, 'A stage stopped; the process ends.');
    });
    const ready = Promise.all([
      ...restored.map(([what, done]) => done?.then(() => missing.delete(what))),
      view?.caughtUp(),
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

function startIngestOf(
  options: PipelineOptions & { readonly log: TopicLog; readonly revision: ConfigRevision | undefined },
): Ingest {
  const { revision } = options;
  return startIngest({
    ...options,
    secrets: (ref) => resolveSecret(ref).reveal(),
    ...(revision ? { identityKey: revision.identityKey } : {}),
  });
}

/** The page, the API and the operator’s doors. */
function pagePlugins(
  options: Parameters<typeof dashboardRoutes>[1] & { readonly auth: Auth | undefined },
): FastifyPluginAsync {
  return async (app) => {
    await app.register(operatorRoutes(options));
    await app.register(dashboardRoutes, options);
  };
}

/** The stages that restore from snapshots. */
const STAGES: Readonly<Record<Role, readonly string[]>> = {
  ingest: [],
  detector: ['match', 'detect'],
  alerter: ['triage', 'notify'],
  dashboard: [],
};

const DETECTOR_RESTORES = 'the detector restores';
const ALERTER_RESTORES = 'the alerter restores';

const MEASURE_EVERY_MS = 15_000;

/** Notes the size of the store now and then. Returns what ends it. */
function measureStore(
  log: Pick<SqliteLog, 'sizeBytes'>,
  options: { clock: Clock; metrics: Metrics },
): () => Promise<void> {
  const ending = new AbortController();
  const measuring = (async () => {
    while (!ending.signal.aborted) {
      options.metrics.logBytes.set(log.sizeBytes());
      await options.clock.sleep(MEASURE_EVERY_MS, ending.signal);
    }
  })();
  return () => {
    ending.abort();
    return measuring;
  };
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= act();
    return done;
  };
}
