import { expect, test } from 'vitest';
import { generateLaunchNight } from '../../services/cli/src/demo/launch-night.ts';
import { launchNightTimeline, PLAN } from '../../services/cli/src/demo/launch-night-plan.ts';
import { replayMentions } from '../../services/cli/src/replay/replay-pipeline.ts';
import { judgeNight } from '../eval/demo-verdicts.ts';
import { nightRevision } from '../eval/night-revision.ts';
import { pagesOf } from '../eval/pages.ts';

/** The night of the demo. The other seeds are for `make eval-demo`. */
const seed = PLAN.seeds.demo;
const endMs = Date.UTC(2026, 10, 20);

async function play(trouble: boolean) {
  const night = generateLaunchNight({ seed, endMs, trouble, loudAuthor: true, hype: true, scale: 1 });
  const result = await replayMentions(night, { config: await nightRevision() });
  const alerts = pagesOf(result.notices);
  return { ...result, verdict: judgeNight(launchNightTimeline(seed, endMs), { trouble, alerts }) };
}

test('the launch night with its trouble pages about stock, and about nothing else', async () => {
  const { verdict, incidents, counters } = await play(true);
  expect(verdict).toMatchObject({ found: true, onLoudAuthor: 0, onHype: 0, other: 0 });
  const incident = incidents.find((one) => one.watch === 'orion-x' && one.severity !== 'info')!;
  expect(incident.bursts.map((burst) => burst.series)).toContain('issue:stock');
  expect(incident.evidence.length).toBeGreaterThan(0);
  expect(counters.read).toBe(counters.matched + counters.unmatched);
  expect(counters.matches).toBe(counters.counted + counters.duplicates + counters.late + counters.reemitted);
});

test('the same night without its trouble pages nobody', async () => {
  const { verdict } = await play(false);
  expect(verdict).toMatchObject({ onLoudAuthor: 0, onHype: 0, other: 0, alerts: 0 });
});
