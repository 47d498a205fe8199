import { decodeWatch, encodeWatch } from '@foreshock/detect/snapshot';
import type { WatchState } from '@foreshock/detect/watch-state';
import type { Snapshot } from '@foreshock/model/state';
import { TOPICS } from '@foreshock/model/topics';
import { readSnapshots, snapshotKey, snapshotRecord } from '@foreshock/runtime/snapshots';
import { type LogRecord, type NewRecord, partitionOf, type TopicLog } from '@foreshock/topic-log/contract';
import { CopyFault, type CopyProgress, copyLog, fillUpTo } from './copy-log.ts';

const BATCH_RECORDS = 1_000;
/** Statuses, markers, heartbeats: every partition had them, and all of them have been folded. */
const CONTROL = '@';

export interface RepartitionOptions {
  readonly from: TopicLog;
  /** Has its topics, with the new number of partitions, and nothing in them. */
  readonly to: TopicLog;
  readonly onProgress?: (progress: CopyProgress) => void;
}

/**
 * Copies a log into one with another number of partitions. Every watch takes its state along; its partition’s offsets go
 * on above all that there were, so nothing that triage remembers is taken for a repeat. That only works where nothing is
 * under way: `mentions` and `matches` must have been folded to their ends. Throws `CopyFault` where they were not, or
 * where the target is not empty.
 */
export async function repartitionLog(
  options: RepartitionOptions,
): Promise<{ records: number; gaps: number }> {
  const { from, to } = options;
  await checkEmpty(to);
  await checkFolded(from);
  const whole = Object.values(TOPICS)
    .filter(({ partitions, name }) => partitions === 'one' && name !== 'snapshots')
    .map(({ name }) => name);
  const counts = await copyLog({ ...options, topics: whole });
  const total = { ...counts };
  const add = (records: number) => {
    total.records += records;
  };
  add(await spread(options, 'mentions', ({ key }) => key!));
  const moved = new Map<string, Place>();
  const wanted = await candidatesOf(from);
  add(
    await spread(
      options,
      'matches',
      ({ key }) => watchOf(key!),
      ({ key }, place) => {
        if (wanted.has(key!)) moved.set(key!, place);
      },
    ),
  );
  add(await spread(options, 'cursors', ({ key }) => key!));
  await copySnapshots(options, moved);
  return total;
}

interface Place {
  readonly partition: number;
  readonly offset: number;
}

async function checkEmpty(log: TopicLog): Promise<void> {
  for (const topic of Object.keys(TOPICS))
    for (let partition = 0; partition < (await log.partitions(topic)); partition++)
      if ((await log.bounds(topic, partition)).end > 0)
        throw new CopyFault(
          `${topic}/${partition} of the target is not empty: another number of partitions needs an empty log`,
        );
}

async function checkFolded(log: TopicLog): Promise<void> {
  for (const [stage, topic] of [
    ['match', 'mentions'],
    ['detect', 'matches'],
  ] as const) {
    const snapshots = await readSnapshots(log, stage);
    for (let partition = 0; partition < (await log.partitions(topic)); partition++) {
      const { end } = await log.bounds(topic, partition);
      const positions = (snapshots.get(partition) ?? []).map(({ position }) => position);
      const least = positions.length > 0 ? Math.min(...positions) : 0;
      if (least < end)
        throw new CopyFault(
          `${topic}/${partition} ends at ${end} and was folded up to ${least}: start Foreshock, stop what feeds it, and stop it when nothing is behind`,
        );
    }
  }
}

/** `watch/mention id`. */
const watchOf = (key: string): string => key.slice(0, key.indexOf('/'));

/** Copies records to the partition that their key belongs to now, and raises the new ends above the old ones. */
async function spread(
  { from, to, onProgress }: RepartitionOptions,
  topic: string,
  keyOf: (record: LogRecord) => string,
  onPlaced?: (record: LogRecord, place: Place) => void,
): Promise<number> {
  const partitions = await to.partitions(topic);
  let count = 0;
  let highest = 0;
  for (let partition = 0; partition < (await from.partitions(topic)); partition++) {
    const { start, end } = await from.bounds(topic, partition);
    highest = Math.max(highest, end);
    for await (const batch of from.scan(topic, partition, { from: start, batchRecordsMax: BATCH_RECORDS })) {
      const kept = batch.records.filter(({ key }) => key !== null && !key.startsWith(CONTROL));
      const records = kept.map(
        (record): NewRecord => ({
          key: record.key,
          value: record.value,
          partition: partitionOf(keyOf(record), partitions),
        }),
      );
      const placed = await to.append(topic, records, { derived: true });
      for (const [index, place] of placed.entries()) onPlaced?.(kept[index]!, place);
      count += kept.length;
      onProgress?.({ topic, partition, done: batch.nextOffset, total: end });
    }
  }
  for (let partition = 0; partition < partitions; partition++)
    await fillUpTo(to, { topic, partition, offset: highest });
  return count;
}

/** Keys in `matches` of the posts that watches may still show as evidence. */
async function candidatesOf(log: TopicLog): Promise<Set<string>> {
  const keys = new Set<string>();
  for (const snapshot of await watchSnapshots(log)) {
    const state = decodeWatch(snapshot.state);
    for (const series of state.series.values())
      for (const { id } of series.candidates) keys.add(`${state.watch}/${id}`);
  }
  return keys;
}

const watchSnapshots = async (log: TopicLog): Promise<Snapshot[]> =>
  [...(await readSnapshots(log, 'detect')).values()].flat().filter(({ watch }) => watch !== undefined);

async function copySnapshots(
  { from, to }: RepartitionOptions,
  moved: ReadonlyMap<string, Place>,
): Promise<void> {
  const mentionEnds = await endsOf(to, 'mentions');
  const matchEnds = await endsOf(to, 'matches');
  const written = new Map<string, Snapshot>();
  const put = (snapshot: Snapshot) => written.set(snapshotKey(snapshot), snapshot);

  for (const stage of ['triage', 'notify'])
    for (const snapshots of (await readSnapshots(from, stage)).values())
      for (const each of snapshots) put(each);

  const match = newestOf([...(await readSnapshots(from, 'match')).values()].flat());
  if (match)
    for (const [partition, position] of mentionEnds.entries()) put({ ...match, partition, position });

  const detect = [...(await readSnapshots(from, 'detect')).values()].flat();
  const newest = newestOf(detect);
  for (const snapshot of detect) {
    if (snapshot.watch === undefined) continue;
    const partition = partitionOf(snapshot.watch, matchEnds.length);
    const position = matchEnds[partition]!;
    const state = movedState(decodeWatch(snapshot.state), { position, mentionEnds, moved });
    put({ ...snapshot, partition, position, state: encodeWatch(state) });
  }
  // A partition that has no watch now still stands somewhere.
  if (newest)
    for (const [partition, position] of matchEnds.entries())
      if (![...written.values()].some((each) => each.stage === 'detect' && each.partition === partition)) {
        const { watch: _, ...without } = newest;
        put({ ...without, partition, position, state: null });
      }
  await to.append('snapshots', [...written.values()].map(snapshotRecord));
}

/** The state of a watch as if it had always lived in the new log. */
function movedState(
  state: WatchState,
  to: {
    readonly position: number;
    readonly mentionEnds: readonly number[];
    readonly moved: ReadonlyMap<string, Place>;
  },
): WatchState {
  for (const series of state.series.values())
    series.candidates = series.candidates.flatMap((candidate) => {
      const place = to.moved.get(`${state.watch}/${candidate.id}`);
      return place ? [{ ...candidate, ...place }] : [];
    });
  for (const sight of state.sights.values()) {
    // What every old partition had promised holds for all of them together.
    const least = Math.min(...sight.completeUpTo.values());
    sight.completeUpTo = new Map(to.mentionEnds.map((_, partition) => [partition, least]));
  }
  return {
    ...state,
    position: to.position,
    origins: new Map(to.mentionEnds.map((end, partition) => [partition, end - 1])),
  };
}

async function endsOf(log: TopicLog, topic: string): Promise<number[]> {
  const ends: number[] = [];
  for (let partition = 0; partition < (await log.partitions(topic)); partition++)
    ends.push((await log.bounds(topic, partition)).end);
  return ends;
}

const newestOf = (snapshots: readonly Snapshot[]): Snapshot | undefined =>
  snapshots.toSorted((a, b) => b.revision - a.revision)[0];
