import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Line, linesOf } from './lines.ts';

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, options: { size?: number; max?: number } = {}): Promise<Line[]> {
  const lines: Line[] = [];
  const chunks = chunked(Buffer.from(text), options.size ?? 7);
  for await (const some of linesOf(chunks, { lineBytesMax: options.max ?? 100 })) lines.push(...some);
  return lines;
}

describe('lines of a stream', () => {
  test('are numbered from 1; blank ones count but are not given out; the last needs no line feed', async () => {
    const lines = await read('a\n\n \r\nb\r\nc');
    expect(lines.map(({ line, bytes }) => [line, bytes.toString()])).toEqual([
      [1, 'a'],
      [4, 'b'],
      [5, 'c'],
    ]);
  });

  test('a line of exactly the bound is whole, one byte more is too long, and reading goes on', async () => {
    const lines = await read(`${'x'.repeat(10)}\n${'y'.repeat(11)}\nz`, { max: 10 });
    expect(lines.map(({ line, tooLong }) => [line, tooLong])).toEqual([
      [1, false],
      [2, true],
      [3, false],
    ]);
  });

  test('an endless line is held up to the bound only', async () => {
    const chunk = Buffer.alloc(65_536, 0x61);
    async function* endless(): AsyncGenerator<Buffer> {
      for (let sent = 0; sent < 400; sent++) yield chunk;
    }
    const before = process.memoryUsage().arrayBuffers;
    const lines: Line[] = [];
    for await (const some of linesOf(endless(), { lineBytesMax: 65_536 })) lines.push(...some);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ line: 1, tooLong: true });
    expect(lines[0]?.bytes.length).toBeLessThanOrEqual(1_024);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5 * 1_048_576);
  });

  test('do not depend on how the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 9 }), async (text, size) => {
        const texts = (lines: Line[]) => lines.map(({ line, bytes }) => [line, bytes.toString('hex')]);
        expect(texts(await read(text, { size, max: 1_000 }))).toEqual(
          texts(await read(text, { size: 4_096, max: 1_000 })),
        );
      }),
    );
  });
});
