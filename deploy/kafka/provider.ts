import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { libFolder } from './artifacts.ts';
import { javaMajor, javaProgram } from './commands.ts';
import type { KafkaVersion } from './plan.ts';

export const JAVA_MAJOR_MIN = 17;

/** Where real brokers can come from on this machine. */
export type Provider =
  | { readonly kind: 'given'; readonly brokers: readonly string[] }
  | { readonly kind: 'docker' }
  | { readonly kind: 'java'; readonly java: string }
  | { readonly kind: 'none'; readonly reason: string };

/** What was found out about the machine; each is asked only when the ones before it have not decided. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly dockerAnswers: () => boolean;
  /** The major version of Java, undefined where there is none. */
  readonly javaMajor: () => number | undefined;
  readonly mavenAnswers: () => boolean;
  readonly jarsFetched: () => boolean;
}

/**
 * Given brokers, else Docker, else Java with Maven. A cluster that is started for a test is never the given one
 * (`own`): brokers that belong to somebody else are not killed. Only a `plain` one can live in containers, without users
 * and certificates, for which the image has no documented way, and without data that stays.
 */
export function chooseProvider(machine: Machine, wish: { own: boolean; plain: boolean }): Provider {
  const given = (machine.env['FORESHOCK_KAFKA'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  if (given.length > 0 && !wish.own) return { kind: 'given', brokers: given };
  if (wish.plain && machine.dockerAnswers()) return { kind: 'docker' };
  const major = machine.javaMajor();
  const java = major !== undefined && major >= JAVA_MAJOR_MIN;
  const jars = java && (machine.jarsFetched() || machine.mavenAnswers());
  if (jars) return { kind: 'java', java: javaProgram(machine.env) };
  const lacking = [
    ...(java
      ? []
      : [`Java ${JAVA_MAJOR_MIN} or newer (${major ? `Java ${major} is here` : 'none is here'})`]),
    ...(machine.jarsFetched() || machine.mavenAnswers() ? [] : ['Maven']),
  ];
  return {
    kind: 'none',
    reason:
      `no Kafka: start Docker, or install ${lacking.join(' and ')} ` +
      `(Debian: apt-get install default-jre-headless maven), or name brokers in FORESHOCK_KAFKA=host:port,…`,
  };
}

export function describeProvider(provider: Provider): string {
  switch (provider.kind) {
    case 'given':
      return provider.brokers.join();
    case 'docker':
      return 'Docker';
    case 'java':
      return 'Java and Maven';
    case 'none':
      return 'nowhere';
  }
}

export function thisMachine(version: KafkaVersion, env: NodeJS.ProcessEnv = process.env): Machine {
  const answers = (program: string, ...args: readonly string[]) =>
    spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
  return {
    env,
    // `docker version --format` of the server fails where only the client is installed.
    dockerAnswers: () => answers('docker', 'version', '--format', '{{.Server.Version}}'),
    javaMajor: () => {
      const told = spawnSync(javaProgram(env), ['-version'], { encoding: 'utf8', timeout: 20_000 });
      return told.status === 0 ? javaMajor(`${told.stdout}${told.stderr}`) : undefined;
    },
    mavenAnswers: () => answers('mvn', '--version'),
    jarsFetched: () => existsSync(libFolder(version)),
  };
}
