import { readFileSync } from 'node:fs';
import { type Config, DEFAULTS, durationMs, type KafkaConfig } from '@foreshock/model/config';
import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import { resolveSecret } from '@foreshock/runtime/secrets';
import { type KafkaLog, openKafkaLog } from '@foreshock/topic-log/kafka/log';
import type { KafkaLogOptions } from '@foreshock/topic-log/kafka/options';
import { CliFault } from '../fault.ts';
import { topicSpecs } from './topic-specs.ts';

/** Connects to the cluster that the config names. Throws `CliFault` where it names none or a file is not there. */
export async function connectKafka(options: {
  config: Config;
  clock: Clock;
  logger: Logger;
}): Promise<KafkaLog> {
  const { kafka } = options.config;
  if (!kafka)
    throw new CliFault(
      'the config says nothing of Kafka - add kafka: {brokers: [host:port]} to it, or leave --log out',
    );
  return openKafkaLog({ ...kafkaLogOptions(kafka), clock: options.clock, logger: options.logger });
}

/** As `connectKafka`, and creates the topics that are missing. */
export async function openKafkaStore(options: Parameters<typeof connectKafka>[0]): Promise<KafkaLog> {
  const log = await connectKafka(options);
  try {
    await log.createTopics(topicSpecs(options.config, 'kafka'));
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

function kafkaLogOptions(kafka: KafkaConfig): Omit<KafkaLogOptions, 'clock' | 'logger'> {
  const { replication, sasl } = kafka;
  return {
    brokers: kafka.brokers,
    prefix: kafka.prefix ?? DEFAULTS.kafkaPrefix,
    sessionTimeoutMs: durationMs(kafka.sessionTimeout ?? DEFAULTS.kafkaSessionTimeout),
    ...(replication === undefined ? {} : { replication }),
    ...(sasl ? { sasl: { ...sasl, password: resolveSecret(sasl.password).reveal() } } : {}),
    ...tlsOf(kafka.tls),
  };
}

function tlsOf(tls: KafkaConfig['tls']): Pick<KafkaLogOptions, 'tls'> {
  if (tls === undefined || tls === false) return {};
  if (tls === true) return { tls: true };
  return {
    tls: {
      ...(tls.ca ? { ca: readPem(tls.ca.file, 'ca') } : {}),
      ...(tls.cert ? { cert: readPem(tls.cert.file, 'cert') } : {}),
      ...(tls.key ? { key: readPem(tls.key.file, 'key') } : {}),
    },
  };
}

function readPem(file: string, field: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliFault(
      `kafka.tls.${field}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}
