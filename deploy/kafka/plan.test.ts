import { describe, expect, test } from 'vitest';
import {
  bootstrapOf,
  type ClusterPlan,
  fixedPorts,
  kafkaVersion,
  NO_SECURITY,
  nodeProperties,
  propertiesText,
} from './plan.ts';

const planOf = (change: Partial<ClusterPlan> & { nodes?: number } = {}): ClusterPlan => ({
  version: '4.1.2',
  clusterId: 'abc',
  ports: fixedPorts(change.nodes ?? 3, 19_092),
  security: NO_SECURITY,
  ...change,
});

test.each([
  ['4.1', '4.1.2'],
  ['4.1.2', '4.1.2'],
  ['3.9', '3.9.2'],
  ['3', '3.9.2'],
  ['4.1.1', undefined],
  ['3.99', undefined],
  ['', undefined],
])('version %j means %j', (text, version) => {
  expect(kafkaVersion(text)).toBe(version);
});

test('fixed ports lie 10,000 apart, and clients are told those for clients', () => {
  const ports = fixedPorts(3, 19_092);
  expect(bootstrapOf(ports)).toEqual(['127.0.0.1:19092', '127.0.0.1:29092', '127.0.0.1:39092']);
  expect(new Set(ports.flatMap((node) => Object.values(node))).size).toBe(9);
});

describe('the properties of a node', () => {
  test('name all voters alike and the node itself alone', () => {
    const all = [1, 2, 3].map((node) => nodeProperties(planOf(), node, `/data/${node}`));
    expect(new Set(all.map((node) => node.get('controller.quorum.voters')))).toEqual(
      new Set(['1@127.0.0.1:19093,2@127.0.0.1:29093,3@127.0.0.1:39093']),
    );
    expect(all.map((node) => node.get('node.id'))).toEqual(['1', '2', '3']);
    expect(all.map((node) => node.get('log.dirs'))).toEqual(['/data/1', '/data/2', '/data/3']);
    expect(all[1]!.get('listeners')).toBe(
      'CLIENT://127.0.0.1:29092,INTERNAL://127.0.0.1:29094,CONTROLLER://127.0.0.1:29093',
    );
  });

  test.each([
    [1, '1', '1'],
    [3, '3', '2'],
  ])('ask of %d nodes %s copies, %s of them in sync', (nodes, copies, inSync) => {
    const properties = nodeProperties(planOf({ nodes }), 1, '/data');
    for (const name of [
      'default.replication.factor',
      'offsets.topic.replication.factor',
      'transaction.state.log.replication.factor',
      'share.coordinator.state.topic.replication.factor',
    ])
      expect([name, properties.get(name)]).toEqual([name, copies]);
    expect(properties.get('min.insync.replicas')).toBe(inSync);
  });

  test('leave out for 3.9 what it does not know', () => {
    const names = [...nodeProperties(planOf({ version: '3.9.2' }), 1, '/data').keys()];
    expect(names.filter((name) => name.startsWith('share.'))).toEqual([]);
  });

  test.each([
    [{ sasl: false, tls: false }, 'CLIENT:PLAINTEXT'],
    [{ sasl: true, tls: false }, 'CLIENT:SASL_PLAINTEXT'],
    [{ sasl: false, tls: true }, 'CLIENT:SSL'],
    [{ sasl: true, tls: true }, 'CLIENT:SASL_SSL'],
  ])('with %j speak %s to clients and plain text among themselves', (security, protocol) => {
    const certificate = { keyAndChain: '/c/broker.pem', authority: '/c/authority.pem' };
    const properties = nodeProperties(planOf({ security, certificate }), 1, '/data');
    expect(properties.get('listener.security.protocol.map')).toBe(
      `${protocol},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    );
    expect(properties.has('authorizer.class.name')).toBe(security.sasl);
    expect(properties.get('listener.name.client.ssl.keystore.location')).toBe(
      security.tls ? '/c/broker.pem' : undefined,
    );
  });

  test('in containers name the containers to each other and loopback to clients', () => {
    const plan = planOf({ hostOf: (node) => `kafka-${node}`, bind: '0.0.0.0' });
    const properties = nodeProperties(plan, 2, '/data');
    expect(properties.get('advertised.listeners')).toBe('CLIENT://127.0.0.1:29092,INTERNAL://kafka-2:29094');
    expect(properties.get('listeners')).toContain('CLIENT://0.0.0.0:29092');
    expect(properties.get('controller.quorum.voters')).toMatch(/^1@kafka-1:19093,/);
  });

  test('take what a test asks for over the plan', () => {
    const properties = nodeProperties(planOf({ properties: { 'num.partitions': '7' } }), 1, '/data');
    expect(properties.get('num.partitions')).toBe('7');
  });

  test('need a certificate for TLS', () => {
    const plan = planOf({ security: { sasl: false, tls: true } });
    expect(() => nodeProperties(plan, 1, '/data')).toThrow('certificate');
  });
});

test('a properties file escapes backslashes', () => {
  expect(propertiesText(new Map([['log.dirs', 'C:\\kafka']]))).toBe('log.dirs=C:\\\\kafka\n');
});
