import { encodeJson, readJson } from '@foreshock/model/canonical-json';
import { decode } from '@foreshock/model/decode';
import { Snapshot } from '@foreshock/model/state';
import type { NewRecord, TopicLog } from '@foreshock/topic-log/contract';

const SNAPSHOT = { name: 'snapshot', schema: Snapshot, version: 1 } as const;

/** `stage/partition/watch`; the watch is empty for a stage without watches. */
export const snapshotKey = (snapshot: Pick<Snapshot, 'stage' | 'partition' | 'watch'>): string =>
  `${snapshot.stage}/${snapshot.partition}/${snapshot.watch ?? ''}`;

export const snapshotRecord = (snapshot: Snapshot): NewRecord => ({
  key: snapshotKey(snapshot),
  value: encodeJson(snapshot),
});

/**
 * The newest snapshots of a stage, by partition: the highest position of each watch wins, so a stale owner’s late
 * write is ignored. A snapshot that cannot be read stops the start: losing state silently is not an option.
 */
export async function readSnapshots(log: TopicLog, stage: string): Promise<Map<number, Snapshot[]>> {
  const newest = new Map<string, Snapshot>();
  const { start } = await log.bounds('snapshots', 0);
  for await (const batch of log.scan('snapshots', 0, { from: start }))
    for (const record of batch.records) {
      if (!record.key?.startsWith(`${stage}/`)) continue;
      if (record.value === null) {
        newest.delete(record.key);
        continue;
      }
      const decoded = decode<Snapshot>(SNAPSHOT, readJson(record.value));
      if (!decoded.ok) throw new Error(`snapshot ${record.key} cannot be read: ${decoded.refusal.reason}`);
      const known = newest.get(record.key);
      if (!known || decoded.value.position >= known.position) newest.set(record.key, decoded.value);
    }
  const byPartition = new Map<number, Snapshot[]>();
  for (const snapshot of newest.values())
    byPartition.set(snapshot.partition, [...(byPartition.get(snapshot.partition) ?? []), snapshot]);
  return byPartition;
}
