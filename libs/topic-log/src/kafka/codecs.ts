import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import lz4 from 'lz4js';
import { unsnappy } from './unsnappy.ts';

/** A batch unpacks to at most this much: whoever can write to the log must not be able to fill the memory. */
const UNPACKED_BYTES_MAX = 256 * 1_048_576;

/** Kafka’s numbers for codecs. */
const NONE = 0;
const GZIP = 1;
const SNAPPY = 2;
const LZ4 = 3;
const ZSTD = 4;

/** The Java clients wrap snappy in a frame of their own: magic, two versions, then blocks behind their lengths. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEAD_BYTES = 16;

export function decompress(codec: number, packed: Buffer): Buffer {
  switch (codec) {
    case NONE:
      return packed;
    case GZIP:
      return gunzipSync(packed, limitsFor(packed));
    case SNAPPY:
      return packed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)
        ? Buffer.concat(xerialBlocks(packed))
        : unsnappyBlock(packed);
    case LZ4:
      return unlz4(packed);
    case ZSTD:
      return zstdDecompressSync(packed, limitsFor(packed));
    default:
      throw new Error(`a batch is packed with codec ${codec}, which no Kafka knows`);
  }
}

/** Mentions pack to a quarter. Node unpacks into pieces of this size and joins them: one piece is half as fast again. */
const RATIO_USUAL = 4;
const PIECE_BYTES_MIN = 4_096;
const PIECE_BYTES_MAX = 4 * 1_048_576;

const limitsFor = (packed: Buffer) => ({
  maxOutputLength: UNPACKED_BYTES_MAX,
  chunkSize: Math.min(Math.max(packed.length * RATIO_USUAL, PIECE_BYTES_MIN), PIECE_BYTES_MAX),
});

function unlz4(packed: Buffer): Buffer {
  checkLz4Frame(packed);
  const bound = lz4.decompressBound(packed);
  if (bound > UNPACKED_BYTES_MAX) throw new RangeError(`a batch unpacks to ${bound} bytes`);
  const { buffer, byteOffset, byteLength } = lz4.decompress(packed, bound);
  return Buffer.from(buffer, byteOffset, byteLength);
}

const LZ4_BLOCK_CHECKSUM = 0x10;
const LZ4_CONTENT_SIZE = 0x08;
const LZ4_LENGTH_MASK = 0x7fff_ffff;

/**
 * lz4js believes the length that a block claims, and works through that many bytes where there are none: two thousand
 * million at worst. So the lengths are added up first.
 */
function checkLz4Frame(packed: Buffer): void {
  const flags = packed.readUInt8(4);
  let at = 6 + ((flags & LZ4_CONTENT_SIZE) !== 0 ? 8 : 0) + 1;
  for (;;) {
    const length = packed.readUInt32LE(at) & LZ4_LENGTH_MASK;
    if (length === 0) return;
    at += 4 + length + ((flags & LZ4_BLOCK_CHECKSUM) !== 0 ? 4 : 0);
  }
}

/** Three bytes stand for 64 at best: a block that claims more is damaged, and would be given the memory it claims. */
const SNAPPY_RATIO_MAX = 22;

function unsnappyBlock(packed: Buffer): Buffer {
  return unsnappy(packed, Math.min(UNPACKED_BYTES_MAX, packed.length * SNAPPY_RATIO_MAX));
}

function xerialBlocks(packed: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  let at = XERIAL_HEAD_BYTES;
  while (at + 4 <= packed.length) {
    const end = at + 4 + packed.readUInt32BE(at);
    if (end > packed.length)
      throw new RangeError('a snappy block claims a length that its batch does not have');
    blocks.push(unsnappyBlock(packed.subarray(at + 4, end)));
    at = end;
  }
  return blocks;
}
