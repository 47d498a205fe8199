import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { need } from '../needs.ts';
import { projectRoot, projectText } from '../project-files.ts';
import { composeLoader, VALIDATORS_HINT } from './validators.ts';

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly deploy?: { readonly replicas: number };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
}

const folder = join(projectRoot, 'deploy/compose');
const text = projectText('deploy/compose/compose.yaml') ?? '';
const { services, volumes } = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, object>;
};
const config = parse(projectText('deploy/compose/foreshock.yaml') ?? '') as {
  partitions: number;
  kafka: { brokers: string[] };
};
const roles = ['ingest', 'detector', 'alerter', 'dashboard'];

describe('the compose file', () => {
  test('runs every role, on Kafka, as little privileged as it can be', () => {
    for (const role of roles) {
      expect(services[role]?.command).toEqual(expect.arrayContaining(['--log', 'kafka', '--only', role]));
      expect(services[role], role).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    }
    expect(services['detector']?.deploy?.replicas).toBe(2);
    expect(config.partitions).toBeGreaterThanOrEqual(2);
  });

  test('pins every image that it does not build', () => {
    const images = Object.values(services).map(({ image }) => image);
    expect(images.filter((image) => !/:v?\d+\.\d+\.\d+$/.test(image))).toEqual([]);
  });

  test('publishes on loopback only', () => {
    const ports = Object.values(services).flatMap(({ ports: published = [] }) => published);
    expect(ports.length).toBeGreaterThan(3);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('holds no password: each is asked for', () => {
    const secrets = Object.values(services).flatMap(({ environment = {} }) =>
      Object.entries(environment).filter(([name]) => /TOKEN|PASSWORD/.test(name)),
    );
    expect(secrets.length).toBeGreaterThan(4);
    expect(secrets.filter(([, value]) => !/^\$\{[A-Z_]+:\?.+\}$/.test(value))).toEqual([]);
  });

  test('mounts what is there', () => {
    const sources = Object.values(services)
      .flatMap(({ volumes: mounted = [] }) => mounted)
      .map((mount) => mount.split(':')[0]!);
    const missing = sources.filter((source) =>
      source.startsWith('.') ? !existsSync(join(folder, source)) : !(source in volumes),
    );
    expect(missing).toEqual([]);
  });

  test('has its broker where the config looks for it, and gives each role the config', () => {
    expect(config.kafka.brokers).toEqual(['kafka:9092']);
    expect(services['kafka']?.environment?.['KAFKA_ADVERTISED_LISTENERS']).toBe('PLAINTEXT://kafka:9092');
    for (const role of roles)
      expect(services[role]?.volumes).toContain('./foreshock.yaml:/etc/foreshock/foreshock.yaml:ro');
  });

  test('runs the Kafka that the driver is tested on', () => {
    const versions = projectText('deploy/kafka/plan.ts') ?? '';
    const version = services['kafka']?.image.split(':')[1];
    expect(versions).toContain(`'${version}'`);
  });

  test('is scraped in every role', () => {
    const scrape = projectText('deploy/compose/prometheus.yaml') ?? '';
    expect(scrape).toContain(`names: [${roles.join(', ')}]`);
  });
});

describe.skipIf(need('compose', composeLoader.found, VALIDATORS_HINT) === 'skip')(
  'the loader of compose',
  () => {
    test('accepts it', () => {
      expect(composeLoader.run(['-no-interpolation', join(folder, 'compose.yaml')]).status).toBe(0);
    });

    test('would refuse a key that compose does not know', () => {
      const { status, output } = composeLoader.run(
        ['-no-interpolation', '-'],
        text.replaceAll('mem_limit', 'memory_limit'),
      );
      expect(status).not.toBe(0);
      expect(output).toContain('memory_limit');
    });
  },
);
