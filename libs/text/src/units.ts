/** Texts up to this length are copied into a buffer kept for it, 64 KB: reading units there is twice as fast. */
const SCRATCH_UNITS = 32_768;
const scratch = Buffer.alloc(SCRATCH_UNITS * 2);
const scratchUnits = new Uint16Array(scratch.buffer, scratch.byteOffset, SCRATCH_UNITS);

/** The UTF-16 units of `text`, valid until the next call. */
export function unitsOf(text: string): Uint16Array {
  if (text.length <= SCRATCH_UNITS) {
    scratch.write(text, 0, 'utf16le');
    return scratchUnits;
  }
  const bytes = Buffer.alloc(text.length * 2);
  bytes.write(text, 0, 'utf16le');
  return new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
}
