import { describe, expect, test } from 'vitest';
import {
  brokerCommand,
  environmentOf,
  formatCommand,
  javaMajor,
  javaProgram,
  mavenCommand,
} from './commands.ts';
import { containerNode, runCommand } from './container-node.ts';
import { type ClusterPlan, fixedPorts, NO_SECURITY, nodeProperties, USERS } from './plan.ts';

const plan = (nodes: number, sasl = false): ClusterPlan => ({
  version: '4.1.2',
  clusterId: 'the-cluster',
  ports: fixedPorts(nodes, 19_092),
  security: { ...NO_SECURITY, sasl },
});
const files = { lib: '/lib', propertiesFile: '/data/node-1.properties' };

describe('java', () => {
  test('formats storage with the id of the cluster, and again without harm', () => {
    expect(formatCommand(plan(1), files)).toEqual(
      expect.arrayContaining([
        ...['-cp', '/lib/*', 'kafka.tools.StorageTool', 'format', '--cluster-id', 'the-cluster'],
        ...['--config', '/data/node-1.properties', '--ignore-formatted'],
      ]),
    );
  });

  test('creates the users only where passwords are asked for', () => {
    const scram = (args: string[]) => args.filter((arg) => arg.startsWith('SCRAM-SHA-256='));
    expect(scram(formatCommand(plan(1), files))).toEqual([]);
    expect(scram(formatCommand(plan(1, true), files))).toEqual(
      Object.values(USERS).map(
        ({ username, password }) => `SCRAM-SHA-256=[name=${username},password=${password}]`,
      ),
    );
  });

  test.each([
    [1, '-Xmx512m'],
    [3, '-Xmx384m'],
  ])('runs each of %d nodes with %s', (nodes, heap) => {
    const args = brokerCommand(plan(nodes), files);
    expect(args).toContain(heap);
    expect(args.slice(-2)).toEqual(['kafka.Kafka', '/data/node-1.properties']);
  });

  test.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_391"', 8],
    ['openjdk version "25" 2025-09-16', 25],
    ['openjdk version "24-ea" 2025-03-18', 24],
    ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined],
  ])('that says %j is %j', (told, major) => {
    expect(javaMajor(told)).toBe(major);
  });

  test('is the one of JAVA_HOME where there is one', () => {
    expect(javaProgram({ JAVA_HOME: '/opt/jdk' })).toBe('/opt/jdk/bin/java');
    expect(javaProgram({})).toBe('java');
  });
});

test('Maven is asked for one version into one folder', () => {
  const args = mavenCommand({ pom: 'pom.xml', version: '3.9.2', folder: '/jars' });
  expect(args).toContain('-Dkafka.version=3.9.2');
  expect(args).toContain('-DoutputDirectory=/jars');
});

describe('a container', () => {
  test('takes properties as variables, as its image documents', () => {
    const environment = environmentOf(
      new Map([
        ['log.dirs', '/d'],
        ['a_b-c.d', 'x'],
      ]),
    );
    expect([...environment]).toEqual([
      ['KAFKA_LOG_DIRS', '/d'],
      ['KAFKA_A__B___C_D', 'x'],
    ]);
  });

  test('publishes only the port for clients, on loopback', () => {
    const one = plan(1);
    const command = runCommand({
      clusterName: 'x',
      node: 1,
      plan: one,
      ports: one.ports[0]!,
      properties: nodeProperties(one, 1, '/tmp/kafka-data'),
    });
    expect(command.filter((_, index) => command[index - 1] === '--publish')).toEqual([
      '127.0.0.1:19092:19092',
    ]);
    expect(command).toContain('CLUSTER_ID=the-cluster');
    expect(command.at(-1)).toBe('apache/kafka:4.1.2');
  });

  test('is not there before it was started', async () => {
    const node = containerNode('nothing', []);
    expect(node.running).toBe(false);
    await node.kill();
  });
});
