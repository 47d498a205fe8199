import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import type { Encoder } from 'kafkajs/src/protocol/encoder.js';
import compression from 'kafkajs/src/protocol/message/compression/index.js';
import encodeRecord from 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
import { RecordBatch } from 'kafkajs/src/protocol/recordBatch/v0/index.js';
import lz4 from 'lz4js';
import { compress as snappy } from 'snappyjs';
import { describe, expect, test } from 'vitest';
import { decodeBatches, decodeFetchResponse } from './record-batch.ts';

const CODECS = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;
const CONTROL = 0x20;

const packWith = (pack: (bytes: Buffer) => Uint8Array) => () => ({
  compress: async (encoder: Encoder) => Buffer.from(pack(encoder.buffer)),
});
compression.Codecs[CODECS.snappy] = packWith((bytes) => snappy(bytes));
compression.Codecs[CODECS.lz4] = packWith((bytes) => lz4.compress(bytes));
compression.Codecs[CODECS.zstd] = packWith((bytes) => zstdCompressSync(bytes));

interface Written {
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestampDelta: number;
}

const written: fc.Arbitrary<Written> = fc.record({
  key: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 })),
  value: fc.option(fc.uint8Array({ maxLength: 300 })),
  headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.string({ maxLength: 9 }), {
    maxKeys: 2,
  }),
  timestampDelta: fc.integer({ min: 0, max: 2 ** 40 }),
});

/** One batch as kafkajs writes it; `gaps` are offsets that compaction took out. */
async function batchOf(
  records: readonly Written[],
  options: {
    readonly codec?: number;
    readonly base?: number;
    readonly at?: number;
    readonly step?: number;
  } = {},
): Promise<Buffer> {
  const { codec = CODECS.none, base = 0, at = 1_000, step = 1 } = options;
  const encoder = await RecordBatch({
    compression: codec,
    firstOffset: base,
    firstTimestamp: at,
    maxTimestamp: at,
    lastOffsetDelta: Math.max(0, records.length - 1) * step,
    records: records.map(({ key, value, headers, timestampDelta }, index) =>
      encodeRecord({
        offsetDelta: index * step,
        timestampDelta,
        key: key === null ? null : Buffer.from(key, 'utf8'),
        value: value === null ? null : Buffer.from(value),
        headers,
      }),
    ),
  });
  return Buffer.from(encoder.buffer);
}

const plain = (count: number, value = 'out of stock'): Written[] =>
  Array.from({ length: count }, (_, n) => ({
    key: `key-${n}`,
    value: Buffer.from(value),
    headers: {},
    timestampDelta: n,
  }));

describe('a record batch', () => {
  test.each(Object.entries(CODECS))('packed with %s is read as kafkajs wrote it', async (_name, codec) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(written, { minLength: 1, maxLength: 40 }),
        fc.nat({ max: 2 ** 40 }),
        fc.integer({ min: 1, max: 7 }),
        async (records, base, step) => {
          const bytes = await batchOf(records, { codec, base, step });
          const decoded = decodeBatches(
            Buffer.concat([bytes, await batchOf(plain(1), { base: base + 10_000 })]),
          );
          expect(decoded.nextOffset).toBe(base + 10_001);
          expect(decoded.records.slice(0, -1)).toEqual(
            records.map(({ key, value, timestampDelta }, index) => ({
              offset: base + index * step,
              key: key === null ? null : Buffer.from(key, 'utf8').toString('utf8'),
              value: value === null ? null : Buffer.from(value),
              appendedAt: 1_000 + timestampDelta,
            })),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('takes the time of the log where the log has set it', async () => {
    const bytes = await batchOf(plain(3), { at: 5_000 });
    bytes.writeInt16BE(0x8, 21);
    bytes.writeBigInt64BE(9_000n, 35);
    expect(decodeBatches(bytes).records.map(({ appendedAt }) => appendedAt)).toEqual([9_000, 9_000, 9_000]);
  });

  test('that compaction emptied is stepped over', async () => {
    const emptied = await batchOf([], { base: 10 });
    emptied.writeInt32BE(4, 23);
    expect(decodeBatches(emptied)).toEqual({ records: [], nextOffset: 15 });
    const both = Buffer.concat([emptied, await batchOf(plain(2), { base: 15 })]);
    expect(decodeBatches(both).records.map(({ offset }) => offset)).toEqual([15, 16]);
  });

  test('of a transaction’s end is stepped over', async () => {
    const control = await batchOf(plain(1), { base: 3 });
    control.writeInt16BE(CONTROL, 21);
    expect(decodeBatches(control)).toEqual({ records: [], nextOffset: 4 });
  });

  test('that was cut off is left for the next fetch, wherever the cut is', async () => {
    const [first, second] = [await batchOf(plain(3)), await batchOf(plain(3), { base: 3 })];
    const bytes = Buffer.concat([first, second]);
    for (let length = 0; length < bytes.length; length++) {
      const { records, nextOffset } = decodeBatches(bytes.subarray(0, length));
      expect(nextOffset).toBe(length < first.length ? undefined : 3);
      expect(records).toHaveLength(length < first.length ? 0 : 3);
    }
  });

  test('of an older format is refused by name', async () => {
    const bytes = await batchOf(plain(1));
    bytes.writeInt8(1, 16);
    expect(() => decodeBatches(bytes)).toThrow('format 1');
  });

  // A flip in the text of a post gives another post: brokers check their sums when they take a batch, TCP checks it on
  // the way. What must not happen is a process that hangs, which the time-out
  // of the test would show, or takes all memory.
  test.each(Object.entries(CODECS))(
    'packed with %s and damaged is an error or a batch, soon',
    async (_name, codec) => {
      const bytes = Buffer.concat([
        await batchOf(plain(30), { codec }),
        await batchOf(plain(30, 'x'.repeat(200)), { codec, base: 30 }),
      ]);
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 })), {
            minLength: 1,
            maxLength: 4,
          }),
          (flips) => {
            const damaged = Buffer.from(bytes);
            for (const [at, bit] of flips) damaged[at]! ^= 1 << bit;
            try {
              const { records } = decodeBatches(damaged);
              expect(records.length).toBeLessThanOrEqual(bytes.length * 30);
            } catch (error) {
              expect(error).toBeInstanceOf(Error);
            }
          },
        ),
        { numRuns: 500 },
      );
    },
  );

  test.each([
    { what: 'a length below zero', at: 8, value: -12 },
    { what: 'a length of nothing', at: 8, value: 0 },
    { what: 'more records than bytes', at: 57, value: 0x7fff_ffff },
  ])('that claims $what is an error', async ({ at, value }) => {
    const bytes = await batchOf(plain(2));
    bytes.writeInt32BE(value, at);
    expect(() => decodeBatches(bytes)).toThrow(RangeError);
  });
});

describe('a fetch response', () => {
  test('of nonsense is an error, soon', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          decodeFetchResponse(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
