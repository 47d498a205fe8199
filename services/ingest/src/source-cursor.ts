import { encodeJson } from '@foreshock/model/canonical-json';
import { check } from '@foreshock/model/decode';
import { SourceCursor } from '@foreshock/model/state';
import { type NewRecord, partitionOf, type TopicLog } from '@foreshock/topic-log/contract';
import { readJson } from './json-record.ts';

export type CursorRead =
  | { readonly ok: true; readonly cursor: string | undefined }
  | { readonly ok: false; readonly reason: string };

/** The newest cursor stored for a source. One that cannot be read is an error: starting anew would skip or repeat. */
export async function readCursor(
  log: Pick<TopicLog, 'bounds' | 'partitions' | 'scan'>,
  name: string,
): Promise<CursorRead> {
  const partition = partitionOf(name, await log.partitions('cursors'));
  const { start } = await log.bounds('cursors', partition);
  let newest: Uint8Array | null = null;
  for await (const batch of log.scan('cursors', partition, { from: start }))
    for (const record of batch.records) if (record.key === name) newest = record.value;
  if (newest === null) return { ok: true, cursor: undefined };
  const read = readJson(newest);
  const decoded = read.ok ? check<SourceCursor>(SourceCursor, read.value) : read;
  if (!decoded.ok)
    return { ok: false, reason: `the stored cursor cannot be read: ${decoded.refusal.reason}` };
  return { ok: true, cursor: decoded.value.cursor };
}

/** Throws where the cursor could not be read back: a connector that outgrows the bound must be seen at once. */
export function cursorRecord(name: string, cursor: string, at: { now: number; owner: string }): NewRecord {
  const value: SourceCursor = { v: 1, name, cursor, owner: at.owner, at: at.now };
  const checked = check<SourceCursor>(SourceCursor, value);
  if (!checked.ok) throw new Error(`the cursor of ${name} cannot be stored: ${checked.refusal.reason}`);
  return { key: name, value: encodeJson(value) };
}
