import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import lz4 from 'lz4js';
import { uncompress as unsnappy } from 'snappyjs';

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
      return gunzipSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX });
    case SNAPPY:
      return packed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)
        ? Buffer.concat(xerialBlocks(packed))
        : Buffer.from(unsnappy(packed, UNPACKED_BYTES_MAX));
    case LZ4:
      return unlz4(packed);
    case ZSTD:
      return zstdDecompressSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX });
    default:
      throw new Error(`a batch is packed with codec ${codec}, which no Kafka knows`);
  }
}

function unlz4(packed: Buffer): Buffer {
  const bound = lz4.decompressBound(packed);
  if (bound > UNPACKED_BYTES_MAX) throw new RangeError(`a batch unpacks to ${bound} bytes`);
  return Buffer.from(lz4.decompress(packed));
}

function xerialBlocks(packed: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  let at = XERIAL_HEAD_BYTES;
  while (at + 4 <= packed.length) {
    const end = at + 4 + packed.readInt32BE(at);
    blocks.push(Buffer.from(unsnappy(packed.subarray(at + 4, end), UNPACKED_BYTES_MAX)));
    at = end;
  }
  return blocks;
}
