import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/**
 * node-rdkafka, where it was built for this machine (`make native`). It is no dependency of this package: nobody has to
 * compile it, and what is here was built for the Node that runs. Only its producer is used; see docs/decisions.
 */

export interface NativeError extends Error {
  /** librdkafka’s number; negative ones are its own, the others Kafka’s. -184 is a full queue. */
  readonly code: number;
  readonly isFatal?: boolean;
  readonly isRetriable?: boolean;
}

export interface NativeReport {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly opaque?: unknown;
}

export interface NativeMetadata {
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly id: number }[];
  }[];
}

/** The part of node-rdkafka’s producer that is used here. */
export interface NativeProducer {
  connect(
    options: { readonly topic?: string; readonly allTopics?: boolean; readonly timeout?: number },
    done: (error: NativeError | null, metadata: NativeMetadata) => void,
  ): unknown;
  /** Throws a NativeError when the record cannot even be queued. What becomes of it comes as a delivery report. */
  produce(
    topic: string,
    partition: number,
    value: Buffer | null,
    key?: Buffer | string | null,
    timestampMs?: number | null,
    opaque?: unknown,
  ): unknown;
  poll(): unknown;
  setPollInterval(intervalMs: number): unknown;
  /** Calls back before the last delivery reports have arrived: count those instead. */
  flush(timeoutMs: number, done: (error: NativeError | null) => void): unknown;
  disconnect(timeoutMs: number, done: (error: NativeError | null) => void): unknown;
  isConnected(): boolean;
  on(event: 'delivery-report', listener: (error: NativeError | null, report: NativeReport) => void): unknown;
  on(event: 'event.error' | 'connection.failure', listener: (error: NativeError) => void): unknown;
  on(
    event: 'event.log',
    listener: (line: { severity: number; fac: string; message: string }) => void,
  ): unknown;
  on(event: 'disconnected', listener: () => void): unknown;
}

export interface NativeModule {
  /** What librdkafka was built with: ssl, sasl_scram, gzip, lz4, zstd and so on. */
  readonly features: readonly string[];
  readonly librdkafkaVersion: string;
  readonly Producer: new (
    config: Readonly<Record<string, unknown>>,
    topicConfig?: Readonly<Record<string, unknown>>,
  ) => NativeProducer;
}

/** `absent` says why in words for a log line. */
export type Native = { readonly client: NativeModule } | { readonly absent: string };

/** Where `make native` leaves what it built, by what a build depends on. */
export function nativeFolder(root: string): string {
  return join(root, '.tools/native', `${process.platform}-${process.arch}-abi${process.versions.modules}`);
}

const projectRoot = resolve(import.meta.dirname, '../../../..');
let loaded: Native | undefined;

/**
 * Loads it once per process, or says why not: its threads belong to one JavaScript thread, so a worker gets none.
 * FORESHOCK_NATIVE names another folder that holds `node_modules/node-rdkafka`.
 */
export function loadNative(): Native {
  if (!isMainThread) return { absent: 'it can be loaded in the main thread only' };
  loaded ??= loadFrom(process.env['FORESHOCK_NATIVE'] || nativeFolder(projectRoot));
  return loaded;
}

/** Unmemorised, for tests and for `make native` to check what it built. */
export function loadFrom(folder: string): Native {
  const manifest = join(folder, 'node_modules/node-rdkafka/package.json');
  if (!existsSync(manifest)) return { absent: "it is not built for this Node; 'make native' builds it" };
  try {
    const client: unknown = createRequire(join(folder, 'package.json'))('node-rdkafka');
    if (isNativeModule(client)) return { client };
    return { absent: `what stands in ${folder} is not node-rdkafka` };
  } catch (error) {
    // Of another Node, another system library, or torn: all of these cost speed only.
    const message = error instanceof Error ? error.message : String(error);
    return { absent: `it cannot be loaded: ${message.split('\n', 1)[0]}` };
  }
}

function isNativeModule(value: unknown): value is NativeModule {
  if (typeof value !== 'object' || value === null) return false;
  const { features, Producer } = value as Record<string, unknown>;
  return Array.isArray(features) && typeof Producer === 'function';
}
