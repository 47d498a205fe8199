import type { LogRecord } from '../contract.ts';
import { decompress } from './codecs.ts';

/** What one partition gave in a fetch. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Kafka’s error code; 0 is none. */
  readonly errorCode: number;
  /** One past the last record that every in-sync replica has. */
  readonly endOffset: number;
  readonly startOffset: number;
  readonly records: readonly LogRecord[];
  /**
   * Where reading goes on: behind the last batch, be it empty. Compaction leaves batches without records behind, and
   * whoever counts records alone stands before them for good. Undefined where no whole batch came.
   */
  readonly nextOffset: number | undefined;
}

const BATCH_HEAD_BYTES = 61;
/** Bytes before the part that the batch’s length counts. */
const LENGTH_END = 12;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const COUNT_AT = 57;
const CODEC_MASK = 0x7;
const LOG_APPEND_TIME_FLAG = 0x8;
const CONTROL_FLAG = 0x20;

/** Decodes the body of a Fetch response, version 11 (Apache Kafka protocol guide, “Fetch API”). */
export function decodeFetchResponse(body: Buffer): FetchedPartition[] {
  const cursor = new Cursor(body);
  cursor.skip(4);
  const errorCode = cursor.int16();
  cursor.skip(4);
  const fetched: FetchedPartition[] = [];
  for (let topics = cursor.int32(); topics > 0; topics--) {
    const topic = cursor.string();
    for (let partitions = cursor.int32(); partitions > 0; partitions--) {
      const partition = cursor.int32();
      const ownError = cursor.int16();
      const endOffset = cursor.int64();
      cursor.skip(8);
      const startOffset = cursor.int64();
      cursor.skip(16 * Math.max(0, cursor.int32()));
      cursor.skip(4);
      const size = cursor.int32();
      const batches = decodeBatches(cursor.bytes(Math.max(0, size)));
      fetched.push({
        topic,
        partition,
        errorCode: ownError || errorCode,
        endOffset,
        startOffset,
        ...batches,
      });
    }
  }
  return fetched;
}

/** Decodes consecutive record batches of magic 2; an incomplete last one is left for the next fetch. */
export function decodeBatches(bytes: Buffer): Pick<FetchedPartition, 'records' | 'nextOffset'> {
  const records: LogRecord[] = [];
  let nextOffset: number | undefined;
  let at = 0;
  while (at + BATCH_HEAD_BYTES <= bytes.length) {
    const end = at + LENGTH_END + bytes.readInt32BE(at + 8);
    if (end < at + BATCH_HEAD_BYTES) throw new RangeError('a batch claims to be shorter than its head');
    if (end > bytes.length) break;
    const magic = bytes.readInt8(at + MAGIC_AT);
    if (magic !== 2)
      throw new Error(`the log holds a message of format ${magic}: Kafka 0.11 and newer write format 2`);
    const baseOffset = readInt64(bytes, at);
    nextOffset = baseOffset + bytes.readInt32BE(at + LAST_OFFSET_DELTA_AT) + 1;
    if ((bytes.readInt16BE(at + ATTRIBUTES_AT) & CONTROL_FLAG) === 0)
      decodeRecords(bytes.subarray(at, end), baseOffset, records);
    at = end;
  }
  return { records, nextOffset };
}

function decodeRecords(batch: Buffer, baseOffset: number, into: LogRecord[]): void {
  const attributes = batch.readInt16BE(ATTRIBUTES_AT);
  const count = batch.readInt32BE(COUNT_AT);
  if (count <= 0) return;
  const stampedByLog = (attributes & LOG_APPEND_TIME_FLAG) !== 0;
  const firstTimestamp = readInt64(batch, stampedByLog ? MAX_TIMESTAMP_AT : FIRST_TIMESTAMP_AT);
  const body = decompress(attributes & CODEC_MASK, batch.subarray(BATCH_HEAD_BYTES));
  const cursor = new Cursor(body);
  for (let index = 0; index < count; index++) {
    const end = cursor.varint() + cursor.at;
    if (end <= cursor.at || end > body.length)
      throw new RangeError('a record claims a length that its batch does not have');
    cursor.skip(1);
    const timestampDelta = cursor.varint();
    const offset = baseOffset + cursor.varint();
    const keyBytes = cursor.varint();
    const key = keyBytes < 0 ? null : cursor.text(keyBytes);
    const valueBytes = cursor.varint();
    const value = valueBytes < 0 ? null : cursor.bytes(valueBytes);
    // Headers follow; nothing of ours is in them.
    cursor.at = end;
    into.push({
      offset,
      key,
      value,
      appendedAt: stampedByLog ? firstTimestamp : firstTimestamp + timestampDelta,
    });
  }
}

/** Offsets and timestamps stay far below 2^53. */
function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4);
}

class Cursor {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(count: number): void {
    this.at += count;
  }

  int16(): number {
    this.at += 2;
    return this.#bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.#bytes.readInt32BE(this.at - 4);
  }

  int64(): number {
    this.at += 8;
    return readInt64(this.#bytes, this.at - 8);
  }

  /** Zigzag, base 128. Values beyond 2^31 (a timestamp’s distance at worst) are read without bit operators. */
  varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.at++]!;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let result = byte & 0x7f;
    let factor = 128;
    do {
      if (this.at >= bytes.length) throw new RangeError('a record ends in the middle of a number');
      byte = bytes[this.at++]!;
      result += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte >= 0x80);
    return result % 2 === 0 ? result / 2 : -(result + 1) / 2;
  }

  string(): string {
    return this.text(this.int16());
  }

  text(count: number): string {
    const start = this.at;
    this.#claim(count);
    return this.#bytes.toString('utf8', start, this.at);
  }

  bytes(count: number): Buffer {
    const start = this.at;
    this.#claim(count);
    return this.#bytes.subarray(start, this.at);
  }

  #claim(count: number): void {
    this.at += count;
    if (count < 0 || this.at > this.#bytes.length)
      throw new RangeError(`a record claims ${count} bytes beyond what was sent`);
  }
}
