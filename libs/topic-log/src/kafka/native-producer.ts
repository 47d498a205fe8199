import { ClosedError, UnavailableError } from '../contract.ts';
import { RefusedError } from './faults.ts';
import type { NativeError, NativeModule, NativeProducer, NativeReport } from './native.ts';
import { type KafkaLogOptions, RECORD_BYTES_MAX, UNAVAILABLE_AFTER_MS } from './options.ts';
import type { Placed, Producer } from './producer.ts';

/** librdkafka’s codes, and Kafka’s, that are told apart here. */
const QUEUE_FULL = -184;
const FATAL = -150;
const PURGED = new Set([-151, -152]);
const REFUSALS: Readonly<Record<number, string>> = {
  10: 'the record is larger than max.message.bytes of its topic - raise it to 8388608',
  29: 'the user may not write to this topic - grant it Write on the topics of this prefix',
  31: 'the user may not do this on the cluster - grant it IdempotentWrite',
};

/** While records are on their way their reports are asked for this often; each report ends an append. */
const POLL_MS = 1;
/** One of Node’s worker threads is held for so long at most, when the broker is slow. */
const HURRY_MS_MAX = 10;
const CLOSE_MS_MAX = 5_000;

interface Pending {
  readonly topic: string;
  readonly offsets: { partition: number; offset: number }[];
  left: number;
  failure: Error | undefined;
  readonly resolve: (offsets: readonly { partition: number; offset: number }[]) => void;
  readonly reject: (error: Error) => void;
}

interface Opaque {
  readonly pending: Pending;
  readonly index: number;
}

/** Why this build cannot do what the options ask for; undefined where it can. */
export function lacks(native: NativeModule, options: KafkaLogOptions): string | undefined {
  const has = (feature: string) => native.features.includes(feature);
  if (options.tls && !has('ssl')) return 'it was built without TLS';
  if (options.sasl?.mechanism.startsWith('scram') && !has('sasl_scram')) return 'it was built without SCRAM';
  return undefined;
}

/**
 * Appends through librdkafka: several times the rate of kafkajs, and compressed. An append is done when every one of
 * its records has its delivery report: the callback of a flush comes before them. Idempotence keeps the order of each
 * partition through retries.
 */
export function createNativeProducer(native: NativeModule, options: KafkaLogOptions): Producer {
  let current: Promise<NativeProducer> | undefined;
  let connected: NativeProducer | undefined;
  let onItsWay = 0;
  let polling = false;
  let hurrying = false;
  let closed = false;
  let room = Promise.withResolvers<void>();
  /** Appends are queued one after the other; this is the end of the line. */
  let line: Promise<void> = Promise.resolve();

  function connect(): Promise<NativeProducer> {
    const made = new native.Producer(configOf(native, options));
    made.on('delivery-report', (error, report) => settle(made, error, report));
    made.on('event.error', (error) => {
      options.logger.debug({ code: error.code }, `librdkafka: ${error.message}`);
      if (error.code === FATAL || error.isFatal) discard(made);
    });
    return new Promise((resolve, reject) => {
      made.connect({ timeout: UNAVAILABLE_AFTER_MS }, (error) => {
        if (error) {
          current = undefined;
          reject(new UnavailableError(`connecting to Kafka: ${error.message}`, { cause: error }));
        } else {
          connected = made;
          resolve(made);
        }
      });
    });
  }

  /** An idempotent producer that cannot tell what was written is of no more use; the next append makes another. */
  function discard(failed: NativeProducer): void {
    if (connected !== failed) return;
    connected = undefined;
    current = undefined;
    failed.disconnect(CLOSE_MS_MAX, () => undefined);
  }

  function settle(producer: NativeProducer, error: NativeError | null, report: NativeReport): void {
    onItsWay--;
    const { pending, index } = report.opaque as Opaque;
    if (error) {
      pending.failure ??= told(error, pending.topic);
      if (error.code === FATAL || error.isFatal) discard(producer);
    } else pending.offsets[index] = { partition: report.partition, offset: Number(report.offset) };
    pending.left--;
    if (pending.left === 0) {
      if (pending.failure) pending.reject(pending.failure);
      else pending.resolve(pending.offsets);
    }
    room.resolve();
    room = Promise.withResolvers<void>();
  }

  function poll(producer: NativeProducer): void {
    if (polling) return;
    polling = true;
    const again = () => {
      if (onItsWay === 0) {
        polling = false;
        return;
      }
      producer.poll();
      setTimeout(again, POLL_MS);
    };
    again();
  }

  /**
   * What is alone on its way gains nothing by lingering. A flush sends it, and its worker thread brings the report at
   * once instead of at the next poll: an append of one record takes a quarter of the time.
   */
  function hurry(producer: NativeProducer, count: number): void {
    if (hurrying || onItsWay > count) return;
    hurrying = true;
    producer.flush(HURRY_MS_MAX, () => {
      hurrying = false;
    });
  }

  async function enqueue(topic: string, records: readonly Placed[], pending: Pending): Promise<void> {
    current ??= connect();
    const producer = await current;
    for (const [index, { partition, record }] of records.entries()) {
      const value =
        record.value === null
          ? null
          : Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength);
      const key = record.key === null ? null : Buffer.from(record.key, 'utf8');
      for (;;) {
        try {
          producer.produce(topic, partition, value, key, null, { pending, index } satisfies Opaque);
          onItsWay++;
          break;
        } catch (error) {
          if ((error as NativeError).code !== QUEUE_FULL) {
            pending.failure ??= told(error as NativeError, topic);
            pending.left -= records.length - index;
            if (pending.left === 0) pending.reject(pending.failure);
            poll(producer);
            return;
          }
        }
        poll(producer);
        await room.promise;
      }
    }
    poll(producer);
    hurry(producer, records.length);
  }

  return {
    name: 'node-rdkafka',
    send(topic, records) {
      if (closed) return Promise.reject(new ClosedError('the log is closed'));
      if (records.length === 0) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        const pending: Pending = {
          topic,
          offsets: [],
          left: records.length,
          failure: undefined,
          resolve,
          reject,
        };
        line = line.then(() => enqueue(topic, records, pending)).catch(reject);
      });
    },
    async close() {
      closed = true;
      await line;
      while (onItsWay > 0) await room.promise;
      const last = connected;
      connected = undefined;
      if (last) await new Promise<void>((resolve) => last.disconnect(CLOSE_MS_MAX, () => resolve()));
    },
  };
}

function told(error: NativeError, topic: string): Error {
  const refusal = REFUSALS[error.code];
  if (refusal) return new RefusedError(`${topic}: ${refusal}`, { cause: error });
  const purged = PURGED.has(error.code) ? ' (the producer was given up)' : '';
  return new UnavailableError(`appending to ${topic}: ${error.message}${purged}`, { cause: error });
}

/**
 * lz4 costs librdkafka a seventh of what gzip does; zstd is better than both, but is not in every build. Node has no lz4
 * of its own and unpacks it in JavaScript, at two thirds of the speed of gzip, which is the smaller part of it.
 */
function codecOf({ features }: NativeModule): string {
  return ['zstd', 'lz4', 'gzip'].find((codec) => features.includes(codec)) ?? 'none';
}

function configOf(native: NativeModule, options: KafkaLogOptions): Record<string, unknown> {
  const { sasl, tls } = options;
  return {
    'client.id': 'foreshock',
    'bootstrap.servers': options.brokers.join(','),
    'enable.idempotence': true,
    dr_cb: true,
    'socket.nagle.disable': true,
    'socket.keepalive.enable': true,
    'batch.size': 1_048_576,
    'message.max.bytes': RECORD_BYTES_MAX,
    'message.timeout.ms': UNAVAILABLE_AFTER_MS,
    'queue.buffering.max.messages': 500_000,
    'queue.buffering.max.kbytes': 262_144,
    'allow.auto.create.topics': false,
    'compression.codec': codecOf(native),
    'compression.level': 1,
    // Records that are queued one by one must travel together; `hurry` sends those that nothing can join.
    'linger.ms': 1,
    'security.protocol': `${sasl ? 'sasl_' : ''}${tls ? 'ssl' : 'plaintext'}`,
    ...(sasl
      ? {
          'sasl.mechanisms': sasl.mechanism.toUpperCase(),
          'sasl.username': sasl.username,
          'sasl.password': sasl.password,
        }
      : {}),
    ...(tls && tls !== true
      ? {
          ...(tls.ca ? { 'ssl.ca.pem': String(tls.ca) } : {}),
          ...(tls.cert ? { 'ssl.certificate.pem': String(tls.cert) } : {}),
          ...(tls.key ? { 'ssl.key.pem': String(tls.key) } : {}),
          ...(tls.rejectUnauthorized === false ? { 'enable.ssl.certificate.verification': false } : {}),
        }
      : {}),
  };
}
