import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, KafkaConfig } from '@foreshock/model/config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../../deploy/kafka/ports.ts';
import { type Cluster, startCluster } from '../kafka/cluster.ts';
import { ownKafkaNeed } from '../kafka/need.ts';
import { foreshock, removeFolder, temporaryFolder, writeConfig } from './foreshock-process.ts';

let folder: string;
let plain: Cluster;
let guarded: Cluster;
let controller: string;
let ca: { readonly file: string };

const skipped = ownKafkaNeed() === 'skip';
beforeAll(async () => {
  if (skipped) return;
  folder = temporaryFolder();
  const ports = await freePorts(1);
  controller = `127.0.0.1:${ports[0]!.controller}`;
  [plain, guarded] = await Promise.all([
    startCluster({ ports }),
    startCluster({ security: { sasl: true, tls: true } }),
  ]);
  ca = { file: join(folder, 'ca.pem') };
  writeFileSync(ca.file, guarded.authority!);
});
afterAll(async () => {
  if (skipped) return;
  await Promise.all([plain?.stop(), guarded?.stop()]);
  removeFolder(folder);
});

const login = (password: string, username = 'foreshock') => ({
  mechanism: 'scram-sha-256' as const,
  username,
  password: { env: password },
});
const env = { GOOD: 'early-warning', WRONG: 'late-warning', STRANGER: 'no-rights' };

async function create(
  kafka: Omit<KafkaConfig, 'prefix'>,
  changes: Partial<Config> = {},
  prefix = randomUUID(),
) {
  const config = writeConfig(
    folder,
    { version: 1, watches: [{ id: 'orion', any: ['orion'] }], kafka: { ...kafka, prefix }, ...changes },
    `${randomUUID()}.yaml`,
  );
  return foreshock(['topics', 'create', '-c', config], { env });
}

/** One sentence for people, no stack. */
function expectRefusal(
  finished: { code: number | null; stderr: string; stdout: string },
  said: RegExp,
): void {
  const lines = finished.stderr.split('\n').filter((line) => line !== '' && !line.includes(': warning: '));
  expect(lines).toEqual([expect.stringMatching(said)]);
  expect(lines[0]).toMatch(/^foreshock: /);
  expect(finished).toMatchObject({ code: 1, stdout: '' });
}

describe.skipIf(skipped)('a cluster that cannot be used says why in one line', () => {
  test('control: with all as it should be, topics are created, and a second time nothing is wrong', async () => {
    const kafka = { brokers: guarded.brokers as string[], tls: { ca }, sasl: login('GOOD') };
    const prefix = randomUUID();
    expect(await create(kafka, {}, prefix)).toMatchObject({ code: 0 });
    expect(await create(kafka, {}, prefix)).toMatchObject({ code: 0 });
  });

  test('nobody listens', async () => {
    expectRefusal(await create({ brokers: ['127.0.0.1:1'] }), /127\.0\.0\.1:1: .*is the broker up/);
  });

  test('the port of the controllers', async () => {
    expectRefusal(await create({ brokers: [controller] }), /this port is not for clients/);
  });

  test('no TLS where TLS is spoken', async () => {
    const { brokers } = guarded;
    expectRefusal(await create({ brokers: [...brokers], sasl: login('GOOD') }), /kafka\.tls/);
  });

  test('TLS where none is spoken', async () => {
    expectRefusal(await create({ brokers: [...plain.brokers], tls: true }), /TLS.*kafka\.tls/);
  });

  test('a certificate that nobody vouches for', async () => {
    const { brokers } = guarded;
    const refused = await create({ brokers: [...brokers], tls: true, sasl: login('GOOD') });
    expectRefusal(refused, /certificate is not trusted.*kafka\.tls\.ca/);
  });

  test('a wrong password', async () => {
    const { brokers } = guarded;
    const refused = await create({ brokers: [...brokers], tls: { ca }, sasl: login('WRONG') });
    expectRefusal(refused, /does not know this user and password/);
    expect(refused.stderr).not.toContain(env.WRONG);
  });

  test('no user where one is asked for', async () => {
    expectRefusal(await create({ brokers: [...guarded.brokers], tls: { ca } }), /sasl/);
  });

  test('a user without rights', async () => {
    const { brokers } = guarded;
    const refused = await create({ brokers: [...brokers], tls: { ca }, sasl: login('STRANGER', 'stranger') });
    expectRefusal(refused, /the user may not/);
  });

  test('more copies than brokers', async () => {
    const refused = await create({ brokers: [...plain.brokers], replication: 3 });
    expectRefusal(refused, /fewer brokers than copies.*kafka\.replication/);
  });

  test('another number of partitions than there are', async () => {
    const prefix = randomUUID();
    const kafka = { brokers: [...plain.brokers] };
    expect(await create(kafka, { partitions: 2 }, prefix)).toMatchObject({ code: 0 });
    expectRefusal(await create(kafka, { partitions: 3 }, prefix), /has 2 partitions and cannot be given 3/);
  });
});
