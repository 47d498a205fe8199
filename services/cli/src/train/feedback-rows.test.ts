import { describe, expect, test } from 'vitest';
import type { IncidentRecount } from '../incident-recount.ts';
import { csvLine, FEEDBACK_COLUMNS, feedbackRows, verdictOf } from './feedback-rows.ts';
import { labelledRows } from './label-file.ts';

const post = (id: string, text: string) => ({ id, text, at: '2026-09-16T20:00:00Z', source: 'x' });
const burst = (series: string, posts: ReturnType<typeof post>[]) => ({ series, posts });
const found = {
  incident: 'orion-1',
  watch: 'orion',
  bursts: [
    burst('negative', [post('a', 'sold, "out"\nagain'), post('c', 'bad')]),
    burst('issue:stock', [post('a', 'sold, "out"\nagain'), post('b', 'none left'), post('erased', '')]),
  ],
} as unknown as IncidentRecount;

describe('what people said of an incident', () => {
  test('is its issue for every post of it, or none where it should not have been', () => {
    const issues = (verdict: 'useful' | 'not-useful') =>
      Object.fromEntries(feedbackRows(found, verdict).map(({ text, issue }) => [text.slice(0, 4), issue]));
    expect(issues('useful')).toEqual({ sold: 'stock', bad: '', none: 'stock' });
    expect(issues('not-useful')).toEqual({ sold: 'none', bad: 'none', none: 'none' });
  });

  test.each([
    [{ notUseful: true, acknowledgedBy: 'ann' }, 'not-useful'],
    [{ notUseful: false, acknowledgedBy: 'ann' }, 'useful'],
    [{ notUseful: false }, undefined],
  ])('%j is %s', (incident, verdict) => {
    expect(verdictOf(incident)).toBe(verdict);
  });

  test('comes back from the file as it went in', () => {
    const rows = feedbackRows(found, 'useful');
    const text = [FEEDBACK_COLUMNS, ...rows.map((row) => FEEDBACK_COLUMNS.map((name) => row[name]))]
      .map((cells) => csvLine(cells))
      .join('');
    const read = labelledRows(text, 'f', {
      text: 'text',
      sentiment: 'sentiment',
      issue: 'issue',
      group: 'group',
    });
    expect(read).toEqual([
      { text: 'sold, "out"\nagain', issue: 'stock', group: 'orion' },
      { text: 'none left', issue: 'stock', group: 'orion' },
    ]);
  });
});
