/**
 * Unpacks one snappy block (google/snappy, format_description.txt). snappyjs takes a length beyond 2^31 for a negative
 * one and then walks back through memory that is not there for seconds: a damaged block must be an error at once.
 */
export function unsnappy(packed: Uint8Array, bytesMax: number): Buffer {
  let at = 0;
  const byte = (): number => {
    const value = packed[at++];
    if (value === undefined) throw new RangeError('a snappy block ends in the middle of an element');
    return value;
  };
  const littleEndian = (bytes: number): number => {
    let value = 0;
    for (let index = 0, factor = 1; index < bytes; index++, factor *= 256) value += byte() * factor;
    return value;
  };

  let size = 0;
  for (let factor = 1; ; factor *= 128) {
    const next = byte();
    size += (next & 0x7f) * factor;
    if (next < 0x80) break;
    if (factor > 2 ** 28) throw new RangeError('a snappy block claims a size of more than 32 bits');
  }
  if (size > bytesMax) throw new RangeError(`a snappy block claims to unpack to ${size} bytes`);
  const unpacked = Buffer.allocUnsafe(size);
  let to = 0;
  while (at < packed.length) {
    const tag = byte();
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >>> 2;
      const length = 1 + (short < 60 ? short : littleEndian(short - 59));
      if (at + length > packed.length || to + length > size)
        throw new RangeError('a snappy block claims a literal that it does not have');
      unpacked.set(packed.subarray(at, at + length), to);
      at += length;
      to += length;
      continue;
    }
    const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const back = kind === 1 ? ((tag >>> 5) << 8) + byte() : littleEndian(kind === 2 ? 2 : 4);
    if (back === 0 || back > to || to + length > size)
      throw new RangeError('a snappy block repeats what it does not have');
    // Source and target may overlap: that is how a run is written.
    for (const end = to + length; to < end; to++) unpacked[to] = unpacked[to - back]!;
  }
  if (to !== size) throw new RangeError(`a snappy block unpacks to ${to} bytes and claims ${size}`);
  return unpacked;
}
