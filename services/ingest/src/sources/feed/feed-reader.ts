import { Worker } from 'node:worker_threads';
import type { SourceContext } from '@foreshock/model/source';
import { decodeFeed } from './charset.ts';
import { type FeedRead, readFeed } from './feed-document.ts';

export interface ReadingTask {
  readonly body: Uint8Array;
  readonly contentType?: string;
  readonly url: string;
  readonly itemsMax: number;
}

export interface ReadingLimits {
  readonly clock: SourceContext['clock'];
  readonly signal: AbortSignal;
  /** Shorter documents are read where we are: some 30 ms at most. */
  readonly inlineBytesMax?: number;
  readonly timeoutMs?: number;
  readonly memoryMb?: number;
}

export type DocumentRead = FeedRead | { readonly ok: false; readonly reason: 'too-costly' | 'stopped' };

const INLINE_BYTES_MAX = 262_144;
const TIMEOUT_MS = 20_000;
/** A 10 MB document of 80,000 items needs some 250. */
const MEMORY_MB = 512;

/**
 * Reads a document without holding up the process: parsing 10 MB takes one to five seconds, in which no other post
 * would be seen and no page sent. A long one is read on a thread of its own, which is ended when it takes too much
 * time or memory.
 */
export async function readDocument(task: ReadingTask, limits: ReadingLimits): Promise<DocumentRead> {
  if (task.body.byteLength <= (limits.inlineBytesMax ?? INLINE_BYTES_MAX))
    return readFeed(decodeFeed(task.body, task.contentType).text, task.url, task.itemsMax);
  if (limits.signal.aborted) return { ok: false, reason: 'stopped' };
  const worker = new Worker(new URL('./feed-worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb ?? MEMORY_MB },
  });
  const finished = new AbortController();
  const answered = new Promise<DocumentRead>((resolve) => {
    worker.once('message', resolve);
    // Out of memory, or a fault of the parser that is none of ours: this feed fails, the process lives.
    worker.once('error', () => resolve({ ok: false, reason: 'too-costly' }));
    worker.once('exit', () => resolve({ ok: false, reason: 'too-costly' }));
  });
  const timer = limits.clock
    .sleep(limits.timeoutMs ?? TIMEOUT_MS, AbortSignal.any([finished.signal, limits.signal]))
    .then((): DocumentRead => ({ ok: false, reason: limits.signal.aborted ? 'stopped' : 'too-costly' }));
  try {
    return await Promise.race([answered, timer]);
  } finally {
    finished.abort();
    await Promise.all([worker.terminate(), timer]);
  }
}
