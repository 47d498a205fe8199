import type { IncidentBurst } from '@foreshock/model/incident';
import { describe, expect, test } from 'vitest';
import { canonical, isWorse, leadOf, severityOf } from './severity.ts';
import { timeOf, triageHistory } from './testing/triage-history.ts';

interface Partlike {
  readonly series?: string;
  readonly people?: number;
  readonly threshold?: number;
  readonly rarityDays?: number;
  readonly over?: boolean;
}

function parts(...list: readonly Partlike[]): IncidentBurst[] {
  const history = triageHistory();
  for (const [i, { series = 'issue:stock', people = 11, threshold = 11, rarityDays = 40 }] of list.entries())
    history.burst({ minute: i, series, n: i, figures: { people, threshold, rarityDays } });
  return history
    .incident()
    .bursts.map((burst, i) => ({ ...burst, endedAt: list[i]!.over ? timeOf(90) : null }));
}

describe('the severity of an incident', () => {
  test.each<{ what: string; list: Partlike[]; severity: string }>([
    { what: 'one trouble just beyond paging', list: [{}], severity: 'warning' },
    { what: 'just under twice the people that page', list: [{ people: 21 }], severity: 'warning' },
    { what: 'twice the people that page', list: [{ people: 22 }], severity: 'critical' },
    {
      what: 'two kinds of trouble, one just under half again',
      list: [{ people: 16 }, { series: 'issue:price' }],
      severity: 'warning',
    },
    {
      what: 'two kinds of trouble, one at half again',
      list: [{ people: 17 }, { series: 'issue:price' }],
      severity: 'critical',
    },
    {
      what: 'one kind of trouble beside mere negativity',
      list: [{ people: 17 }, { series: 'negative' }],
      severity: 'warning',
    },
    { what: 'a large trouble that is over', list: [{ people: 60, over: true }, {}], severity: 'warning' },
    { what: 'a threshold of nobody', list: [{ people: 1, threshold: 0 }], severity: 'warning' },
  ])('of $what is $severity', ({ list, severity }) => {
    expect(severityOf(parts(...list), 'warning')).toBe(severity);
  });

  test('is at least what it was', () => {
    expect(severityOf(parts({ over: true }), 'critical')).toBe('critical');
    expect(severityOf([], 'info')).toBe('warning');
  });

  test.each([
    ['critical', 'warning', true],
    ['warning', 'info', true],
    ['warning', 'warning', false],
    ['info', 'critical', false],
  ] as const)('%s is worse than %s: %s', (a, b, worse) => {
    expect(isWorse(a, b)).toBe(worse);
  });
});

describe('the burst that speaks for an incident', () => {
  test.each<[string, Partlike[], number]>([
    [
      'a named trouble before mere negativity, however rare',
      [{ series: 'negative', rarityDays: 900 }, {}],
      1,
    ],
    ['the rarest of those', [{ rarityDays: 40 }, { series: 'issue:price', rarityDays: 41 }], 1],
    [
      'of equally rare ones that with most people',
      [{ people: 12 }, { series: 'issue:price', people: 13 }],
      1,
    ],
    ['of equal ones the first by name', [{ series: 'issue:price' }, { series: 'issue:stock' }], 0],
  ])('is %s', (_what, list, lead) => {
    const bursts = parts(...list);
    expect(leadOf(bursts)).toBe(bursts[lead]);
    expect(leadOf(bursts.toReversed())).toBe(bursts[lead]);
  });
});

describe('the canonical facts', () => {
  test('hold what has ended, in an order of their own, and nothing of when it was told', () => {
    const facts = (order: readonly string[]) => {
      const history = triageHistory();
      for (const [i, series] of order.entries()) history.burst({ minute: i, series });
      for (const [i, series] of order.entries()) history.burst({ minute: 60 + i, series, phase: 'end' });
      const { troubles } = canonical(history.incident()) as { troubles: { series: string }[] };
      return troubles.map(({ series }) => series);
    };
    expect(facts(['negative', 'issue:stock'])).toEqual(['issue:stock', 'negative']);
    expect(facts(['issue:stock', 'negative'])).toEqual(['issue:stock', 'negative']);
  });

  test('leave out what is still on: its figures may still change', () => {
    const history = triageHistory();
    history.burst({ minute: 1 });
    expect(canonical(history.incident())).toMatchObject({ watch: 'orion', kind: 'trouble', troubles: [] });
  });
});
