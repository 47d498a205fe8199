import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import kafkajs, {
  CompressionTypes,
  type Kafka,
  type Producer as KafkajsProducer,
  type Message,
} from 'kafkajs';
import type { Clock } from '../clock.ts';
import { ClosedError } from '../contract.ts';
import { persevere } from './cluster.ts';
import { passes, refusalOf, unavailable } from './faults.ts';
import { type Placed, type Producer, SEND_BYTES_MAX, weightOf } from './producer.ts';

/** Below this a packed batch is hardly smaller. */
const PACK_BYTES_MIN = 1_024;
const pack = promisify(zstdCompress);

// kafkajs knows zstd by name only, and asks for its codec here.
kafkajs.CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { buffer: Buffer }) =>
    pack(buffer, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
  decompress: () => Promise.reject(new Error('fetching unpacks for itself')),
});

interface Pending {
  readonly topic: string;
  readonly records: readonly Placed[];
  readonly offsets: { partition: number; offset: number }[];
  /** How many of its records were acknowledged. */
  done: number;
  readonly resolve: (offsets: readonly { partition: number; offset: number }[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A part of one pending append that travels in one request. */
interface Part {
  readonly pending: Pending;
  readonly from: number;
  readonly to: number;
}

/**
 * Appends through kafkajs: one request in flight, and whatever was appended meanwhile goes with the next, which is
 * group commit. The producer is idempotent, so that a request that arrives late changes nothing. Where a request fails
 * for good its producer is thrown away: kafkajs goes back to the sequence before it, and if the broker did take that
 * request, it would take the next one for the same again and drop it.
 */
export function createKafkajsProducer(options: { readonly client: Kafka; readonly clock: Clock }): Producer {
  const { client, clock } = options;
  const queue: Pending[] = [];
  const closing = new AbortController();
  let current: KafkajsProducer | undefined;
  let sending: Promise<void> | undefined;

  async function connected(): Promise<KafkajsProducer> {
    if (current) return current;
    const made = client.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition!,
    });
    await persevere('connecting to Kafka', () => made.connect(), { clock, signal: closing.signal });
    current = made;
    return made;
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const parts = takeParts(queue);
      try {
        await send(parts);
      } catch (error) {
        const failed = new Set(parts.map(({ pending }) => pending));
        const told =
          refusalOf(error, 'appending to Kafka') ??
          (passes(error) ? unavailable(error, 'appending to Kafka') : error);
        for (const pending of failed) pending.reject(told);
        for (let index = queue.length - 1; index >= 0; index--)
          if (failed.has(queue[index]!)) queue.splice(index, 1);
        await discard();
        continue;
      }
      while (queue[0] && queue[0].done === queue[0].records.length) {
        const { resolve, offsets } = queue.shift()!;
        resolve(offsets);
      }
    }
    sending = undefined;
  }

  async function discard(): Promise<void> {
    const failed = current;
    current = undefined;
    await failed?.disconnect().catch(() => undefined);
  }

  async function send(parts: readonly Part[]): Promise<void> {
    const producer = await connected();
    const byTopic = new Map<string, Message[]>();
    let bytes = 0;
    for (const { pending, from, to } of parts) {
      const messages = byTopic.get(pending.topic) ?? [];
      byTopic.set(pending.topic, messages);
      for (let index = from; index < to; index++) {
        const placed = pending.records[index]!;
        bytes += weightOf(placed);
        messages.push(messageOf(placed));
      }
    }
    const results = await producer.sendBatch({
      acks: -1,
      compression: bytes < PACK_BYTES_MIN ? CompressionTypes.None : CompressionTypes.ZSTD,
      topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
    });
    const next = new Map<string, number>();
    for (const { topicName, partition, baseOffset } of results)
      next.set(`${topicName}/${partition}`, Number(baseOffset));
    for (const { pending, from, to } of parts) {
      for (let index = from; index < to; index++) {
        const { partition } = pending.records[index]!;
        const place = `${pending.topic}/${partition}`;
        const offset = next.get(place);
        if (offset === undefined) throw new Error(`the broker said nothing of ${place}`);
        next.set(place, offset + 1);
        pending.offsets.push({ partition, offset });
      }
      pending.done = to;
    }
  }

  return {
    name: 'kafkajs',
    send(topic, records) {
      if (closing.signal.aborted) return Promise.reject(new ClosedError('the log is closed'));
      if (records.length === 0) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        queue.push({ topic, records, offsets: [], done: 0, resolve, reject });
        sending ??= drain();
      });
    },
    async close() {
      closing.abort();
      await sending;
      await discard();
    },
  };
}

/** From the front of the queue, in order, up to what one request may carry for any partition. */
function takeParts(queue: readonly Pending[]): Part[] {
  const parts: Part[] = [];
  const weights = new Map<string, number>();
  for (const pending of queue) {
    let to = pending.done;
    for (; to < pending.records.length; to++) {
      const placed = pending.records[to]!;
      const place = `${pending.topic}/${placed.partition}`;
      const weight = (weights.get(place) ?? 0) + weightOf(placed);
      if (weight > SEND_BYTES_MAX && weights.has(place)) break;
      weights.set(place, weight);
    }
    if (to > pending.done) parts.push({ pending, from: pending.done, to });
    // What comes after a part that had to wait waits too: order is kept.
    if (to < pending.records.length) break;
  }
  return parts;
}

function messageOf({ partition, record }: Placed): Message {
  const { key, value } = record;
  return {
    key: key === null ? null : Buffer.from(key, 'utf8'),
    value: value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    partition,
  };
}
