import { encodeJson, readJson } from '@foreshock/model/canonical-json';
import type { Delivery } from '@foreshock/model/notice';
import type { Snapshot } from '@foreshock/model/state';
import type { LogRecord, NewRecord, TopicLog } from '@foreshock/topic-log/contract';

/** Logs that take one guard of the stages away, as if it had never been written. */
type Tamper = (log: TopicLog) => TopicLog;

/** What `detect` remembers of a watch is lost over a restart. */
const forgetting =
  (...fields: readonly ('origins' | 'identities')[]): Tamper =>
  (log) =>
    rereading(log, 'snapshots', (record) => {
      const snapshot = readJson(record.value!) as Snapshot;
      if (snapshot.stage !== 'detect') return record;
      const state: Record<string, unknown> = { ...(snapshot.state as object) };
      for (const field of fields) state[field] = emptied(state[field]);
      return { ...record, value: encodeJson({ ...snapshot, state }) };
    });

/** Origins are not compared: what is emitted again looks new to everything but the window of identities. */
export const withoutOrigins = forgetting('origins');
/** Nothing recognises what is emitted again. */
export const withoutOriginsAndIdentities = forgetting('origins', 'identities');

/** A body is rendered again after a restart instead of being sent as it was written down. */
export const withoutFrozenBodies: Tamper = (log) =>
  rereading(log, 'deliveries', (record) =>
    (readJson(record.value!) as Delivery).state === 'pending' ? undefined : record,
  );

/** Snapshots are written before the outputs they cover are acknowledged. */
export const withHastySnapshots: Tamper = (log) => {
  const held: { topic: string; records: readonly NewRecord[] }[] = [];
  const release = async () => {
    for (const { topic, records } of held.splice(0)) await log.append(topic, records);
  };
  return {
    ...log,
    async append(topic, records) {
      if (topic === 'snapshots') {
        const placed = await log.append(topic, records);
        await release();
        return placed;
      }
      if (!['signals', 'series', 'incidents', 'notices'].includes(topic)) return log.append(topic, records);
      held.push({ topic, records });
      // Where no snapshot comes soon, the outputs must not stay away for ever.
      setImmediate(() => setImmediate(() => setImmediate(() => void release().catch(() => undefined))));
      return [];
    },
  };
};

function rereading(
  log: TopicLog,
  tampered: string,
  change: (record: LogRecord) => LogRecord | undefined,
): TopicLog {
  return {
    ...log,
    async *scan(topic, partition, range) {
      for await (const batch of log.scan(topic, partition, range))
        yield topic === tampered
          ? {
              ...batch,
              records: batch.records.flatMap((record) => (record.value ? (change(record) ?? []) : record)),
            }
          : batch;
    },
  };
}

/** Empties maps, sets and arrays wherever they are, as the snapshot encodes them. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (typeof value !== 'object' || value === null) return value;
  if ('$map' in value) return { $map: [] };
  if ('$set' in value) return { $set: [] };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, emptied(inner)]));
}
