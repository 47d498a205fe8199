import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Why a body could not be read to its end. The status is the answer to the sender. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly status: 400 | 413 | 415 | 429;
  readonly code: string;
  constructor(status: 400 | 413 | 415 | 429, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * Memory that bodies may hold at once, over all requests: a body is read only as far as it fits. 64 MiB by default,
 * eight whole bodies of 8 MiB.
 */
export interface BufferBudget {
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createBufferBudget(bytesMax: number): BufferBudget {
  let held = 0;
  return {
    take(bytes) {
      if (held + bytes > bytesMax) return false;
      held += bytes;
      return true;
    },
    give(bytes) {
      held -= bytes;
    },
  };
}

/**
 * The chunks of a stream. Leaving the loop early leaves the stream alone: destroying a request would reset the
 * connection before its sender has read the answer.
 */
export const chunksOf = (stream: Readable): AsyncIterable<Uint8Array> =>
  stream.iterator({ destroyOnReturn: false });

/** A sender that goes on for longer after it was turned away is cut off. */
const DISCARD_BYTES_MAX = 64 * 1_048_576;

/** Reads on without looking, so that the sender comes to the answer and the connection to its next request. */
export function discardRest(raw: Readable): void {
  if (raw.readableEnded || raw.destroyed) return;
  let left = DISCARD_BYTES_MAX;
  raw.on('data', (chunk: Uint8Array) => {
    left -= chunk.byteLength;
    if (left < 0) raw.destroy();
  });
  raw.resume();
}

/** Decodes `encoding` and stops with 413 as soon as more than `decodedBytesMax` came out. */
export async function* decodedChunks(
  raw: Readable,
  options: { readonly encoding: string | undefined; readonly decodedBytesMax: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = decoderOf(raw, options.encoding);
  let decoded = 0;
  try {
    for await (const chunk of chunksOf(decoder)) {
      decoded += chunk.byteLength;
      if (decoded > options.decodedBytesMax)
        throw new BodyError(
          413,
          'body-too-large',
          `the body is larger than ${options.decodedBytesMax} bytes`,
        );
      yield chunk;
    }
  } catch (error) {
    if (error instanceof BodyError) throw error;
    throw new BodyError(
      400,
      'broken-body',
      decoder === raw ? 'the body was cut off' : 'the body is not whole gzip',
    );
  } finally {
    if (decoder !== raw) {
      raw.unpipe();
      decoder.destroy();
    }
  }
}

function decoderOf(raw: Readable, encoding: string | undefined): Readable {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  if (name === '' || name === 'identity') return raw;
  if (name !== 'gzip' && name !== 'x-gzip')
    throw new BodyError(415, 'unsupported-encoding', 'send the body plain or with content-encoding: gzip');
  const gunzip = createGunzip({ chunkSize: 65_536 });
  // Not a pipeline: it would destroy the request, and with it the connection, when the decoder gives up.
  raw.once('error', (error) => gunzip.destroy(error));
  raw.once('close', () => {
    if (!raw.readableEnded) gunzip.destroy(new Error('cut off'));
  });
  return raw.pipe(gunzip);
}

/** Reads a whole body of at most `bytesMax` into memory that the budget grants. `release` gives it back. */
export async function wholeBody(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly bytesMax: number; readonly budget: BufferBudget },
): Promise<{ readonly bytes: Buffer; readonly release: () => void }> {
  const { budget, bytesMax } = options;
  const parts: Uint8Array[] = [];
  let held = 0;
  try {
    for await (const chunk of chunks) {
      if (held + chunk.byteLength > bytesMax)
        throw new BodyError(413, 'body-too-large', `the body is larger than ${bytesMax} bytes`);
      if (!budget.take(chunk.byteLength))
        throw new BodyError(429, 'busy', 'too many bodies are being read; send again in a moment');
      held += chunk.byteLength;
      parts.push(chunk);
    }
  } catch (error) {
    budget.give(held);
    if (error instanceof BodyError) throw error;
    throw new BodyError(400, 'broken-body', 'the body was cut off');
  }
  return { bytes: Buffer.concat(parts, held), release: () => budget.give(held) };
}

export const streamOf = (bytes: Buffer): Readable => Readable.from([bytes], { objectMode: false });
