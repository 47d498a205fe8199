import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../kafka/cluster.ts';
import { ownKafkaNeed } from '../kafka/need.ts';
import { chaosRun, troublesIn } from './chaos-run.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_112);
const PER_SECOND = 10;
const FORGETFUL = fileURLToPath(new URL('./forgetful.ts', import.meta.url));

const skipped = ownKafkaNeed() === 'skip';
let cluster: Cluster;
beforeAll(async () => {
  if (!skipped) cluster = await startCluster({ nodes: 3 });
});
afterAll(async () => {
  await cluster?.stop();
});

describe.skipIf(skipped)('processes and brokers that are killed, frozen and moved in turn', () => {
  test('lose nothing, tell nothing twice, and find what nobody disturbed finds', async () => {
    const { lost, extra, acknowledged, recoveries, drains, delays } = await chaosRun({
      cluster,
      faults: ['kill-detector', 'freeze-detector', 'kill-broker', 'kill-alerter'],
      settled: 1,
      seed: SEED,
      troubles: troublesIn(40, PER_SECOND),
      perSecond: PER_SECOND,
    });
    process.stdout.write(
      `seed ${SEED}: ${acknowledged} posts, largest lag ${delays.lagMax}, ${JSON.stringify(recoveries)}\n`,
    );
    expect({ lost, extra }).toEqual({ lost: [], extra: [] });
    expect(drains.map(({ code }) => code)).toEqual(drains.map(() => 0));
  }, 600_000);

  test('control: a detector that begins at the end of the log instead of where it stood loses posts', async () => {
    const { lost } = await chaosRun({
      cluster,
      faults: ['kill-detector', 'kill-detector'],
      settled: 2,
      seed: SEED,
      troubles: 2,
      perSecond: PER_SECOND,
      env: { NODE_OPTIONS: `--import=${FORGETFUL}` },
    });
    expect(lost.join('\n')).toMatch(/counted \d+ of \d+ posts/);
  }, 600_000);
});
