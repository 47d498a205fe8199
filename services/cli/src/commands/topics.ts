import { existsSync } from 'node:fs';
import { type Config, DEFAULTS } from '@foreshock/model/config';
import { TOPICS } from '@foreshock/model/topics';
import { systemClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { openSqliteLog } from '@foreshock/topic-log/sqlite/log';
import { requireConfig } from '../config.ts';
import { CliFault, type ExitCode } from '../fault.ts';
import { CopyFault, type CopyProgress, copyLog } from '../pipeline/copy-log.ts';
import { connectKafka, openKafkaStore } from '../pipeline/kafka-store.ts';
import { repartitionLog } from '../pipeline/repartition-log.ts';
import { openStore } from '../pipeline/start-pipeline.ts';
import { describeTopics } from '../pipeline/topic-positions.ts';
import { topicSpecs } from '../pipeline/topic-specs.ts';
import { type Progress, progress, type Terminal, table } from '../terminal.ts';

/** `foreshock topics create`: makes the topics on the cluster, or gives those that are there their settings. */
export async function topicsCreateCommand(
  options: { config: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const { config } = await requireConfig(options.config, terminal);
  const log = await openKafkaStore({ config, clock: systemClock, logger: silentLogger });
  await log.close();
  const prefix = config.kafka?.prefix ?? DEFAULTS.kafkaPrefix;
  const specs = topicSpecs(config, 'kafka');
  terminal.out(`${specs.length} topics stand as they should, ${prefix}.${specs[0]!.name} and so on.\n`);
  return 0;
}

/** `foreshock topics list`: where each topic begins and ends, and how far behind its stage is. */
export async function topicsListCommand(
  options: { config: string; json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const { config } = await requireConfig(options.config, terminal);
  const log = await connectKafka({ config, clock: systemClock, logger: silentLogger });
  try {
    const rows = await describeTopics(log);
    if (options.json) for (const row of rows) terminal.out(`${JSON.stringify(row)}\n`);
    else
      terminal.out(
        table(
          ['topic', 'partition', 'start', 'end', 'read up to', 'behind'],
          rows.map((row) => [
            row.topic,
            String(row.partition),
            String(row.start),
            String(row.end),
            row.position === undefined ? '' : String(row.position),
            row.position === undefined ? '' : String(Math.max(0, row.end - row.position)),
          ]),
        ),
      );
  } finally {
    await log.close();
  }
  return 0;
}

/** `foreshock topics copy`: moves a log, so that baselines, open incidents and positions survive. */
export async function topicsCopyCommand(
  options: { config: string; from: string; to: string; partitions?: number },
  terminal: Terminal,
): Promise<ExitCode> {
  const { config } = await requireConfig(options.config, terminal);
  const from = await openPlace(options.from, config, 'existing');
  try {
    const present = await from.partitions('mentions');
    const partitions = options.partitions ?? present;
    const to = await openPlace(options.to, { ...config, partitions }, 'new');
    try {
      const onProgress = shown(terminal);
      const copied =
        partitions === present
          ? await copyLog({ from, to, topics: Object.keys(TOPICS), onProgress })
          : await repartitionLog({ from, to, onProgress });
      terminal.out(
        `${copied.records} records copied, ${copied.gaps} gaps filled. ` +
          (partitions === present ? '' : `Write partitions: ${partitions} into the config. `) +
          `Start Foreshock on ${options.to}, and leave ${options.from} alone from now on.\n`,
      );
      return 0;
    } catch (error) {
      if (!(error instanceof CopyFault)) throw error;
      throw new CliFault(error.message);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/** A bar for each partition, one after the other. */
function shown(terminal: Terminal): (progress: CopyProgress) => void {
  let place = '';
  let bar: Progress | undefined;
  return ({ topic, partition, done, total }) => {
    if (place !== `${topic}/${partition}`) {
      bar?.end();
      place = `${topic}/${partition}`;
      bar = progress(terminal, place, total);
    }
    bar?.at(done);
    if (done === total) bar?.end();
  };
}

async function openPlace(place: string, config: Config, state: 'existing' | 'new'): Promise<TopicLog> {
  const [kind, rest] = splitPlace(place);
  const clock = systemClock;
  const logger = silentLogger;
  if (kind === 'sqlite') {
    if (state === 'new') return openStore({ store: rest, config, clock, logger });
    if (!existsSync(rest)) throw new CliFault(`there is no store ${rest}`);
    return openSqliteLog({ path: rest, clock, logger });
  }
  if (!config.kafka)
    throw new CliFault('the config says nothing of Kafka - add kafka: {brokers: [host:port]} to it');
  const of = { ...config, kafka: { ...config.kafka, prefix: rest } };
  return state === 'new'
    ? openKafkaStore({ config: of, clock, logger })
    : connectKafka({ config: of, clock, logger });
}

function splitPlace(place: string): ['sqlite' | 'kafka', string] {
  const colon = place.indexOf(':');
  const kind = place.slice(0, Math.max(0, colon));
  const rest = place.slice(colon + 1);
  if ((kind !== 'sqlite' && kind !== 'kafka') || rest === '')
    throw new CliFault(`${place} is no log - write sqlite:FILE, or kafka:PREFIX`, 2);
  return [kind, rest];
}
