import { type ClusterPlan, USERS } from './plan.ts';

/** The command lines that run Kafka: pure, without the program in front. */

/** Heap of one node in megabytes: a cluster of three has to fit beside what is tested. */
export const heapMb = (nodes: number): number => (nodes === 1 ? 512 : 384);

/** `JAVA_HOME` wins, as everywhere. */
export const javaProgram = (env: NodeJS.ProcessEnv): string =>
  env['JAVA_HOME'] ? `${env['JAVA_HOME']}/bin/java` : 'java';

const logLevel = (level: string) => `-Dorg.slf4j.simpleLogger.defaultLogLevel=${level}`;

/** Writes the cluster id, and the users where there is access control, into an empty data folder. */
export function formatCommand(
  plan: ClusterPlan,
  { lib, propertiesFile }: { lib: string; propertiesFile: string },
): string[] {
  const users = plan.security.sasl ? Object.values(USERS) : [];
  return [
    // It runs for a second: compiling its code well would take longer than running it badly.
    '-XX:TieredStopAtLevel=1',
    logLevel('error'),
    ...['-cp', `${lib}/*`, 'kafka.tools.StorageTool', 'format'],
    ...['--cluster-id', plan.clusterId, '--config', propertiesFile, '--ignore-formatted'],
    ...users.flatMap(({ username, password }) => [
      '--add-scram',
      `SCRAM-SHA-256=[name=${username},password=${password}]`,
    ]),
  ];
}

/** Runs one node; the flags of the collector are those of Kafka’s own start script. */
export function brokerCommand(
  plan: ClusterPlan,
  { lib, propertiesFile }: { lib: string; propertiesFile: string },
): string[] {
  return [
    '-Xms256m',
    `-Xmx${heapMb(plan.ports.length)}m`,
    ...['-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', '-XX:InitiatingHeapOccupancyPercent=35'],
    '-XX:+ExplicitGCInvokesConcurrent',
    '-Djava.awt.headless=true',
    logLevel('warn'),
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
    ...['-cp', `${lib}/*`, 'kafka.Kafka', propertiesFile],
  ];
}

/** Fetches the jars of one version into `folder`. */
export function mavenCommand(options: { pom: string; version: string; folder: string }): string[] {
  return [
    '--batch-mode',
    '--quiet',
    ...['--file', options.pom, `-Dkafka.version=${options.version}`],
    'dependency:copy-dependencies',
    ...['-DincludeScope=runtime', `-DoutputDirectory=${options.folder}`],
  ];
}

/** Properties as the container image takes them: dots become one underscore, the others two and three. */
export function environmentOf(properties: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...properties].map(([name, value]) => [
      `KAFKA_${name.replaceAll('_', '__').replaceAll('-', '___').replaceAll('.', '_').toUpperCase()}`,
      value,
    ]),
  );
}

/** The major version in what `java -version` says; 8 and older call themselves 1.x. */
export function javaMajor(told: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(told);
  return found ? Number(found[1]) : undefined;
}
