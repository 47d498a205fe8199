import { expect, test } from 'vitest';
import type { LabelledMention } from '../../services/cli/src/demo/launch-night.ts';
import { launchNightTimeline, MINUTE_MS } from '../../services/cli/src/demo/launch-night-plan.ts';
import { judgeNight } from './demo-verdicts.ts';

const timeline = launchNightTimeline(1, Date.UTC(2026, 10, 20));
const at = (atMs: number, watch = 'orion-x') => ({ watch, atMs });
const judge = (trouble: boolean, ...alerts: { watch: string; atMs: number }[]) =>
  judgeNight(timeline, { trouble, alerts });

test('the first page after the start of the trouble tells the delay', () => {
  const { startMs } = timeline.stock;
  const verdict = judge(true, at(startMs + 30 * MINUTE_MS), at(startMs + 9 * MINUTE_MS));
  expect(verdict).toMatchObject({ found: true, minutesToDetect: 9, onHype: 0, other: 0, alerts: 2 });
});

test.each([
  ['on the loud author', true, at(timeline.loudAuthor.toMs + 59 * MINUTE_MS), { onLoudAuthor: 1 }],
  ['on hype, before the trouble', true, at(timeline.stock.startMs - 1), { onHype: 1, found: false }],
  [
    'on hype, where there is no trouble',
    false,
    at(timeline.stock.startMs + MINUTE_MS),
    { onHype: 1, found: undefined },
  ],
  [
    'of the other watch during the trouble',
    true,
    at(timeline.stock.startMs + MINUTE_MS, 'orion-buds'),
    { other: 1, found: false },
  ],
  [
    'on the viral complaint',
    true,
    at(timeline.viralComplaint.fromMs + MINUTE_MS),
    { other: 1, found: false },
  ],
])('a page %s is no find', (_, trouble, alert, counted) => {
  expect(judge(trouble, alert)).toMatchObject({
    onLoudAuthor: 0,
    onHype: 0,
    other: 0,
    ...counted,
    alerts: 1,
  });
});

test('silence finds nothing and is wrong about nothing', () => {
  expect(judge(true)).toMatchObject({ found: false, onLoudAuthor: 0, onHype: 0, other: 0 });
});

test('the people who had spoken of the trouble are counted up to the page, each once', () => {
  const { startMs } = timeline.stock;
  const post = (part: string, id: string, minutes: number) =>
    ({
      part,
      mention: { id: `${id}-${minutes}`, eventTime: startMs + minutes * MINUTE_MS, attributedTo: { id } },
    }) as LabelledMention;
  const posts = [
    post('chatter', 'a', 1),
    post('trouble-stock', 'b', 2),
    post('trouble-stock', 'b', 3),
    post('trouble-delivery', 'c', 5),
    post('trouble-stock', 'd', 9),
  ];
  const alerts = [at(startMs + 5 * MINUTE_MS)];
  expect(judgeNight(timeline, { trouble: true, alerts, posts }).peopleByThen).toBe(2);
});
