import type { TSchema } from 'typebox';
import type { RecordType } from './decode.ts';
import { RECORD_EXAMPLES } from './record-examples.ts';
import { TOPIC_RECORDS, type TopicRecords } from './record-types.ts';
import { TOPICS, type TopicDefinition, type TopicName } from './topics.ts';

type Json = Readonly<Record<string, unknown>>;

const TOPIC_NAMES = Object.keys(TOPICS) as TopicName[];

/** Every kind of record once, by its name: `mention` serves several values of `op`. */
export function recordSchemas(): Map<string, TSchema> {
  return new Map(
    TOPIC_NAMES.flatMap((topic) => typesOf(topic).map(({ name, schema }) => [name, schema] as const)),
  );
}

function typesOf(topic: TopicName): RecordType<unknown>[] {
  return [...new Set(TOPIC_RECORDS[topic].types.values())];
}

/**
 * The topics as an AsyncAPI 3 document. It is about the log as ordinary Kafka tools see it: one channel per topic, one
 * message per kind of record, with the settings that `createTopics` gives it.
 */
export function asyncApiDocument(version: string): Json {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Foreshock topics',
      version,
      description:
        'The records that the stages of Foreshock exchange. Values are UTF-8 JSON; an empty value is a tombstone. ' +
        'Every record carries the version of its schema in v.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(TOPIC_NAMES.map((topic) => [topic, channel(TOPICS[topic])])),
    operations: Object.fromEntries(
      TOPIC_NAMES.flatMap((topic) => [
        [`append-${topic}`, { action: 'send', channel: { $ref: `#/channels/${topic}` } }],
        [`read-${topic}`, { action: 'receive', channel: { $ref: `#/channels/${topic}` } }],
      ]),
    ),
    components: {
      messages: Object.fromEntries(TOPIC_NAMES.flatMap(messagesOf)),
      schemas: Object.fromEntries(recordSchemas()),
    },
  };
}

function channel(topic: TopicDefinition): Json {
  const policies = [
    ...(topic.compacted ? ['compact'] : []),
    ...(topic.retentionMs === null ? [] : ['delete']),
  ];
  return {
    address: topic.name,
    title: topic.name,
    description: `${topic.description} Key: ${topic.key}. Partitions: ${topic.partitions === 'one' ? 'one' : 'as configured'}.`,
    messages: Object.fromEntries(
      typesOf(topic.name).map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]),
    ),
    bindings: {
      kafka: {
        ...(topic.partitions === 'one' ? { partitions: 1 } : {}),
        topicConfiguration: {
          'cleanup.policy': policies,
          ...(topic.retentionMs === null ? {} : { 'retention.ms': topic.retentionMs }),
        },
        bindingVersion: '0.5.0',
      },
    },
  };
}

function messagesOf(topic: TopicName): [string, Json][] {
  const records = TOPIC_RECORDS[topic];
  return typesOf(topic).map((type) => [
    type.name,
    {
      name: type.name,
      title: `${type.name}/${type.version}`,
      payload: { $ref: `#/components/schemas/${type.name}` },
      examples: RECORD_EXAMPLES[topic]
        .filter((example) => typeOf(topic, records, example) === type)
        .map((payload) => ({ payload })),
    },
  ]);
}

function typeOf(topic: TopicName, records: TopicRecords, example: Json): RecordType<unknown> | undefined {
  return records.types.get(records.by === undefined ? topic : String(example[records.by]));
}
