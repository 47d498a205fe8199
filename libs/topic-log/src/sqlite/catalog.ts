import type { DatabaseSync } from 'node:sqlite';
import type { TopicSpec } from '../contract.ts';
import { checkPartition, checkSameTopic, unknownTopic } from '../topic-checks.ts';
import { openPartition, type Partition, type Topic } from './partition.ts';
import { createFirstSegment } from './segments.ts';
import type { Writer } from './writer.ts';

/** The topics of a store and their partitions. */
export interface Catalog {
  find(topic: string): Topic;
  partition(topic: string, number: number): Partition;
  all(): Iterable<Topic>;
  create(specs: readonly TopicSpec[], writer: Writer): void;
}

export function openCatalog(database: DatabaseSync): Catalog {
  const topics = new Map<string, Topic>();
  for (const row of database.prepare('SELECT name, partitions, compacted, retention_ms FROM topics').all()) {
    const spec: TopicSpec = {
      name: String(row['name']),
      partitions: Number(row['partitions']),
      compacted: row['compacted'] === 1,
      retentionMs: row['retention_ms'] === null ? null : Number(row['retention_ms']),
    };
    topics.set(spec.name, { spec, partitions: openPartitions(database, spec) });
  }

  const find = (name: string): Topic => {
    const topic = topics.get(name);
    if (!topic) throw unknownTopic(name);
    return topic;
  };

  return {
    find,
    partition(name, number) {
      const topic = find(name);
      checkPartition(topic.spec, number);
      return topic.partitions[number]!;
    },
    all: () => topics.values(),
    create(specs, writer) {
      const changed = specs.filter((spec) => {
        const existing = topics.get(spec.name)?.spec;
        if (existing) {
          checkSameTopic(existing, spec);
          checkCompactable(find(spec.name), spec);
        }
        return existing?.compacted !== spec.compacted || existing.retentionMs !== spec.retentionMs;
      });
      if (changed.length === 0) return;
      writer.transact('create', () => {
        for (const spec of changed) storeTopic(database, spec, !topics.has(spec.name));
      });
      for (const spec of changed) {
        const existing = topics.get(spec.name);
        if (existing) adopt(existing, spec);
        else topics.set(spec.name, { spec, partitions: openPartitions(database, spec) });
      }
    },
  };
}

/** The digest of keys is kept from the first record on; it is not made up later. */
function checkCompactable(existing: Topic, wanted: TopicSpec): void {
  if (existing.spec.compacted || !wanted.compacted) return;
  if (existing.partitions.every((partition) => partition.next === 0)) return;
  throw new Error(
    `${wanted.name} holds records without a digest of their keys and cannot become compacted: start a new store.`,
  );
}

function storeTopic(database: DatabaseSync, spec: TopicSpec, isNew: boolean): void {
  database
    .prepare('INSERT OR REPLACE INTO topics (name, partitions, compacted, retention_ms) VALUES (?, ?, ?, ?)')
    .run(spec.name, spec.partitions, spec.compacted ? 1 : 0, spec.retentionMs);
  if (!isNew) return;
  const insert = database.prepare('INSERT INTO partitions (topic, number) VALUES (?, ?) RETURNING id');
  for (let number = 0; number < spec.partitions; number++) {
    createFirstSegment(database, Number(insert.get(spec.name, number)?.['id']));
  }
}

function adopt(topic: Topic, spec: TopicSpec): void {
  topic.spec = spec;
  for (const partition of topic.partitions) partition.compacted = spec.compacted;
}

function openPartitions(database: DatabaseSync, spec: TopicSpec): Partition[] {
  return database
    .prepare('SELECT id, number, start, cleaned FROM partitions WHERE topic = ? ORDER BY number')
    .all(spec.name)
    .map((row) =>
      openPartition(database, {
        topic: spec.name,
        compacted: spec.compacted,
        id: Number(row['id']),
        number: Number(row['number']),
        start: Number(row['start']),
        cleaned: Number(row['cleaned']),
      }),
    );
}
