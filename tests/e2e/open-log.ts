import type { Config } from '@foreshock/model/config';
import { systemClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { openKafkaStore } from '../../services/cli/src/pipeline/kafka-store.ts';
import { openStore } from '../../services/cli/src/pipeline/start-pipeline.ts';

/** Opens the log that belongs to a config, as the program would, with its topics. Whoever opened it closes it. */
export type OpenLog = (config: Config) => Promise<TopicLog>;

/** A SQLite file that nobody else has open. */
export const storeFile =
  (store: string): OpenLog =>
  (config) =>
    openStore({ store, config, clock: systemClock, logger: silentLogger });

/** The cluster that the config names. */
export const kafkaLog: OpenLog = (config) =>
  openKafkaStore({ config, clock: systemClock, logger: silentLogger });
