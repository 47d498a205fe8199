import { randomUUID } from 'node:crypto';
import { type Config, DEFAULTS, durationMs, type SecretRef } from '@foreshock/model/config';
import type { Clock } from '@foreshock/runtime/clock';
import { type GuardedFetch, guardedFetch } from '@foreshock/runtime/guarded-fetch';
import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { TopicLog } from '@foreshock/topic-log/contract';
import type { FastifyPluginAsync } from 'fastify';
import { beat } from './heartbeat.ts';
import { type PushLimits, pushRoutes } from './push.ts';
import { createRedaction } from './redaction.ts';
import { shareSources } from './source-ownership.ts';
import { createSource, silentAfterMs } from './source-registry.ts';
import { DRAIN_MS_MAX, type RunningSource, startSource } from './source-runner.ts';
import { createPushBell } from './sources/push/source.ts';

export interface IngestOptions {
  readonly config: Pick<Config, 'sources' | 'lateness' | 'redact'>;
  /** Its topics exist. It stays open until `stop` has resolved. */
  readonly log: TopicLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly secrets: (ref: SecretRef) => string;
  /** Key of the pseudonyms of private authors; without it they are left out. */
  readonly identityKey?: string;
  readonly random?: () => number;
  /** For connectors that poll. Default: the process-wide guarded one. */
  readonly fetch?: GuardedFetch;
  readonly limits?: Partial<PushLimits>;
}

export interface Ingest {
  /** `POST /ingest/{source}`: register it with the server. */
  readonly plugin: FastifyPluginAsync;
  /** Rejects with what keeps the connectors from running. */
  readonly stopped: Promise<void>;
  /** Ends the connectors, takes no more pushes, lets what is in hand reach the log; at most 10 s. Idempotent. */
  stop(): Promise<void>;
}

/** Starts a runner for each configured source, the heartbeat, and the door for pushes. */
export function startIngest(options: IngestOptions): Ingest {
  const { config, clock, logger, metrics } = options;
  const latenessMs = durationMs(config.lateness ?? DEFAULTS.lateness);
  const random = options.random ?? Math.random;
  const fetch = options.fetch ?? guardedFetch;
  const owner = randomUUID();
  const bell = createPushBell();
  const sources = config.sources ?? [];
  const names = new Set(sources.map(({ name }) => name));
  if (names.size < sources.length) throw new Error('two sources have the same name: cursors would mix');
  const identity = {
    redact: createRedaction(config.redact),
    ...(options.identityKey === undefined ? {} : { identityKey: options.identityKey }),
  };
  const stopping = new AbortController();

  const configs = new Map(sources.map((source) => [source.name, source]));
  const start = (name: string, log: TopicLog): RunningSource => {
    const source = configs.get(name)!;
    const silent = silentAfterMs(source);
    return startSource({
      source: createSource(source, { bell, latenessMs, fetch }),
      log,
      clock,
      random,
      logger,
      metrics,
      latenessMs,
      owner,
      // On the embedded log there is nobody else.
      handsOver: log.driver === 'kafka',
      ...identity,
      ...(silent === undefined ? {} : { silentAfterMs: silent }),
    });
  };
  const sharing = shareSources({
    names: [...names],
    start,
    log: options.log,
    clock,
    logger,
    owner,
    onHeard: (name) => bell.ring(name),
  });
  const beating = beat({ log: options.log, clock, logger, metrics, owner }, stopping.signal);

  const pushed = trackedAppends(options.log);
  const plugin = pushRoutes({
    sources: sources.filter((source) => source.kind === 'push'),
    log: pushed,
    clock,
    metrics,
    logger,
    secrets: options.secrets,
    latenessMs,
    ...identity,
    ...(options.limits ? { limits: options.limits } : {}),
    heard: (name) => void sharing.then((shared) => shared.heard(name)).catch(() => undefined),
    closing: () => stopping.signal.aborted,
  });

  let ending: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopping.abort();
    const given = new AbortController();
    const left = sharing.then((shared) => shared.stop()).catch(() => undefined);
    const drained = Promise.all([left, beating, pushed.settled()]);
    await Promise.race([drained, clock.sleep(DRAIN_MS_MAX, given.signal)]);
    given.abort();
  };
  const stopped = sharing.then((shared) => shared.stopped);
  // Whoever looks at it does so in their own time.
  stopped.catch(() => undefined);
  return {
    plugin,
    stopped,
    stop() {
      ending ??= stop();
      return ending;
    },
  };
}

/** Knows which appends are under way, so that stopping can wait for them. */
function trackedAppends(log: TopicLog): Pick<TopicLog, 'append'> & { settled(): Promise<void> } {
  const underWay = new Set<Promise<unknown>>();
  return {
    append(topic, records) {
      const appending = log.append(topic, records);
      underWay.add(appending);
      const over = () => void underWay.delete(appending);
      appending.then(over, over);
      return appending;
    },
    async settled() {
      await Promise.allSettled(underWay);
    },
  };
}
