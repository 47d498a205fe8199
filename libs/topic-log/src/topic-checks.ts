import {
  AheadError,
  type Bounds,
  type NewRecord,
  partitionOf,
  type TopicSpec,
  TruncatedError,
  UnknownTopicError,
} from './contract.ts';

/** Where a new record goes. Throws where the writer broke the contract: no driver should take what another refuses. */
export function placeRecord(
  topic: Pick<TopicSpec, 'name' | 'partitions' | 'compacted'>,
  record: NewRecord,
): number {
  if (topic.compacted && record.key === null) {
    throw new TypeError(`${topic.name} is compacted: every record needs a key`);
  }
  const partition = record.partition ?? (record.key === null ? 0 : partitionOf(record.key, topic.partitions));
  checkPartition(topic, partition);
  return partition;
}

export function checkPartition(topic: Pick<TopicSpec, 'name' | 'partitions'>, partition: number): void {
  if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions) {
    throw new RangeError(
      `${topic.name} has ${topic.partitions} partitions, there is no partition ${partition}`,
    );
  }
}

/** Throws unless reading may start at `asked`. */
export function checkPosition(
  place: { readonly topic: string; readonly partition: number; readonly asked: number },
  bounds: Bounds,
): void {
  if (place.asked < bounds.start) throw new TruncatedError({ ...place, start: bounds.start });
  if (place.asked > bounds.end) throw new AheadError({ ...place, end: bounds.end });
}

/** Throws unless `existing` can serve as the topic that `wanted` asks for. */
export function checkSameTopic(existing: TopicSpec, wanted: TopicSpec): void {
  if (existing.partitions === wanted.partitions) return;
  throw new Error(
    `${wanted.name} has ${existing.partitions} partitions and cannot be given ${wanted.partitions}: ` +
      'keys would move. Keep the number, or start a new store.',
  );
}

export function unknownTopic(topic: string): Error {
  return new UnknownTopicError(topic);
}

export function checkErasable(topic: TopicSpec): void {
  if (!topic.compacted)
    throw new TypeError(`${topic.name} is not compacted: nothing can be erased from it by key`);
}
