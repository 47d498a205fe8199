import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../clock.ts';

/** The part of a logger that this driver needs. */
export interface KafkaLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface SaslOptions {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export interface KafkaLogOptions {
  /** `host:port` of some brokers; the others are learned from them. */
  readonly brokers: readonly string[];
  /** Names of topics and groups begin with it and a dot: several logs, or generations of one, share a cluster. */
  readonly prefix: string;
  /** Copies of each partition. Default: 3, or as many as there are brokers. */
  readonly replication?: number;
  /** True: TLS with the roots that Node trusts. */
  readonly tls?: true | Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  readonly sasl?: SaslOptions;
  /** A member that is silent for so long has lost its partitions. Default 10 s. */
  readonly sessionTimeoutMs?: number;
  /** Whether node-rdkafka produces. Default: where its build is present. */
  readonly native?: 'prefer' | 'never' | 'require';
  readonly clock: Clock;
  readonly logger: KafkaLogger;
}

export const SESSION_TIMEOUT_MS_DEFAULT = 10_000;

/** Largest record, as topics are created and producers are set up. A triage snapshot of a bad day fits. */
export const RECORD_BYTES_MAX = 8 * 1_048_576;

/** How long a call tries again while brokers are away, before it says `UnavailableError`. */
export const UNAVAILABLE_AFTER_MS = 10_000;
