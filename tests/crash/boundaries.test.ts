import type { TopicLog } from '@foreshock/topic-log/contract';
import { afterAll, describe, expect, test } from 'vitest';
import { seeded } from '../simulation/small-night.ts';
import { type CrashRuns, differences, KINDS, prepareCrashRuns } from './crash-runs.ts';
import { firstStart } from './first-start.ts';
import {
  withHastySnapshots,
  withoutFrozenBodies,
  withoutOrigins,
  withoutOriginsAndIdentities,
} from './missing-guards.ts';

const SEED = 1;
const SLOW_MS = 240_000;

const open: CrashRuns[] = [];
afterAll(() => {
  for (const runs of open) runs.close();
});
async function prepared(options: {
  partitions: number;
  snapshotEveryMs: number;
  snapshotPartsMax: number;
  tamper?: (log: TopicLog) => TopicLog;
}): Promise<CrashRuns> {
  const runs = await prepareCrashRuns({ seed: SEED, ...options });
  open.push(runs);
  return runs;
}

describe.each(KINDS)('an evening on $partitions partitions, a snapshot every $snapshotEveryMs ms', (kind) => {
  const { partitions, stride } = kind;
  test(
    'gives the same incidents and messages wherever the process dies, once or twice',
    async () => {
      const runs = await prepared(kind);
      expect(runs.undisturbed.faults).toEqual([]);
      expect(runs.undisturbed.canonical).toHaveLength(2);
      const steps = new Set(runs.undisturbed.transitions.map((transition) => transition.split(' ')[1]));
      expect([...steps].sort()).toEqual(['acknowledged', 'escalated', 'opened', 'resolved']);
      const found: string[] = [];
      const random = seeded(SEED);
      for (let boundary = 1; boundary <= runs.boundaries; boundary += stride) {
        // Every fourth dies once more while it recovers.
        const again = boundary % 4 === 1 ? [1 + Math.floor(random() * 250)] : [];
        const disturbed = await runs.disturbed([boundary, ...again]);
        found.push(...differences(runs.undisturbed, disturbed, partitions));
      }
      expect(found).toEqual([]);
    },
    SLOW_MS,
  );
});

test(
  'the first start of all may die anywhere too',
  async () => {
    const whole = await firstStart(0);
    expect(whole.faults).toEqual([]);
    expect(whole.boundaries).toBeGreaterThan(50);
    const found: string[] = [];
    for (let boundary = 1; boundary <= whole.boundaries; boundary += 3)
      found.push(...(await firstStart(boundary)).faults);
    expect(found).toEqual([]);
  },
  SLOW_MS,
);

describe('the comparison notices when', () => {
  test.each([
    ['origins are not compared', withoutOrigins, /counted .*"reemitted":0/],
    ['nothing recognises a repeat', withoutOriginsAndIdentities, /other incidents/],
    [
      'a snapshot does not wait for its outputs',
      withHastySnapshots,
      /other (?:incidents|transitions)|counted/,
    ],
    ['a body is rendered again', withoutFrozenBodies, /different bodies/],
  ])(
    '%s',
    async (_what, tamper, expected) => {
      const runs = await prepared({ ...KINDS[0], snapshotPartsMax: 8, tamper });
      const found: string[] = [];
      for (let boundary = 300; boundary <= runs.boundaries && !expected.test(found.join('\n')); boundary += 3)
        found.push(...differences(runs.undisturbed, await runs.disturbed([boundary]), 1));
      expect(found.join('\n')).toMatch(expected);
    },
    SLOW_MS,
  );
});
