/**
 * The parts of kafkajs 2.2.4 that this driver uses below its public interface, as they are there. Its consumer cannot
 * read a partition without a group, and its decoder cannot step over a batch that compaction has emptied; so fetching
 * is done here, over its connections (docs/decisions/kafka-fetch.md). The version is pinned.
 */
declare module 'kafkajs/src/cluster/index.js' {
  export interface ProtocolRequest {
    readonly request: unknown;
    readonly response: {
      decode(payload: Buffer): Promise<unknown>;
      parse(decoded: never): Promise<unknown>;
    };
    readonly requestTimeout?: number;
    readonly logResponseError?: boolean;
  }
  export interface Broker {
    readonly nodeId: number;
    readonly versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>>;
    readonly connectionPool: { send(request: ProtocolRequest): Promise<unknown> };
    disconnect(): Promise<void>;
    listOffsets(request: {
      replicaId?: number;
      isolationLevel?: number;
      topics: { topic: string; partitions: { partition: number; timestamp: string }[] }[];
    }): Promise<{
      responses: {
        topic: string;
        partitions: { partition: number; offset?: string; errorCode: number }[];
      }[];
    }>;
  }
  export interface PartitionMetadata {
    readonly partitionErrorCode: number;
    readonly partitionId: number;
    readonly leader: number;
  }
  export default class Cluster {
    constructor(options: Record<string, unknown>);
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    isConnected(): boolean;
    refreshMetadata(): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    addTargetTopic(topic: string): Promise<void>;
    removeBroker(address: { host: string; port: number }): void;
    findTopicPartitionMetadata(topic: string): PartitionMetadata[];
    findBroker(of: { nodeId: number }): Promise<Broker>;
  }
}

declare module 'kafkajs/src/loggers/index.js' {
  const loggers: { createLogger(options: { level: number; logCreator: unknown }): unknown };
  export default loggers;
}

declare module 'kafkajs/src/network/socketFactory.js' {
  export default function createSocketFactory(): import('kafkajs').ISocketFactory;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/request.js' {
  export default function fetchRequest(options: {
    replicaId: number;
    isolationLevel: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: {
      topic: string;
      partitions: { partition: number; fetchOffset: string; maxBytes: number }[];
    }[];
  }): unknown;
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    throttledUntil: number;
    scheduleCheckPendingRequests(): void;
  }
}

// What follows is used by tests alone: batches as kafkajs writes them.

declare module 'kafkajs/src/protocol/encoder.js' {
  export interface Encoder {
    readonly buffer: Buffer;
  }
}

declare module 'kafkajs/src/protocol/message/compression/index.js' {
  import type { Encoder } from 'kafkajs/src/protocol/encoder.js';

  const compression: {
    readonly Codecs: Record<number, () => { compress(encoder: Encoder): Promise<Buffer> }>;
  };
  export default compression;
}

declare module 'kafkajs/src/protocol/recordBatch/record/v0/index.js' {
  import type { Encoder } from 'kafkajs/src/protocol/encoder.js';
  export default function encodeRecord(record: {
    offsetDelta: number;
    timestampDelta: number;
    key: Buffer | null;
    value: Buffer | null;
    headers: Readonly<Record<string, string>>;
  }): Encoder;
}

declare module 'kafkajs/src/protocol/recordBatch/v0/index.js' {
  import type { Encoder } from 'kafkajs/src/protocol/encoder.js';
  export function RecordBatch(batch: {
    compression: number;
    firstOffset: number;
    firstTimestamp: number;
    maxTimestamp: number;
    lastOffsetDelta: number;
    records: readonly Encoder[];
  }): Promise<Encoder>;
}
