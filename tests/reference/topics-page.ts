import { TOPIC_RECORDS } from '@foreshock/model/record-types';
import { TOPICS, type TopicName } from '@foreshock/model/topics';

const DAY_MS = 86_400_000;

/** The topics of the log at a glance; `asyncapi.json` beside it is the whole contract. */
export function topicsPage(): string {
  const rows = (Object.keys(TOPICS) as TopicName[]).map((name) => {
    const topic = TOPICS[name];
    const records = [...new Set(TOPIC_RECORDS[name].types.values())].map(
      (type) => `[${type.name}/${type.version}](schemas/${type.name}.json)`,
    );
    const kept = [
      ...(topic.retentionMs === null ? [] : [`${topic.retentionMs / DAY_MS} days`]),
      ...(topic.compacted ? ['newest of each key'] : []),
    ];
    const partitions = topic.partitions === 'one' ? '1' : 'as configured';
    return `| \`${name}\` | ${topic.description} | ${topic.key} | ${partitions} | ${kept.join(', ')} | ${records.join(', ')} |`;
  });
  return [
    '<!-- Written from the code by `npm run generate`. -->',
    '# Topics',
    '',
    'Values are UTF-8 JSON; an empty value is a tombstone. Every record carries the version of its schema in `v`: an older',
    'one is migrated, a newer one refused. [`asyncapi.json`](asyncapi.json) says the same to programs.',
    '',
    '| Topic | What it holds | Key | Partitions | Kept | Records |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
