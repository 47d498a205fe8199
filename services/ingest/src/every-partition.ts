import { encodeJson } from '@foreshock/model/canonical-json';
import type { Erasure, Heartbeat, SourceStatus } from '@foreshock/model/mention';
import type { NewRecord } from '@foreshock/topic-log/contract';

/**
 * One copy for each partition of `mentions`. The keys begin with a sign that no source’s name has, so that none is
 * ever a mention’s id; being compacted, the topic wants a key for every record.
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
      return `@status/${record.name}`;
    case 'heartbeat':
      return '@heartbeat';
    case 'erase':
      return `@erase/${record.author ?? record.mention ?? ''}`;
  }
}
