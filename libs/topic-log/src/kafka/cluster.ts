import { type ISocketFactory, Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import loggers from 'kafkajs/src/loggers/index.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import { passes, refusalOf, unavailable } from './faults.ts';
import { type KafkaLogger, type KafkaLogOptions, UNAVAILABLE_AFTER_MS } from './options.ts';

const CLIENT_ID = 'foreshock';
const sockets = createSocketFactory();
/** A request must not wait until the broker has confirmed the packets of the one before. */
const promptSockets: ISocketFactory = (wanted) => sockets(wanted).setNoDelay(true);
const CONNECT_MS_MAX = 5_000;
const REQUEST_MS_MAX = 15_000;
const METADATA_AGE_MS_MAX = 60_000;
/** kafkajs may try again a few times in a call; waiting for longer outages is this driver’s, which can be stopped. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4, factor: 0.2, multiplier: 2 } as const;

/**
 * Whenever it is not throttled, kafkajs asks Node for a timer in the past, again and again: a thousand times a second for
 * each connection, and a warning on stderr, where whoever operates this would look for what is wrong. Who waits without being throttled waits for an answer, and the answer
 * looks after it; this look is for what was forgotten, and its time does not matter.
 */
const LOOK_MS = 100;
const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;
RequestQueue.prototype.scheduleCheckPendingRequests = function () {
  const { throttledUntil } = this;
  this.throttledUntil = Math.max(throttledUntil, Date.now() + LOOK_MS);
  schedule.call(this);
  this.throttledUntil = throttledUntil;
};

/** kafkajs as these options ask for it. */
export function createClient(options: KafkaLogOptions): Kafka {
  return new Kafka(clientConfig(options));
}

function clientConfig(options: KafkaLogOptions): KafkaConfig {
  const { sasl, tls } = options;
  return {
    clientId: CLIENT_ID,
    brokers: [...options.brokers],
    socketFactory: promptSockets,
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator: logCreator(options.logger),
    ...(tls ? { ssl: tls === true ? true : { ...tls } } : {}),
    ...(sasl ? { sasl: { ...sasl } as SASLOptions } : {}),
  };
}

/**
 * kafkajs’ connections without its consumer: fetching from any partition at any offset, without a group. Each cluster
 * has connections of its own; a broker answers one connection in order, so what waits for records must not share one
 * with what is in a hurry.
 */
export function createCluster(options: KafkaLogOptions): Cluster {
  const config = clientConfig(options);
  return new Cluster({
    ...config,
    logger: loggers.createLogger({ level: logLevel.WARN, logCreator: logCreator(options.logger) }),
    socketFactory: promptSockets,
    ssl: config.ssl === true ? {} : config.ssl,
    metadataMaxAge: METADATA_AGE_MS_MAX,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel: 0,
    enforceRequestTimeout: true,
  });
}

/** kafkajs tells of every lost connection as an error; what matters reaches the caller, the rest is for debugging. */
function logCreator(logger: KafkaLogger) {
  return () =>
    ({ namespace, log }: { namespace: string; log: { message: string; error?: unknown } }) =>
      logger.debug({ kafka: namespace, error: log.error }, log.message);
}

const PAUSE_MS = 200;

/**
 * Tries again what a broker that is away, or leadership that moves, made fail. Rejects with `RefusedError` where no
 * attempt will help, and with `UnavailableError` after `UNAVAILABLE_AFTER_MS` or when `signal` aborts.
 */
export async function persevere<T>(
  doing: string,
  act: () => Promise<T>,
  options: { readonly clock: KafkaLogOptions['clock']; readonly signal?: AbortSignal },
): Promise<T> {
  const deadline = performance.now() + UNAVAILABLE_AFTER_MS;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const refusal = refusalOf(error, doing);
      if (refusal) throw refusal;
      if (!passes(error)) throw error;
      if (options.signal?.aborted || performance.now() > deadline) throw unavailable(error, doing);
    }
    await options.clock.sleep(PAUSE_MS, options.signal);
  }
}
