import { encodeJson, readJson } from '@foreshock/model/canonical-json';
import { decode } from '@foreshock/model/decode';
import { Snapshot } from '@foreshock/model/state';
import type { LogRecord, NewRecord, TopicLog } from '@foreshock/topic-log/contract';

const SNAPSHOT = { name: 'snapshot', schema: Snapshot, version: 1 } as const;

/** `stage/partition/watch`; the watch is empty for a stage without watches. */
export const snapshotKey = (snapshot: Pick<Snapshot, 'stage' | 'partition' | 'watch'>): string =>
  `${snapshot.stage}/${snapshot.partition}/${snapshot.watch ?? ''}`;

/** The fields in the order that `positionIn` counts on. */
export function snapshotRecord(snapshot: Snapshot): NewRecord {
  const { v, stage, partition, position, ...rest } = snapshot;
  return { key: snapshotKey(snapshot), value: encodeJson({ v, stage, partition, position, ...rest }) };
}

/** What one stage has in the log, by key: the bytes of each newest snapshot, decoded when they are asked for. */
type Kept = Map<string, { readonly position: number; readonly value: Uint8Array }>;

export interface SnapshotReader {
  /**
   * The newest snapshots of a stage, by partition, as the log has them now: the highest position of each watch wins,
   * so a stale owner’s late write is ignored. A newest snapshot that cannot be read rejects: losing state silently is
   * not an option.
   */
  read(stage: string): Promise<Map<number, Snapshot[]>>;
}

/**
 * Reads `snapshots` for the stages of one process. The topic holds many versions of every snapshot until it is
 * compacted, so it is scanned once for all of them, and only what is newest is decoded. What was found for a stage is
 * held until it is asked for (some 50 KB for each watch); whoever asks again, after a rebalance, causes another scan.
 */
export function createSnapshotReader(
  log: Pick<TopicLog, 'bounds' | 'scan'>,
  stages: readonly string[],
): SnapshotReader {
  let found = new Map<string, Kept>();
  let next: number | undefined;
  /** Two that ask at once are served one after the other. */
  let turn: Promise<unknown> = Promise.resolve();

  async function scanOn(): Promise<void> {
    const from = next ?? (await log.bounds('snapshots', 0)).start;
    for await (const batch of log.scan('snapshots', 0, { from })) {
      for (const record of batch.records) keep(found, record);
      next = batch.nextOffset;
    }
  }

  async function newestOf(stage: string): Promise<Map<number, Snapshot[]>> {
    if (!found.has(stage)) {
      found = new Map([...new Set([...stages, stage])].map((each) => [each, new Map()]));
      next = undefined;
    }
    await scanOn();
    const kept = found.get(stage)!;
    found.delete(stage);
    const byPartition = new Map<number, Snapshot[]>();
    for (const [key, { value }] of kept) {
      const snapshot = decodeSnapshot(key, value);
      const own = byPartition.get(snapshot.partition);
      if (own) own.push(snapshot);
      else byPartition.set(snapshot.partition, [snapshot]);
    }
    return byPartition;
  }

  return {
    read(stage) {
      const reading = turn.then(() => newestOf(stage));
      turn = reading.catch(() => undefined);
      return reading;
    },
  };
}

/** For whoever reads one stage, once. */
export const readSnapshots = (log: TopicLog, stage: string): Promise<Map<number, Snapshot[]>> =>
  createSnapshotReader(log, [stage]).read(stage);

function keep(found: ReadonlyMap<string, Kept>, { key, value }: LogRecord): void {
  const kept = key === null ? undefined : found.get(key.slice(0, key.indexOf('/')));
  if (!kept || key === null) return;
  if (value === null) {
    kept.delete(key);
    return;
  }
  const position = positionIn(value) ?? decodeSnapshot(key, value).position;
  const known = kept.get(key);
  if (!known || position >= known.position) kept.set(key, { position, value });
}

/** As what `snapshotRecord` makes begins: the position comes before the state, which is nearly all of the bytes. */
const HEAD = /^\{"v":1,"stage":"[a-z0-9_-]+","partition":\d+,"position":(\d+)[,}]/;
const HEAD_BYTES = 160;

/** The position alone, without parsing the state; undefined where the record does not begin as expected. */
function positionIn(value: Uint8Array): number | undefined {
  const head = Buffer.from(value.buffer, value.byteOffset, Math.min(value.byteLength, HEAD_BYTES));
  const position = HEAD.exec(head.toString('latin1'))?.[1];
  return position === undefined ? undefined : Number(position);
}

function decodeSnapshot(key: string, value: Uint8Array): Snapshot {
  const decoded = decode<Snapshot>(SNAPSHOT, readJson(value));
  if (!decoded.ok) throw new Error(`snapshot ${key} cannot be read: ${decoded.refusal.reason}`);
  return decoded.value;
}
