import type { NewRecord } from '../contract.ts';

/** A record and where it goes. */
export interface Placed {
  readonly partition: number;
  readonly record: NewRecord;
}

/**
 * What appends to the cluster. Within a partition records keep the order of the calls, and one that was acknowledged
 * is never followed by a late repeat of an older one: producers are idempotent.
 */
export interface Producer {
  readonly name: 'kafkajs' | 'node-rdkafka';
  /**
   * Resolves with the offset of each record once all in-sync replicas have them. Rejects with `UnavailableError`
   * (some may have been written) or `RefusedError`.
   */
  send(topic: string, records: readonly Placed[]): Promise<readonly { partition: number; offset: number }[]>;
  /** Lets what is in hand finish. Idempotent. */
  close(): Promise<void>;
}

/** What one request may carry for a partition; one record may be larger. */
export const SEND_BYTES_MAX = 1_048_576;

export const weightOf = ({ record }: Placed): number =>
  64 + (record.key?.length ?? 0) + (record.value?.byteLength ?? 0);
