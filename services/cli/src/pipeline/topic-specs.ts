import { type Config, DEFAULTS, durationMs } from '@foreshock/model/config';
import { TOPICS } from '@foreshock/model/topics';
import type { TopicSpec } from '@foreshock/topic-log/contract';

export type LogDriver = 'sqlite' | 'kafka';

/** The topics as this config wants them. */
export function topicSpecs(config: Config, driver: LogDriver = 'sqlite'): TopicSpec[] {
  const partitions =
    config.partitions ?? (driver === 'kafka' ? DEFAULTS.kafkaPartitions : DEFAULTS.partitions);
  const retention: Readonly<Record<string, string | undefined>> = {
    mentions: config.retention?.mentions,
    matches: config.retention?.matches,
    series: config.retention?.series,
  };
  return Object.values(TOPICS).map((topic) => {
    const kept = retention[topic.name];
    return {
      name: topic.name,
      partitions: topic.partitions === 'many' ? partitions : 1,
      compacted: topic.compacted,
      retentionMs: kept === undefined ? topic.retentionMs : durationMs(kept),
    };
  });
}
