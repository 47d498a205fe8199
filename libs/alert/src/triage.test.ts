import type { CommandVerb, SignalsRecord } from '@foreshock/model/signal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MINUTE, revisionWith, type TriageHistory, timeOf, triageHistory } from './testing/triage-history.ts';
import { foldTriage } from './triage.ts';
import { decodeTriage, emptyTriageState, encodeTriage, OUTCOMES_KEPT } from './triage-state.ts';

/** People over what would page: twice is critical. */
const critical = { people: 22, threshold: 11 };

describe('a burst', () => {
  test('opens an incident and tells it at once', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    expect(history.incident()).toMatchObject({
      id: 'orion-1',
      state: 'open',
      severity: 'warning',
      title: 'Orion X: stock',
      openedAt: timeOf(10),
      detectedAt: timeOf(10),
      onset: timeOf(6),
      endedAt: null,
      evidence: ['p1'],
    });
    expect(history.told()).toEqual(['opened orion-1']);
  });

  test('that is only worth showing opens nothing', () => {
    const history = triageHistory();
    for (const phase of ['onset', 'growth', 'end'] as const)
      history.burst({ minute: 10, phase, level: 'info' });
    expect(history.incidents.size).toBe(0);
    expect(history.told()).toEqual([]);
  });

  test('that was shown and becomes a page opens an incident as it grows', () => {
    const history = triageHistory();
    history.burst({ minute: 10, level: 'info' });
    history.burst({ minute: 20, phase: 'growth' });
    expect(history.told()).toEqual(['opened orion-1']);
  });

  test('whose beginning nobody saw opens nothing when it ends', () => {
    const history = triageHistory();
    history.burst({ minute: 10, phase: 'end' });
    expect(history.incidents.size).toBe(0);
  });

  test('of another series of the same watch joins, without another message', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    history.burst({ minute: 12, series: 'issue:delivery' });
    expect(history.incident().bursts.map(({ series }) => series)).toEqual(['issue:stock', 'issue:delivery']);
    expect(history.incident().title).toBe('Orion X: stock, delivery');
    expect(history.told()).toEqual(['opened orion-1']);
  });

  test('of another watch is another incident', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    history.burst({ minute: 11, watch: 'lyra' });
    expect(history.told()).toEqual(['opened orion-1', 'opened lyra-1']);
  });

  test('is told to the receivers of its watch, or to all', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    history.burst({ minute: 11, watch: 'lyra' });
    expect(history.notices.map(({ receivers }) => receivers)).toEqual([['console', 'slack'], ['slack']]);
  });

  test('that is written again changes nothing, however often', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    history.burst({ minute: 12, phase: 'growth', figures: critical });
    const before = structuredClone(history.state);
    for (const record of history.records.slice())
      expect(record.kind === 'burst' ? history.fold(record) : []).toEqual([]);
    expect(history.state).toEqual(before);
  });

  test('control: the same with a higher place in the log is news', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    const again = history.records.at(-1) as Extract<SignalsRecord, { kind: 'burst' }>;
    expect(history.fold({ ...again, index: again.index + 1 })).not.toEqual([]);
  });
});

describe('severity', () => {
  test.each([
    [21, 11, 'warning'],
    [22, 11, 'critical'],
  ])('of %d people where %d page is %s', (people, threshold, severity) => {
    const history = triageHistory();
    history.burst({ minute: 10, figures: { people, threshold } });
    expect(history.incident().severity).toBe(severity);
  });

  test('that rises is told, also when somebody has taken it', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    history.command({ verb: 'acknowledge' });
    history.burst({ minute: 20, phase: 'growth', figures: { ...critical, rarityDays: 400 } });
    expect(history.told()).toEqual(['opened orion-1', 'acknowledged orion-1', 'escalated orion-1']);
    expect(history.incident().state).toBe('acknowledged');
  });

  test('is told once for each rise, not for each burst', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    for (let minute = 11; minute < 20; minute++)
      history.burst({ minute, phase: 'growth', figures: { ...critical, rarityDays: 400 + minute } });
    expect(history.told()).toEqual(['opened orion-1', 'escalated orion-1']);
  });

  test('never falls, whatever comes', () => {
    const signal = fc.record({
      series: fc.constantFrom('issue:stock', 'issue:delivery', 'negative'),
      phase: fc.constantFrom('onset' as const, 'growth' as const, 'end' as const),
      people: fc.integer({ min: 1, max: 60 }),
      rarityDays: fc.integer({ min: 1, max: 1_000 }),
    });
    const rank = { info: 0, warning: 1, critical: 2 };
    fc.assert(
      fc.property(fc.array(signal, { maxLength: 25 }), (signals) => {
        const history = triageHistory();
        let before = -1;
        let id = '';
        for (const [i, { series, phase, people, rarityDays }] of signals.entries()) {
          history.burst({ minute: i, series, phase, figures: { people, rarityDays } });
          const newest = [...history.incidents.values()].at(-1);
          if (!newest) continue;
          if (newest.id !== id) before = -1;
          id = newest.id;
          expect(rank[newest.severity]).toBeGreaterThanOrEqual(before);
          before = rank[newest.severity];
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the end', () => {
  test('of the only burst resolves the incident and tells so', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    history.burst({ minute: 60, phase: 'end' });
    expect(history.incident()).toMatchObject({
      state: 'resolved',
      endedAt: timeOf(60),
      resolvedAt: timeOf(60),
    });
    expect(history.told()).toEqual(['opened orion-1', 'resolved orion-1']);
  });

  test('of one of two does not', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    history.burst({ minute: 12, series: 'issue:delivery' });
    history.burst({ minute: 60, phase: 'end' });
    expect(history.incident().state).toBe('open');
    history.burst({ minute: 70, phase: 'end', series: 'issue:delivery' });
    expect(history.incident().state).toBe('resolved');
    expect(history.told()).toEqual(['opened orion-1', 'resolved orion-1']);
  });

  test('resolves what somebody acknowledged or snoozed too', () => {
    for (const verb of ['acknowledge', 'snooze'] as const) {
      const history = triageHistory();
      history.burst({ minute: 10 });
      history.command({ verb });
      history.burst({ minute: 60, phase: 'end' });
      expect(history.incident().state, verb).toBe('resolved');
    }
  });
});

describe('trouble that comes back', () => {
  const over = (minute: number, config = {}): TriageHistory => {
    const history = triageHistory(config);
    history.tick(0);
    history.burst({ minute: 10 });
    history.burst({ minute: 60, phase: 'end' });
    history.burst({ minute, n: 2 });
    return history;
  };

  test.each([
    ['within the window', 61, 'reopened orion-1'],
    ['exactly at its end', 120, 'reopened orion-1'],
    ['a minute after', 121, 'opened orion-2'],
  ])('%s is told as “%3$s”', (_what, minute, told) => {
    expect(over(minute).told()).toEqual(['opened orion-1', 'resolved orion-1', told]);
  });

  test('reopens with its history, and ends again', () => {
    const history = over(61);
    expect(history.incident()).toMatchObject({
      state: 'open',
      reopened: 1,
      endedAt: null,
      openedAt: timeOf(10),
    });
    expect(history.incident().resolvedAt).toBeUndefined();
    history.burst({ minute: 100, n: 2, phase: 'end' });
    expect(history.incident()).toMatchObject({ state: 'resolved', endedAt: timeOf(100) });
    expect(history.told().at(-1)).toBe('resolved orion-1');
  });

  test('is counted in the number of the incident, also after the old one was forgotten', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    history.burst({ minute: 60, phase: 'end' });
    history.tick(300);
    expect(history.state.incidents.size).toBe(0);
    expect(history.incident().state).toBe('closed');
    history.burst({ minute: 310, n: 2 });
    expect(history.told().at(-1)).toBe('opened orion-2');
  });

  test('that was only replayed does not reopen a real one, nor the other way round', () => {
    for (const replay of [true, false]) {
      const history = triageHistory();
      history.burst({ minute: 10, replay });
      history.burst({ minute: 60, phase: 'end', replay });
      history.burst({ minute: 61, n: 2, replay: !replay });
      expect(history.told().at(-1)).toBe('opened orion-2');
      expect(history.incident('orion-2').replay).toBe(!replay);
    }
  });

  test('after somebody resolved it by hand reopens, and ends when all of it has ended', () => {
    const history = triageHistory();
    history.tick(10);
    history.burst({ minute: 10 });
    history.tick(20);
    history.command({ verb: 'resolve', at: timeOf(20) });
    // Its burst goes on and ends by itself; nobody is told twice.
    history.burst({ minute: 50, phase: 'end' });
    expect(history.told()).toEqual(['opened orion-1', 'resolved orion-1']);
    history.burst({ minute: 60, series: 'issue:delivery' });
    expect(history.told().at(-1)).toBe('reopened orion-1');
    history.burst({ minute: 90, series: 'issue:delivery', phase: 'end' });
    expect(history.incident().state).toBe('resolved');
    expect(history.told().at(-1)).toBe('resolved orion-1');
  });
});

describe('what is only replayed', () => {
  test('opens an incident that says so', () => {
    const history = triageHistory();
    history.burst({ minute: 10, replay: true });
    expect(history.incident().replay).toBe(true);
    expect(history.notices.every(({ incident }) => incident.replay)).toBe(true);
  });

  test.each<[string, Parameters<TriageHistory['burst']>[0]]>([
    ['another trouble', { minute: 12, series: 'issue:delivery' }],
    ['the same trouble', { minute: 12, phase: 'growth' }],
  ])('does not swallow %s that is real: this is told as opened', (_what, real) => {
    const history = triageHistory();
    history.burst({ minute: 10, replay: true });
    history.burst({ ...real, replay: false });
    const newest = history.notices.at(-1)!;
    expect(newest.transition).toBe('opened');
    expect(newest.incident.replay).toBe(false);
  });

  test('stays replayed when it ends in silence', () => {
    const history = triageHistory();
    history.burst({ minute: 10, replay: true });
    history.burst({ minute: 60, phase: 'end', replay: false });
    expect(history.incident()).toMatchObject({ state: 'resolved', replay: true });
  });
});

describe('group wait', () => {
  const waiting = { incidents: { groupWait: '2m' } };

  test.each([
    ['before it is over nothing', 11.9, []],
    ['when it is over the incident', 12, ['opened orion-1']],
    ['long after, once', 300, ['opened orion-1']],
  ])('%s is told', (_what, minute, told) => {
    const history = triageHistory(waiting);
    history.tick(10);
    history.burst({ minute: 10 });
    history.tick(minute);
    expect(history.told()).toEqual(told);
  });

  test('puts what joins meanwhile, and its severity, into one message', () => {
    const history = triageHistory(waiting);
    history.tick(10);
    history.burst({ minute: 10 });
    history.burst({ minute: 11, series: 'issue:delivery', figures: critical });
    history.tick(12);
    expect(history.told()).toEqual(['opened orion-1']);
    expect(history.notices[0]!.incident).toMatchObject({
      severity: 'critical',
      title: 'Orion X: stock, delivery',
    });
  });

  test('that outlasts the trouble gives one message, not none and not two', () => {
    const history = triageHistory(waiting);
    history.tick(10);
    history.burst({ minute: 10 });
    history.burst({ minute: 11, phase: 'end' });
    history.tick(20);
    expect(history.told()).toEqual(['opened orion-1']);
    expect(history.notices[0]!.incident.state).toBe('resolved');
  });

  test('holds what comes back as well', () => {
    const history = triageHistory(waiting);
    history.tick(10);
    history.burst({ minute: 10 });
    history.tick(12);
    history.burst({ minute: 40, phase: 'end' });
    history.tick(50);
    history.burst({ minute: 50, n: 2 });
    expect(history.told()).toEqual(['opened orion-1', 'resolved orion-1']);
    history.tick(52);
    expect(history.told().at(-1)).toBe('reopened orion-1');
  });
});

describe('time', () => {
  test('does not go back: an older tick changes nothing', () => {
    const history = triageHistory();
    history.tick(100);
    expect(history.tick(50)).toEqual([]);
    expect(history.tick(100)).toEqual([]);
    expect(history.state.now).toBe(timeOf(100));
  });

  test.each([
    ['a moment before it is due', 249.99, 0],
    ['when it is due', 250, 1],
    ['once, however long nobody looked', 5_000, 1],
  ])('brings a reminder of what is open: %s', (_what, minute, reminders) => {
    const history = triageHistory();
    history.tick(10);
    history.burst({ minute: 10 });
    history.tick(minute);
    expect(history.told().filter((told) => told === 'reminder orion-1')).toHaveLength(reminders);
  });

  test('brings the next reminder as long after the last', () => {
    const history = triageHistory({ incidents: { repeat: '30m' } });
    history.tick(10);
    history.burst({ minute: 10 });
    for (let minute = 11; minute <= 10 + 95; minute++) history.tick(minute);
    expect(history.notices.filter(({ transition }) => transition === 'reminder').map(({ at }) => at)).toEqual(
      [40, 70, 100].map(timeOf),
    );
  });

  test('reminds nobody of what is acknowledged, snoozed or over', () => {
    for (const verb of ['acknowledge', 'snooze', 'resolve'] as const) {
      const history = triageHistory({ incidents: { repeat: '30m', reopenWithin: '7d' } });
      history.tick(10);
      history.burst({ minute: 10 });
      history.command({ verb });
      for (let minute = 20; minute < 600; minute += 10) history.tick(minute);
      expect(history.told(), verb).not.toContain('reminder orion-1');
    }
  });

  test('closes what is over once it can no longer be reopened, without a message', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    history.burst({ minute: 60, phase: 'end' });
    history.tick(120);
    expect(history.incident().state).toBe('resolved');
    history.tick(120.01);
    expect(history.incident().state).toBe('closed');
    expect(history.told()).toEqual(['opened orion-1', 'resolved orion-1']);
  });
});

describe('a source that is silent', () => {
  const blind = (history: TriageHistory, minute: number, watch = 'orion', source = 'shop') =>
    history.sight({ minute, watch, source, state: 'blind' });
  const sighted = (history: TriageHistory, minute: number, watch = 'orion', source = 'shop') =>
    history.sight({ minute, watch, source, state: 'sighted' });

  test('is one incident, however many watches it blinds', () => {
    const history = triageHistory();
    blind(history, 10, 'orion');
    blind(history, 10, 'lyra');
    expect(history.told()).toEqual(['blind blind-shop-1']);
    expect(history.incident('blind-shop-1')).toMatchObject({
      kind: 'blind',
      severity: 'warning',
      onset: timeOf(5),
    });
  });

  test('is over when the last of them sees again', () => {
    const history = triageHistory();
    blind(history, 10, 'orion');
    blind(history, 10, 'lyra');
    sighted(history, 20, 'orion');
    expect(history.told()).toEqual(['blind blind-shop-1']);
    sighted(history, 21, 'lyra');
    expect(history.told()).toEqual(['blind blind-shop-1', 'sighted blind-shop-1']);
    expect(history.incident('blind-shop-1')).toMatchObject({
      state: 'resolved',
      endedAt: timeOf(21),
      sentence: 'shop is connected again.',
    });
  });

  test('is another incident the next time, and another beside it for another source', () => {
    const history = triageHistory();
    blind(history, 10);
    blind(history, 11, 'orion', 'bluesky');
    sighted(history, 20);
    blind(history, 30);
    expect(history.told()).toEqual([
      'blind blind-shop-1',
      'blind blind-bluesky-1',
      'sighted blind-shop-1',
      'blind blind-shop-2',
    ]);
  });

  test('goes to the operator, and to nobody else where one is named', () => {
    const history = triageHistory({ operator: { receivers: ['console'] } });
    blind(history, 10);
    expect(history.notices[0]!.receivers).toEqual(['console']);
  });

  test('is told through a silence of its watch: that was meant for troubles', () => {
    const history = triageHistory();
    history.tick(0);
    history.command({ verb: 'silence', watch: 'orion', until: timeOf(600) });
    blind(history, 10);
    expect(history.told()).toEqual(['blind blind-shop-1']);
  });

  test('neither ends nor joins a trouble of its watch', () => {
    const history = triageHistory();
    history.burst({ minute: 5 });
    blind(history, 10);
    history.burst({ minute: 12, series: 'issue:delivery' });
    sighted(history, 20);
    expect(history.incident().state).toBe('open');
    expect(history.incident().bursts).toHaveLength(2);
  });

  test('that comes back without having been gone is no news', () => {
    const history = triageHistory();
    expect(sighted(history, 10)).toEqual([]);
  });
});

describe('what receivers answered', () => {
  const outcome = (notice: string, minute = 11): SignalsRecord => ({
    kind: 'outcome',
    v: 1,
    receiver: 'slack',
    notice,
    incident: 'orion-1',
    result: 'delivered',
    attempts: 1,
    at: timeOf(minute),
  });

  test('stands in the timeline once, however often it is written', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    history.fold(outcome('orion-1/1/0'));
    expect(history.fold(outcome('orion-1/1/0', 12))).toEqual([]);
    expect(history.incident().timeline.filter(({ what }) => what === 'delivered')).toEqual([
      { at: timeOf(11), what: 'delivered', who: 'slack' },
    ]);
  });

  test('is remembered within bounds, and the timeline is as well', () => {
    const history = triageHistory();
    history.burst({ minute: 10 });
    for (let i = 0; i < OUTCOMES_KEPT + 50; i++) history.fold(outcome(`orion-1/1/${i}`));
    expect(history.state.outcomes.size).toBe(OUTCOMES_KEPT);
    expect(history.incident().timeline).toHaveLength(200);
  });

  test('about an incident that nobody knows any more changes nothing', () => {
    expect(triageHistory().fold(outcome('orion-9/1/0'))).toEqual([]);
  });
});

describe('a history', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('burst' as const),
      series: fc.constantFrom('issue:stock', 'negative'),
      phase: fc.constantFrom('onset' as const, 'growth' as const, 'end' as const),
      people: fc.integer({ min: 5, max: 40 }),
      replay: fc.boolean(),
    }),
    fc.record({ do: fc.constant('tick' as const), minutes: fc.integer({ min: 1, max: 300 }) }),
    fc.record({
      do: fc.constant('command' as const),
      verb: fc.constantFrom<CommandVerb>(
        'acknowledge',
        'unacknowledge',
        'snooze',
        'resolve',
        'silence',
        'assign',
      ),
    }),
    fc.record({
      do: fc.constant('sight' as const),
      state: fc.constantFrom('blind' as const, 'sighted' as const),
    }),
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
  const recordsOf = (steps: readonly Step[], config = {}) => {
    const history = triageHistory(config);
    let minute = 0;
    for (const one of steps) {
      minute += 1;
      if (one.do === 'tick') minute += one.minutes;
      if (one.do === 'tick') history.tick(minute);
      else if (one.do === 'sight') history.sight({ minute, source: 'shop', state: one.state });
      else if (one.do === 'command')
        history.command({
          verb: one.verb,
          watch: 'orion',
          until: timeOf(minute + 60),
          at: timeOf(minute),
        });
      else
        history.burst({
          minute,
          series: one.series,
          phase: one.phase,
          replay: one.replay,
          figures: { people: one.people, rarityDays: one.people },
        });
    }
    return history;
  };

  test('folded again gives the same incidents and the same notices, ids included', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const [a, b] = [recordsOf(steps), recordsOf(steps)];
        expect(b.notices).toEqual(a.notices);
        expect([...b.incidents]).toEqual([...a.incidents]);
        const ids = a.notices.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 60 },
    );
  });

  test('goes on from a snapshot at any place as if there had been none', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat(), (steps, seed) => {
        const history = recordsOf(steps, { incidents: { groupWait: '3m' } });
        const revision = revisionWith({ incidents: { groupWait: '3m' } });
        const at = seed % history.records.length;
        const notices: unknown[] = [];
        let state = emptyTriageState();
        for (const [offset, record] of history.records.entries()) {
          if (offset === at)
            state = decodeTriage(
              JSON.parse(JSON.stringify(encodeTriage(state))),
              at > 0 ? revision : undefined,
            );
          for (const output of foldTriage(state, { offset, record }, { revisionOf: () => revision }))
            if (output.kind === 'notice') notices.push(output.notice);
        }
        expect(notices).toEqual(history.notices);
        expect(encodeTriage(state)).toEqual(encodeTriage(history.state));
      }),
      { numRuns: 60 },
    );
  });

  test('whose troubles have all ended leaves no incident open, whatever people did meanwhile', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const history = recordsOf(steps);
        const minute = 20_000;
        history.tick(minute);
        for (const series of ['issue:stock', 'negative']) history.burst({ minute, series, phase: 'end' });
        history.sight({ minute, source: 'shop', state: 'sighted' });
        const open = [...history.incidents.values()].filter(
          ({ state }) => state !== 'resolved' && state !== 'closed',
        );
        expect(open.map(({ id }) => id)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

test('a heartbeat passes through', () => {
  const history = triageHistory();
  expect(
    history.fold({
      kind: 'forwarded',
      v: 1,
      record: { op: 'heartbeat', source: 'foreshock', eventTime: 7, v: 1, id: 'hb' },
    }),
  ).toEqual([{ kind: 'heartbeat', id: 'hb', sentAt: 7 }]);
});

test('the id of a notice names its incident and its place in the history', () => {
  const history = triageHistory();
  history.burst({ minute: 10 });
  history.burst({ minute: 60, phase: 'end' });
  expect(history.notices.map(({ id, at }) => [id, at])).toEqual([
    ['orion-1/1/0', timeOf(10)],
    ['orion-1/2/0', timeOf(60)],
  ]);
  expect(history.notices.every(({ at }) => at % MINUTE === 0)).toBe(true);
});
