import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mention } from '@foreshock/model/mention';
import { canonicalBytes } from '../canonical-mention.ts';
import { linesOf } from '../lines.ts';
import type { Replayed } from './replay-record.ts';
import { mergedByTime } from './time-order.ts';

/** Held in memory at once: 100,000 mentions of about 2 KB, some 200 MB for posts of ordinary length. */
export const RUN_RECORDS_MAX = 100_000;
/** Runs open at once; so many are merged into one before there are more. */
const RUNS_MAX = 128;

export interface WholeSortOptions {
  readonly runRecordsMax?: number;
  /** Where sorted runs wait when there are more records than that. Default: the system’s temporary folder. */
  readonly spillFolder?: string;
}

/**
 * Sorts a whole stream by event time, however large: what exceeds memory waits in sorted runs on disk and is merged.
 * Equal times keep the order of the stream. Refusals are given out at once, before any mention. Runs are unlinked
 * as soon as they are open, so that no post outlives the process, not even one that is killed.
 */
export async function* wholeSorted(
  records: AsyncIterable<Replayed>,
  options: WholeSortOptions = {},
): AsyncGenerator<Replayed, void, undefined> {
  const runRecordsMax = options.runRecordsMax ?? RUN_RECORDS_MAX;
  const folder = options.spillFolder ?? tmpdir();
  let spilled: FileHandle[] = [];
  let run: Mention[] = [];
  try {
    for await (const record of records) {
      if ('refused' in record) {
        yield record;
        continue;
      }
      run.push(record.mention);
      if (run.length < runRecordsMax) continue;
      spilled.push(await spill(inMemory(sorted(run)), folder));
      run = [];
      if (spilled.length < RUNS_MAX) continue;
      const merged = await spill(mergedByTime(spilled.map(fromDisk)), folder);
      for (const handle of spilled) await handle.close();
      spilled = [merged];
    }
    if (spilled.length === 0) return yield* inMemory(sorted(run));
    // Runs are in the order of the stream, and the last one is still in memory.
    yield* mergedByTime([...spilled.map(fromDisk), inMemory(sorted(run))]);
  } finally {
    for (const handle of spilled) await handle.close();
  }
}

/** `sort` is stable: equal times keep their order. */
const sorted = (run: Mention[]): Mention[] => run.sort((a, b) => a.eventTime - b.eventTime);

async function* inMemory(run: readonly Mention[]): AsyncGenerator<Replayed, void, undefined> {
  for (const mention of run) yield { mention };
}

const WRITE_BYTES = 1_048_576;
const LINE_FEED = Buffer.from('\n');

async function spill(run: AsyncIterable<Replayed>, folder: string): Promise<FileHandle> {
  const made = await mkdtemp(join(folder, 'foreshock-replay-'));
  const handle = await open(join(made, 'run'), 'wx+', 0o600);
  await rm(made, { recursive: true });
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const record of run) {
    if (!('mention' in record)) continue;
    const line = canonicalBytes(record.mention);
    parts.push(line, LINE_FEED);
    bytes += line.length + 1;
    if (bytes < WRITE_BYTES) continue;
    await handle.appendFile(Buffer.concat(parts));
    parts = [];
    bytes = 0;
  }
  if (parts.length > 0) await handle.appendFile(Buffer.concat(parts));
  return handle;
}

async function* fromDisk(handle: FileHandle): AsyncGenerator<Replayed, void, undefined> {
  const bytes = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 65_536 });
  for await (const lines of linesOf(bytes, { lineBytesMax: Number.MAX_SAFE_INTEGER }))
    for (const { bytes: line } of lines) yield { mention: JSON.parse(line.toString('utf8')) as Mention };
}
