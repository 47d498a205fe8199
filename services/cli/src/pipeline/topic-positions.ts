import { TOPICS } from '@foreshock/model/topics';
import { type TopicLog, UnknownTopicError } from '@foreshock/topic-log/contract';
import { CliFault } from '../fault.ts';

/** Which group reads a topic. */
const STAGE_GROUPS: Readonly<Record<string, string>> = {
  mentions: 'match',
  matches: 'detect',
  signals: 'triage',
  notices: 'notify',
};

export interface TopicRow {
  readonly topic: string;
  readonly partition: number;
  readonly start: number;
  readonly end: number;
  /** Where the stage that reads it stood when it last said so. */
  readonly position?: number;
}

/** Every partition of every topic. Throws `CliFault` where the topics were not made yet. */
export async function describeTopics(log: TopicLog): Promise<TopicRow[]> {
  const rows: TopicRow[] = [];
  for (const topic of Object.keys(TOPICS)) {
    const group = STAGE_GROUPS[topic];
    const partitions = await log.partitions(topic).catch((error: unknown) => {
      if (error instanceof UnknownTopicError)
        throw new CliFault(
          `topic ${topic} is not there yet - foreshock topics create makes it, or the first start`,
        );
      throw error;
    });
    const committed = group === undefined ? undefined : await log.committed(group, topic);
    for (let partition = 0; partition < partitions; partition++) {
      const position = committed?.get(partition);
      const bounds = await log.bounds(topic, partition);
      rows.push({ topic, partition, ...bounds, ...(position === undefined ? {} : { position }) });
    }
  }
  return rows;
}
