import { encodeJson } from '@foreshock/model/canonical-json';
import type { Erasure, Heartbeat, SourceStatus } from '@foreshock/model/mention';
import type { NewRecord } from '@foreshock/topic-log/contract';

/**
 * One copy for each partition of `mentions`. The keys begin with a sign that no source’s name has, so that none is
 * ever a mention’s id. Being compacted, the topic wants a key for every record; each gets one of its own, because a
 * status that was compacted away before it was read would hold the watermark back.
 */
export function forEveryPartition(
  record: SourceStatus | Heartbeat | Erasure,
  partitions: number,
): readonly NewRecord[] {
  const key = keyOf(record);
  const value = encodeJson(record);
  return Array.from({ length: partitions }, (_, partition) => ({ key, value, partition }));
}

function keyOf(record: SourceStatus | Heartbeat | Erasure): string {
  switch (record.op) {
    case 'status':
      return `@status/${record.name}/${record.eventTime}`;
    case 'heartbeat':
      return `@heartbeat/${record.eventTime}`;
    case 'erase':
      return `@erase/${record.eventTime}/${record.author ?? record.mention ?? ''}`;
  }
}
