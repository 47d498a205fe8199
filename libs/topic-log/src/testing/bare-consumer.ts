import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';

const { CompressionTypes, Kafka, logLevel } = kafkajs;
const BYTES_MAX = 4 * 1_048_576;
const WAIT_MS = 100;
const unpack = promisify(zstdDecompress);

/**
 * The loop of whoever needs no more than to read: as the manual of kafkajs has it, with fetches that are not small.
 * Resolves when `onValues` says that it has seen enough.
 */
export async function consumeBarely(options: {
  readonly brokers: readonly string[];
  readonly group: string;
  /** As the cluster calls it. */
  readonly topic: string;
  /** It has its partitions and begins to fetch. */
  readonly onJoined: () => void;
  /** The values of one batch; true ends the reading. */
  readonly onValues: (values: readonly Buffer[]) => boolean;
}): Promise<void> {
  // kafkajs leaves unpacking zstd to its user, once for all clients.
  const ours = kafkajs.CompressionCodecs[CompressionTypes.ZSTD]();
  kafkajs.CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    ...ours,
    decompress: (packed: Buffer) => unpack(packed),
  });
  const client = new Kafka({
    clientId: 'bare',
    brokers: [...options.brokers],
    logLevel: logLevel.NOTHING,
  });
  const consumer = client.consumer({
    groupId: options.group,
    maxBytesPerPartition: BYTES_MAX,
    maxWaitTimeInMs: WAIT_MS,
  });
  const done = Promise.withResolvers<void>();
  consumer.on(consumer.events.GROUP_JOIN, options.onJoined);
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [options.topic], fromBeginning: true });
    await consumer.run({
      eachBatch: async ({ batch }) => {
        if (options.onValues(batch.messages.map(({ value }) => value!))) done.resolve();
      },
    });
    await done.promise;
  } finally {
    await consumer.disconnect();
  }
}
