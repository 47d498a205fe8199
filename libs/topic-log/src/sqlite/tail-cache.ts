import type { LogRecord } from '../contract.ts';

/** Records appended together to one partition: consecutive, in order. */
interface Chunk {
  readonly owner: Tail;
  readonly records: readonly LogRecord[];
  readonly bytes: number;
}

/** The newest records of one partition. */
export interface Tail {
  readonly chunks: Chunk[];
}

/** What a record costs beside its value, roughly: the object, its key. */
const RECORD_OVERHEAD_BYTES = 200;
const CHUNKS_MAX = 4_096;

/**
 * The newest records of the partitions that somebody reads, so that a reader at the end need not go to the file.
 * Bounded over all partitions together: `bytesMax`, and 4,096 appends. The oldest go first.
 */
export class TailCache {
  readonly #bytesMax: number;
  readonly #chunks: Chunk[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(owner: Tail, records: readonly LogRecord[]): void {
    let bytes = 0;
    for (const record of records) bytes += (record.value?.byteLength ?? 0) + RECORD_OVERHEAD_BYTES;
    const chunk = { owner, records, bytes };
    owner.chunks.push(chunk);
    this.#chunks.push(chunk);
    this.#bytes += bytes;
    while (this.#chunks.length > 0 && (this.#bytes > this.#bytesMax || this.#chunks.length > CHUNKS_MAX)) {
      const oldest = this.#chunks.shift()!;
      // The owner’s chunks left in the same order as they came, unless it was forgotten in between.
      if (oldest.owner.chunks[0] === oldest) oldest.owner.chunks.shift();
      this.#bytes -= oldest.bytes;
    }
  }

  /** Drops what is held of one partition: after records were erased from it, or a gap would arise. */
  forget(owner: Tail): void {
    if (owner.chunks.length === 0) return;
    owner.chunks.length = 0;
    const kept = this.#chunks.filter((chunk) => chunk.owner !== owner);
    this.#chunks.length = 0;
    this.#chunks.push(...kept);
    this.#bytes = kept.reduce((sum, chunk) => sum + chunk.bytes, 0);
  }
}

/** Records from `from` on, or nothing where the tail does not reach back that far. */
export function readTail(tail: Tail, from: number, recordsMax: number): readonly LogRecord[] | undefined {
  const { chunks } = tail;
  if (chunks.length === 0 || chunks[0]!.records[0]!.offset > from) return undefined;
  let low = 0;
  let high = chunks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (chunks[middle]!.records[0]!.offset <= from) low = middle;
    else high = middle - 1;
  }
  const first = chunks[low]!.records;
  // Offsets are dense when appended, so the place follows from the first.
  const skipped = from - first[0]!.offset;
  const found =
    skipped === 0 && first.length <= recordsMax ? first : first.slice(skipped, skipped + recordsMax);
  if (found.length >= recordsMax || low === chunks.length - 1) return found;
  const joined = [...found];
  for (let index = low + 1; index < chunks.length && joined.length < recordsMax; index++) {
    const { records } = chunks[index]!;
    const room = recordsMax - joined.length;
    for (const record of records.length <= room ? records : records.slice(0, room)) joined.push(record);
  }
  return joined;
}
