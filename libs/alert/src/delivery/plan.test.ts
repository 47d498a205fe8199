import type { Delivery, Notice } from '@foreshock/model/notice';
import { beforeEach, describe, expect, test } from 'vitest';
import { NIGHT, noticeOf } from '../../../../tests/fakes/notice.ts';
import { backoffMs } from './backoff.ts';
import { handOverdue } from './fallback.ts';
import { finishedRecord, outcomesOf, pendingRecord } from './outcome.ts';
import { nextStep, type Step } from './plan.ts';
import type { DeliveryRules, ReceiverRule } from './policy.ts';
import { disable, drop, finish, froze, offer, postpone, safePosition } from './progress.ts';
import { type DeliveryState, emptyState, LANE_NOTICES_MAX } from './state.ts';

const rule = (id: string, changes: Partial<ReceiverRule> = {}): ReceiverRule => ({
  id,
  severity: 'warning',
  sendResolved: true,
  giveUpAfterMs: 86_400_000,
  replay: false,
  rollUpAbove: 20,
  ...changes,
});
const rulesOf = (...receivers: ReceiverRule[]): DeliveryRules => ({
  receivers: new Map(receivers.map((one) => [one.id, one])),
  operators: receivers.map(({ id }) => id),
});

let rules: DeliveryRules;
let state: DeliveryState;
let offset: number;
const start = (...receivers: ReceiverRule[]) => {
  rules = rulesOf(...receivers);
  state = emptyState(rules.receivers.keys());
  offset = 0;
};
const take = (notice: Notice) => offer(state, rules, { offset: offset++, appendedAt: notice.at, notice });
const step = (receiver = 'slack', now = NIGHT) => nextStep(state, rules, receiver, now);
/** Freezes what the step says, as the shell would; returns its record. */
function freeze(planned: Step, receiver = 'slack', now = NIGHT): Delivery {
  if (planned.kind !== 'freeze') throw new Error(`expected a body to freeze, got ${planned.kind}`);
  const record = pendingRecord({
    receiver,
    key: planned.key,
    groups: planned.groups,
    body: 'body',
    contentType: 'text/plain',
    now,
  });
  froze(state, record, now);
  return record;
}
const deliver = (record: Delivery, now = NIGHT) =>
  finish(state, rules, finishedRecord(record, { state: 'delivered', attempts: 1, now }));
const kinds = (planned: Step) =>
  planned.kind === 'freeze'
    ? planned.groups.map(
        ({ incident, notices }) => `${incident}: ${notices.map((n) => n.transition).join('+')}`,
      )
    : planned.kind;

beforeEach(() => start(rule('slack')));

describe('one receiver', () => {
  test('is told of an opening at once, and its key is the newest notice', () => {
    take(noticeOf('opened'));
    expect(step()).toMatchObject({ kind: 'freeze', key: 'slack/orion-x-7/100/0' });
    const record = freeze(step());
    expect(step()).toMatchObject({ kind: 'attempt', frozen: { delivery: record } });
    deliver(record);
    expect(step()).toEqual({ kind: 'wait', until: null });
    expect(safePosition(state, 1)).toBe(1);
  });

  test('takes the same notice once, however often the log repeats it', () => {
    take(noticeOf('opened'));
    take(noticeOf('opened'));
    deliver(freeze(step()));
    take(noticeOf('opened'));
    expect(step().kind).toBe('wait');
  });

  test('is told of untried transitions in one body', () => {
    take(noticeOf('opened'));
    take(noticeOf('resolved', { n: 180 }));
    expect(kinds(step())).toEqual(['orion-x-7: opened+resolved']);
    const record = freeze(step());
    expect(record.ends).toEqual(['orion-x-7']);
    const done = finishedRecord(record, { state: 'delivered', attempts: 1, now: NIGHT });
    expect(outcomesOf(done).map(({ notice, result }) => [notice, result])).toEqual([
      ['orion-x-7/100/0', 'merged'],
      ['orion-x-7/280/0', 'delivered'],
    ]);
    expect(done.body).toBe('');
  });

  test('hears nothing later of an incident while an earlier body of it is pending', () => {
    take(noticeOf('opened'));
    const record = freeze(step());
    take(noticeOf('escalated', { n: 1 }));
    take(noticeOf('resolved', { n: 2 }));
    postpone(state, rules, { receiver: 'slack', key: record.key, now: NIGHT, random: 0.5 });
    expect(step()).toEqual({ kind: 'wait', until: NIGHT + 250 });
    deliver(record);
    expect(kinds(step())).toEqual(['orion-x-7: escalated+resolved']);
  });

  test('other incidents pass a stuck one, the most severe first, openings before ends', () => {
    take(noticeOf('opened', { incident: 'stuck-1' }));
    const stuck = freeze(step());
    postpone(state, rules, { receiver: 'slack', key: stuck.key, now: NIGHT, random: 1 - 1e-9 });
    take(noticeOf('opened', { incident: 'old-1', severity: 'warning' }));
    deliver(freeze(step()));
    take(noticeOf('resolved', { incident: 'old-1', n: 1 }));
    take(noticeOf('opened', { incident: 'calm-1', severity: 'warning', n: 2 }));
    take(noticeOf('opened', { incident: 'bad-1', n: 3 }));
    const order: unknown[] = [];
    for (let next = step(); next.kind === 'freeze'; next = step()) {
      order.push(...(kinds(next) as string[]));
      deliver(freeze(next));
    }
    expect(order).toEqual(['bad-1: opened', 'old-1: resolved', 'calm-1: opened']);
    expect(step('slack', NIGHT + 500)).toMatchObject({ kind: 'attempt', frozen: { delivery: stuck } });
  });

  test('a wait that the endpoint asked for binds everything for it', () => {
    take(noticeOf('opened', { severity: 'warning' }));
    const record = freeze(step());
    postpone(state, rules, { receiver: 'slack', key: record.key, waitMs: 30_000, now: NIGHT, random: 0 });
    take(noticeOf('opened', { incident: 'worse-1' }));
    expect(step('slack', NIGHT + 29_999)).toEqual({ kind: 'wait', until: NIGHT + 30_000 });
    expect(kinds(step('slack', NIGHT + 30_000))).toEqual(['worse-1: opened']);
  });

  test('an endpoint that cannot be reached is tried with one body at a time', () => {
    take(noticeOf('opened'));
    const record = freeze(step());
    postpone(state, rules, {
      receiver: 'slack',
      key: record.key,
      unreachable: true,
      now: NIGHT,
      random: 0.5,
    });
    take(noticeOf('opened', { incident: 'other-1' }));
    expect(step()).toEqual({ kind: 'wait', until: NIGHT + 250 });
  });

  test('a body is given up when its newest notice is too old, and not before', () => {
    take(noticeOf('opened'));
    const record = freeze(step());
    const failed = { receiver: 'slack', key: record.key, random: 0.5 };
    expect(postpone(state, rules, { ...failed, now: NIGHT + 86_399_999 })).toBe('retry');
    expect(postpone(state, rules, { ...failed, now: NIGHT + 86_400_000 })).toBe('give-up');
  });

  test('more than twenty waiting incidents are told in one body, the most severe first', () => {
    for (let n = 0; n < 21; n++)
      take(noticeOf('opened', { incident: `w-${n}`, n, severity: n === 20 ? 'critical' : 'warning' }));
    const planned = step();
    expect(planned.kind === 'freeze' && planned.groups.length).toBe(21);
    expect(planned.kind === 'freeze' && planned.groups[0]!.incident).toBe('w-20');
    const record = freeze(planned);
    take(noticeOf('resolved', { incident: 'w-3', n: 30 }));
    expect(step()).toMatchObject({ kind: 'attempt' });
    deliver(record);
    expect(kinds(step())).toEqual(['w-3: resolved']);
  });

  test('a receiver that nobody reads from keeps a bounded number of notices', () => {
    for (let n = 0; n <= LANE_NOTICES_MAX; n++)
      take(noticeOf('opened', { incident: `w-${n}`, n, severity: n === 0 ? 'warning' : 'critical' }));
    const planned = step();
    expect(planned).toMatchObject({ kind: 'discard', reason: 'backlog-full', group: { incident: 'w-0' } });
  });
});

describe('whom a notice is for', () => {
  test.each([
    ['opened', 'info', 'warning', false],
    ['opened', 'warning', 'warning', true],
    ['opened', 'warning', 'critical', false],
    ['escalated', 'critical', 'critical', true],
    ['reopened', 'info', 'warning', false],
    ['reminder', 'warning', 'warning', true],
    ['resolved', 'critical', 'info', false],
    ['acknowledged', 'critical', 'info', false],
    ['test', 'info', 'critical', true],
  ] as const)('%s at %s, floor %s: told %s', (transition, severity, floor, told) => {
    start(rule('slack', { severity: floor }));
    const suppressed = take(noticeOf(transition, { severity }));
    expect(suppressed.length === 0).toBe(told);
    expect(step().kind).toBe(told ? 'freeze' : 'wait');
  });

  test('blindness has no floor', () => {
    start(rule('slack', { severity: 'critical' }));
    take(noticeOf('blind', { severity: 'warning', changes: { kind: 'blind', bursts: [] } }));
    expect(kinds(step())).toEqual(['orion-x-7: blind']);
  });

  test('an escalation reaches those whose floor the opening did not reach', () => {
    start(rule('slack', { severity: 'critical' }));
    expect(take(noticeOf('opened', { severity: 'warning' }))).toMatchObject([
      { receiver: 'slack', reason: 'below-severity' },
    ]);
    take(noticeOf('escalated', { n: 1 }));
    expect(kinds(step())).toEqual(['orion-x-7: escalated']);
  });

  test('replayed history is told to nobody that was not marked for it', () => {
    start(rule('slack'), rule('console', { replay: true }));
    const notice = noticeOf('opened', { receivers: ['slack', 'console'], changes: { replay: true } });
    expect(take(notice)).toMatchObject([{ receiver: 'slack', reason: 'replay' }]);
    expect(step().kind).toBe('wait');
    expect(step('console').kind).toBe('freeze');
  });

  test('a receiver that is not configured is counted, not waited for', () => {
    expect(take(noticeOf('opened', { receivers: ['gone'] }))).toMatchObject([
      { receiver: 'gone', reason: 'not-configured' },
    ]);
    expect(safePosition(state, 1)).toBe(1);
  });

  describe('an end', () => {
    test('goes out if its opening did, even where the incident is below the floor by then', () => {
      take(noticeOf('opened'));
      deliver(freeze(step()));
      take(noticeOf('resolved', { n: 1, severity: 'info' }));
      expect(kinds(step())).toEqual(['orion-x-7: resolved']);
      deliver(freeze(step()));
      expect(take(noticeOf('resolved', { n: 2 }))).toMatchObject([
        { receiver: 'slack', reason: 'opening-not-told' },
      ]);
    });

    test('is dropped where its opening went to the dead letters', () => {
      take(noticeOf('opened'));
      const record = freeze(step());
      take(noticeOf('resolved', { n: 1 }));
      finish(state, rules, finishedRecord(record, { state: 'dead-lettered', attempts: 1, now: NIGHT }));
      expect(step()).toEqual({ kind: 'drop', notices: ['orion-x-7/101/0'], reason: 'opening-not-told' });
    });

    test('is not sent alone to a receiver that does not want it, but in one body with a late opening', () => {
      start(rule('slack', { sendResolved: false }));
      take(noticeOf('opened'));
      take(noticeOf('resolved', { n: 1 }));
      expect(kinds(step())).toEqual(['orion-x-7: opened+resolved']);
      deliver(freeze(step()));
      take(noticeOf('opened', { incident: 'b-1', n: 2 }));
      deliver(freeze(step()));
      take(noticeOf('resolved', { incident: 'b-1', n: 3 }));
      const planned = step();
      expect(planned).toMatchObject({ kind: 'drop', reason: 'resolved-not-wanted' });
      drop(state, 'slack', planned.kind === 'drop' ? planned.notices : []);
      expect(step().kind).toBe('wait');
    });
  });
});

describe('a page that stays undelivered', () => {
  beforeEach(() => start(rule('slack', { fallback: 'console' }), rule('console'), rule('hook')));

  test('goes to the fallback after two minutes, once, with what followed it', () => {
    take(noticeOf('opened'));
    const stuck = freeze(step());
    take(noticeOf('resolved', { n: 60 }));
    expect(handOverdue(state, rules, NIGHT + 119_999)).toEqual({
      handed: new Set(),
      nextAt: NIGHT + 120_000,
    });
    expect(handOverdue(state, rules, NIGHT + 120_000)).toEqual({
      handed: new Set(['console']),
      nextAt: null,
    });
    expect(kinds(step('console'))).toEqual(['orion-x-7: opened+resolved']);
    deliver(freeze(step('console'), 'console'));
    expect(handOverdue(state, rules, NIGHT + 900_000).handed.size).toBe(0);
    deliver(stuck);
    expect(kinds(step())).toEqual(['orion-x-7: resolved']);
  });

  test('that is no page is not handed over', () => {
    start(rule('slack', { fallback: 'console', severity: 'info' }), rule('console'));
    take(noticeOf('opened', { severity: 'info' }));
    expect(handOverdue(state, rules, NIGHT + 900_000)).toEqual({ handed: new Set(), nextAt: null });
  });

  test('draws the fallback in: it hears at once of what comes after, in order', () => {
    take(noticeOf('opened'));
    freeze(step());
    handOverdue(state, rules, NIGHT + 120_000);
    deliver(freeze(step('console'), 'console'));
    take(noticeOf('escalated', { n: 130 }));
    take(noticeOf('resolved', { n: 140 }));
    expect(kinds(step('console'))).toEqual(['orion-x-7: escalated+resolved']);
  });

  test('goes to the fallback at once when its receiver refuses it for good', () => {
    take(noticeOf('opened'));
    const record = freeze(step());
    disable(state, 'slack', 'gone');
    expect(step()).toMatchObject({ kind: 'dead-letter', reason: 'gone' });
    const handed = finish(
      state,
      rules,
      finishedRecord(record, { state: 'dead-lettered', attempts: 1, now: NIGHT, reason: 'gone' }),
    );
    expect(handed).toEqual(new Set(['console']));
    expect(kinds(step('console'))).toEqual(['orion-x-7: opened']);
  });

  test('goes to the operator’s receiver where there is no fallback and nobody else has it', () => {
    take(noticeOf('opened', { receivers: ['hook'] }));
    const dead = finishedRecord(freeze(step('hook'), 'hook'), {
      state: 'dead-lettered',
      attempts: 1,
      now: NIGHT,
    });
    expect(finish(state, rules, dead)).toEqual(new Set(['slack']));
    start(rule('slack'), rule('console'), rule('hook'));
    take(noticeOf('opened', { receivers: ['hook', 'console'] }));
    const other = finishedRecord(freeze(step('hook'), 'hook'), {
      state: 'dead-lettered',
      attempts: 1,
      now: NIGHT,
    });
    expect(finish(state, rules, other)).toEqual(new Set());
  });
});

describe('back-off', () => {
  test.each([
    [1, 0, 500],
    [2, 400, 1_000],
    [5, 6_000, 5_000],
    [30, 25_000, 5_000],
    [30, 600_000, 120_000],
    [30, 86_400_000, 300_000],
  ])('after %i failures in %i ms waits at most %i ms', (failures, failingForMs, max) => {
    expect(backoffMs({ failures, failingForMs, random: 0 })).toBe(0);
    expect(backoffMs({ failures, failingForMs, random: 1 })).toBe(max);
  });
});
