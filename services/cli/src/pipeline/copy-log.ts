import type { LogRecord, NewRecord, TopicLog } from '@foreshock/topic-log/contract';

/** Stands where the source log has no record any more, so that those after it keep their offsets. */
const FILLER: Omit<NewRecord, 'partition'> = { key: '@gap', value: null };
const BATCH_RECORDS = 2_000;

export interface CopyProgress {
  readonly topic: string;
  readonly partition: number;
  /** Records and gaps behind, of all there are. */
  readonly done: number;
  readonly total: number;
}

export class CopyFault extends Error {
  override readonly name = 'CopyFault';
}

/**
 * Copies topics from one log into another so that every record keeps its partition and offset: positions in snapshots,
 * origins in matches and the ids of transitions stay true without being touched. Gaps are filled with tombstones of one
 * key, which readers skip and compaction removes. A copy that was cut off goes on where it ended. Nobody may write to
 * either log meanwhile. Throws `CopyFault` where the target holds something else.
 */
export async function copyLog(options: {
  readonly from: TopicLog;
  readonly to: TopicLog;
  readonly topics: readonly string[];
  readonly onProgress?: (progress: CopyProgress) => void;
  readonly signal?: AbortSignal;
}): Promise<{ readonly records: number; readonly gaps: number }> {
  const total = { records: 0, gaps: 0 };
  for (const topic of options.topics) {
    const partitions = await options.from.partitions(topic);
    for (let partition = 0; partition < partitions; partition++) {
      const copied = await copyPartition(options, topic, partition);
      total.records += copied.records;
      total.gaps += copied.gaps;
    }
  }
  return total;
}

/** Appends fillers until the partition ends at `offset`. Throws `CopyFault` where somebody else appends too. */
export async function fillUpTo(
  log: TopicLog,
  place: { readonly topic: string; readonly partition: number; readonly offset: number },
): Promise<number> {
  const { topic, partition, offset } = place;
  const { end } = await log.bounds(topic, partition);
  for (let next = end; next < offset; ) {
    const count = Math.min(BATCH_RECORDS, offset - next);
    await appendAt(log, { topic, partition, next }, fillers(count, partition));
    next += count;
  }
  return Math.max(0, offset - end);
}

const fillers = (count: number, partition: number): NewRecord[] =>
  Array.from({ length: count }, () => ({ ...FILLER, partition }));

async function appendAt(
  log: TopicLog,
  { topic, partition, next }: { readonly topic: string; readonly partition: number; readonly next: number },
  records: readonly NewRecord[],
): Promise<void> {
  const placed = await log.append(topic, records, { derived: true });
  const wrong = placed.find(({ offset }, index) => offset !== next + index);
  if (wrong)
    throw new CopyFault(
      `${topic}/${partition} of the target gave offset ${wrong.offset} where another was due: somebody else writes to it`,
    );
}

async function copyPartition(
  options: Parameters<typeof copyLog>[0],
  topic: string,
  partition: number,
): Promise<{ records: number; gaps: number }> {
  const { from, to, signal } = options;
  const source = await from.bounds(topic, partition);
  let next = (await to.bounds(topic, partition)).end;
  if (next > source.end)
    throw new CopyFault(
      `${topic}/${partition} of the target ends at ${next}, that of the source at ${source.end}: the target is in use, copy into an empty log`,
    );
  const counts = { records: 0, gaps: 0 };
  const tell = () => options.onProgress?.({ topic, partition, done: next, total: source.end });

  const write = async (records: readonly NewRecord[]): Promise<void> => {
    await appendAt(to, { topic, partition, next }, records);
    next += records.length;
    tell();
  };
  const fill = async (offset: number): Promise<void> => {
    counts.gaps += Math.max(0, offset - next);
    while (next < offset && !signal?.aborted)
      await write(fillers(Math.min(BATCH_RECORDS, offset - next), partition));
  };
  const put = async (records: readonly LogRecord[]): Promise<void> => {
    let run: NewRecord[] = [];
    for (const { offset, key, value } of records) {
      if (offset > next + run.length) {
        if (run.length > 0) await write(run);
        run = [];
        await fill(offset);
      }
      run.push({ key, value, partition });
    }
    if (run.length > 0) await write(run);
    counts.records += records.length;
  };

  const begin = Math.max(next, source.start);
  for await (const batch of from.scan(topic, partition, {
    from: begin,
    batchRecordsMax: BATCH_RECORDS,
    ...(signal ? { signal } : {}),
  }))
    await put(batch.records);
  signal?.throwIfAborted();
  await fill(source.end);
  return counts;
}
