/** One line of a stream, without its line end. `tooLong`: it was longer than the bound; `bytes` is its start. */
export interface Line {
  /** From 1. Blank lines count, but are not given out. */
  readonly line: number;
  readonly bytes: Buffer;
  readonly tooLong: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** This much of a line that is too long is kept, to show which one it was. */
const EXCERPT_BYTES = 1_024;

/**
 * Splits a byte stream at line feeds, and gives out together what one chunk completed. Holds at most `lineBytesMax`
 * beyond the chunk: a longer line is given out as too long once, and reading goes on with the next one.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly lineBytesMax: number },
): AsyncGenerator<readonly Line[], void, undefined> {
  const { lineBytesMax } = options;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let length = 0;
  let line = 1;

  const hold = (bytes: Buffer): void => {
    length += bytes.length;
    const room = lineBytesMax - heldBytes;
    if (room <= 0) return;
    // A copy of the part that is kept, or the whole chunk would stay in memory with it.
    const kept = Buffer.from(bytes.subarray(0, room));
    held.push(kept);
    heldBytes += kept.length;
  };
  const take = (): Line | undefined => {
    const bytes = held.length === 1 ? held[0]! : Buffer.concat(held);
    const taken = lineOf(bytes, { line, tooLong: length > lineBytesMax });
    held = [];
    heldBytes = 0;
    length = 0;
    return taken;
  };

  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const whole: Line[] = [];
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, from)) {
      // A line that lies within one chunk is not copied: it is looked at before the next chunk is asked for.
      const inside = length === 0 && at - from <= lineBytesMax;
      if (!inside) hold(bytes.subarray(from, at));
      const taken = inside ? lineOf(bytes.subarray(from, at), { line, tooLong: false }) : take();
      from = at + 1;
      if (taken) whole.push(taken);
      line += 1;
    }
    if (from < bytes.length) hold(bytes.subarray(from));
    if (whole.length > 0) yield whole;
  }
  const last = take();
  if (last) yield [last];
}

function lineOf(bytes: Buffer, at: { readonly line: number; readonly tooLong: boolean }): Line | undefined {
  if (at.tooLong) return { ...at, bytes: bytes.subarray(0, EXCERPT_BYTES) };
  const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  const content = bytes.subarray(0, end);
  return isBlank(content) ? undefined : { ...at, bytes: content };
}

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09);
