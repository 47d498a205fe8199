import type { DeliveryRules } from '@foreshock/alert/delivery/policy';
import type { OfferedNotice } from '@foreshock/alert/delivery/progress';
import { type Recovered, recover, recoverDelivery, recovered } from '@foreshock/alert/delivery/restore';
import { type Decoded, decode, parseJson } from '@foreshock/model/decode';
import { Delivery, Notice } from '@foreshock/model/notice';
import { type SnapshotReader, snapshotRecord } from '@foreshock/runtime/snapshots';
import type { LogRecord, NewRecord, TopicLog } from '@foreshock/topic-log/contract';

export const NOTIFY_GROUP = 'notify';

export const readNotice = (record: LogRecord): Decoded<Notice> =>
  readRecord<Notice>(record, { name: 'notice', schema: Notice, version: 1 });

/** Where the next start goes on reading notices, as a record of `snapshots`. */
export const positionRecord = (position: number): NewRecord =>
  snapshotRecord({
    v: 1,
    stage: NOTIFY_GROUP,
    partition: 0,
    position,
    revision: 0,
    stateVersion: 1,
    state: null,
  });

/** The newest such record; the position that the group committed, where the store is older than these records. */
async function storedPosition(log: TopicLog, snapshots: SnapshotReader): Promise<number | undefined> {
  const [snapshot] = (await snapshots.read(NOTIFY_GROUP)).get(0) ?? [];
  return snapshot?.position ?? (await log.committed(NOTIFY_GROUP, 'notices')).get(0);
}

function readRecord<T>(record: LogRecord, type: Parameters<typeof decode<T>>[0]): Decoded<T> {
  const parsed = parseJson(record.value ?? new Uint8Array());
  return parsed.ok ? decode<T>(type, parsed.value) : parsed;
}

/**
 * What a restart knows: the notices from the committed position on (it only ever passes notices that are finished with
 * all their receivers), and every delivery. What cannot be read is skipped here; it was dead-lettered when it came.
 */
export async function readBack(
  log: TopicLog,
  options: {
    readonly snapshots: SnapshotReader;
    readonly rules: DeliveryRules;
    readonly now: number;
    readonly signal: AbortSignal;
  },
): Promise<Recovered & { readonly nextOffset: number }> {
  const { start, end } = await log.bounds('notices', 0);
  const committed = (await storedPosition(log, options.snapshots)) ?? start;
  const notices: OfferedNotice[] = [];
  // Retention may have passed the position, and a log that was restored may end before it.
  const from = Math.min(Math.max(committed, start), end);
  for await (const { records } of log.scan('notices', 0, { from, to: end, signal: options.signal }))
    for (const record of records) {
      const notice = readNotice(record);
      if (notice.ok)
        notices.push({ offset: record.offset, appendedAt: record.appendedAt, notice: notice.value });
    }
  const recovery = recover(notices);
  const deliveries = await log.bounds('deliveries', 0);
  for await (const { records } of log.scan('deliveries', 0, {
    from: deliveries.start,
    to: deliveries.end,
    signal: options.signal,
  }))
    for (const record of records) {
      const delivery = readRecord<Delivery>(record, { name: 'delivery', schema: Delivery, version: 1 });
      if (delivery.ok) recoverDelivery(recovery, delivery.value);
    }
  return { ...recovered(recovery, options.rules, options.now), nextOffset: end };
}
