import { stat } from 'node:fs/promises';
import { type FileOptions, fileMentions } from './file-mentions.ts';
import type { Replayed } from './replay-record.ts';
import { mergedByTime, windowSorted } from './time-order.ts';
import { wholeSorted } from './whole-sort.ts';

export interface ReplayOptions extends Omit<FileOptions, 'onRead'> {
  /**
   * Absent: the files are sorted whole, exactly, with runs on disk beyond 100,000 records. A number: they are in
   * order but for so many records; they are read once, and what comes later than that is refused.
   */
  readonly windowRecords?: number;
  /** Where runs wait; default the system’s temporary folder. */
  readonly spillFolder?: string;
  readonly runRecordsMax?: number;
  /** Called as the files are read, in bytes as they lie on disk. */
  readonly progress?: (read: number, total: number) => void;
}

/**
 * The mentions of recorded files in order of event time, several files merged; equal times in the order of the files
 * and their lines. What cannot be replayed comes as a refusal with file, line, field, reason and remedy, not in any
 * order with the mentions.
 */
export async function* readMentions(
  files: readonly string[],
  options: ReplayOptions,
): AsyncGenerator<Replayed, void, undefined> {
  const { progress, windowRecords, ...rest } = options;
  let total = 0;
  if (progress) for (const file of files) total += (await stat(file).catch(() => undefined))?.size ?? 0;
  let read = 0;
  const fileOptions: FileOptions = {
    ...rest,
    onRead(bytes) {
      read += bytes;
      progress?.(read, total);
    },
  };
  const streams = files.map((file) => fileMentions(file, fileOptions));
  if (windowRecords !== undefined) {
    yield* mergedByTime(streams.map((stream) => windowSorted(stream, { windowRecords })));
    return;
  }
  yield* wholeSorted(oneAfterTheOther(streams), options);
}

async function* oneAfterTheOther(
  streams: readonly AsyncIterable<Replayed>[],
): AsyncGenerator<Replayed, void, undefined> {
  for (const stream of streams) yield* stream;
}
