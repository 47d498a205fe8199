import { expect, test } from 'vitest';
import type { LabelledSpan } from './airline-data.ts';
import { judgeAirline } from './airline-verdicts.ts';

const HOUR_MS = 3_600_000;
const label = (
  kind: LabelledSpan['kind'],
  from: number,
  to: number,
  certainty: LabelledSpan['certainty'] = 'high',
): LabelledSpan => ({ kind, certainty, series: 'any', fromMs: from * HOUR_MS, toMs: to * HOUR_MS });

const labels = [
  label('incident', 10, 14),
  label('incident', 12, 15),
  label('incident', 18, 20, 'medium'),
  label('incident', 60, 62, 'low'),
  label('hype', 30, 32),
  label('single_author', 40, 43),
  label('artefact', 0, 5),
];
const judge = (...hours: number[]) =>
  judgeAirline(
    labels,
    hours.map((hour) => hour * HOUR_MS),
  );

test('waves with short pauses are one episode, and each is judged as a wave too', () => {
  const verdict = judge(11);
  expect(verdict.episodes.map((episode) => [episode.found, episode.minutesToDetect])).toEqual([[true, 60]]);
  expect(verdict.waves.map((wave) => wave.found)).toEqual([true, false]);
  expect(verdict.falseAlerts).toBe(0);
});

test.each([
  [31, { onHype: 1 }],
  [41, { onSingleAuthor: 1 }],
  [2, { onArtefact: 1 }],
  [50, { falseAlerts: 1 }],
  [9.4, { falseAlerts: 1 }],
])('an alert at hour %f counts as %o', (hour, counted) => {
  const none = { onHype: 0, onSingleAuthor: 0, onArtefact: 0, falseAlerts: 0 };
  expect(judge(hour)).toMatchObject({ ...none, ...counted, alerts: 1 });
});

test.each([9.6, 16.5, 60.5])('an alert at hour %f belongs to trouble', (hour) => {
  const { onHype, onSingleAuthor, onArtefact, falseAlerts } = judge(hour);
  expect(onHype + onSingleAuthor + onArtefact + falseAlerts).toBe(0);
});

test('an uncertain label is never missed', () => {
  expect(judge(11).uncertain.map((episode) => episode.found)).toEqual([false]);
  expect(judge(11).episodes).toHaveLength(1);
});
