import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { type Duplex, pipeline } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

export type FileFormat = 'ndjson' | 'csv' | 'tsv';

const FORMATS: Readonly<Record<string, FileFormat>> = {
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'ndjson',
  '.csv': 'csv',
  '.tsv': 'tsv',
};

/** What the suffixes say: `.csv.gz` is gzip around CSV. */
export function formatOf(path: string): {
  format: FileFormat | undefined;
  packed: 'gzip' | 'zstd' | undefined;
} {
  const lower = path.toLowerCase();
  const packed = lower.endsWith('.gz') ? 'gzip' : /\.zstd?$/.test(lower) ? 'zstd' : undefined;
  const plain = packed ? lower.replace(/\.[a-z]+$/, '') : lower;
  return { format: FORMATS[/\.[a-z]+$/.exec(plain)?.[0] ?? ''], packed };
}

export interface OpenedFile {
  /** The unpacked bytes; `close` when done with them. */
  readonly bytes: AsyncIterable<Uint8Array>;
  close(): void;
}

/** Opens and unpacks. Rejects where there is no such file; what breaks later breaks the iteration. */
export async function openReplayFile(
  path: string,
  options: { readonly onRead: (bytes: number) => void },
): Promise<OpenedFile> {
  const raw = createReadStream(path, { highWaterMark: 262_144 });
  await once(raw, 'open');
  const { packed } = formatOf(path);
  const read = counted(raw, options.onRead);
  if (!packed) return { bytes: read, close: () => raw.destroy() };
  const decoder: Duplex = packed === 'gzip' ? createGunzip({ chunkSize: 262_144 }) : createZstdDecompress();
  // A fault of either breaks the iteration over the decoder.
  pipeline(read, decoder, () => undefined);
  return {
    bytes: decoder,
    close() {
      raw.destroy();
      decoder.destroy();
    },
  };
}

async function* counted(
  stream: AsyncIterable<Buffer>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of stream) {
    onRead(chunk.length);
    yield chunk;
  }
}
