import type { ConfigRevision } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { Notice } from '@foreshock/model/notice';
import { describe, expect, test } from 'vitest';
import { compareIncidents, pagesAtNight, pagesIn, promiseOf } from './comparison.ts';
import type { ReplayResult } from './replay-pipeline.ts';

const MIDNIGHT = Date.parse('2026-11-18T00:00:00Z');
const at = (minute: number): number => MIDNIGHT + minute * 60_000;
const incident = (onset: number, endedAt: number | null, over: Partial<Incident> = {}): Incident =>
  ({
    id: `orion-${onset}`,
    watch: 'orion',
    kind: 'trouble',
    severity: 'warning',
    onset: at(onset),
    detectedAt: at(onset + 5),
    endedAt: endedAt === null ? null : at(endedAt),
    ...over,
  }) as unknown as Incident;
const notice = (minute: number, over: Partial<Notice> = {}): Notice =>
  ({ transition: 'opened', at: at(minute), incident: incident(minute, null), ...over }) as unknown as Notice;

describe('two replays of one recording', () => {
  test('keep what overlaps, and say how much later it is told', () => {
    const before = incident(0, 60);
    const after = incident(20, 90);
    expect(compareIncidents([before], [after])).toEqual({
      kept: [{ before, after, minutesLater: 20 }],
      gone: [],
      come: [],
    });
  });

  test.each([
    ['of another watch', incident(0, 60, { watch: 'lyra' })],
    ['of another time', incident(61, 90)],
  ])('an incident %s is no match: one goes, one comes', (_what, after) => {
    const before = incident(0, 60);
    expect(compareIncidents([before], [after])).toEqual({ kept: [], gone: [before], come: [after] });
  });

  test('what is still on overlaps all that follows, once', () => {
    const { kept, gone, come } = compareIncidents(
      [incident(0, null)],
      [incident(500, 510), incident(600, 610)],
    );
    expect([kept.length, gone.length, come.length]).toEqual([1, 0, 1]);
  });
});

describe('the pages of a replay', () => {
  test('are what opens, returns or gets worse; an all-clear is none', () => {
    const transitions = ['opened', 'reopened', 'escalated', 'resolved', 'reminder'] as const;
    expect(pagesIn(transitions.map((transition) => notice(0, { transition })))).toHaveLength(3);
  });

  test.each([
    [21 * 60 + 59, 'UTC', 0],
    [22 * 60, 'UTC', 1],
    [6 * 60 + 59, 'UTC', 1],
    [7 * 60, 'UTC', 0],
    [21 * 60, 'Europe/Berlin', 1],
  ])('at minute %d of the day in %s are at night: %d', (minute, timezone, night) => {
    expect(pagesAtNight([notice(minute)], timezone)).toBe(night);
  });
});

describe('the pages a config allows', () => {
  const promised = (config: unknown): number =>
    promiseOf({ config } as ConfigRevision, { notices: [] } as unknown as ReplayResult, 14 * 86_400_000)
      .pages;

  test('are those of the rarities of its watches', () => {
    expect(promised({ watches: [{ page: { rarity: '7d' } }, {}] })).toBeCloseTo(2 + 14 / 30);
  });

  test('are those of the budget, whatever the number of watches that share it', () => {
    const budget = { pages: 2, per: '7d' };
    expect(promised({ budget, watches: [{}, {}, {}] })).toBeCloseTo(4);
    expect(promised({ budget, watches: [{ page: { rarity: '14d' } }] })).toBeCloseTo(1);
  });
});
