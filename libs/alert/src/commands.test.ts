import type { CommandVerb } from '@foreshock/model/signal';
import { describe, expect, test } from 'vitest';
import { HOUR, type TriageHistory, timeOf, triageHistory } from './testing/triage-history.ts';
import { COMMANDS_KEPT } from './triage-state.ts';

const VERBS: readonly CommandVerb[] = [
  'acknowledge',
  'unacknowledge',
  'assign',
  'snooze',
  'resolve',
  'silence',
  'note',
  'not-useful',
];
const critical = { people: 22, threshold: 11, rarityDays: 400 };

function opened(config = {}): TriageHistory {
  const history = triageHistory(config);
  history.tick(10);
  history.burst({ minute: 10 });
  return history;
}

describe('a command', () => {
  test.each(VERBS)('“%s” sent twice is carried out once', (verb) => {
    const history = opened();
    const command = { verb, id: 'slack-action-7', watch: 'orion', until: timeOf(60), note: 'x' } as const;
    history.command(command);
    const before = structuredClone(history.state);
    expect(history.command(command)).toEqual([]);
    expect(history.state).toEqual(before);
  });

  test.each(VERBS.filter((verb) => verb !== 'silence'))(
    '“%s” for an incident that nobody knows does nothing',
    (verb) => {
      const history = opened();
      expect(history.command({ verb, incident: 'orion-9' })).toEqual([]);
      expect(history.command({ verb, incident: undefined })).toEqual([]);
    },
  );

  test('is remembered within bounds, the newest last', () => {
    const history = opened();
    for (let i = 0; i < COMMANDS_KEPT + 10; i++) history.command({ verb: 'note', id: `n${i}`, note: 'x' });
    expect(history.state.commands.size).toBe(COMMANDS_KEPT);
    expect(history.command({ verb: 'note', id: `n${COMMANDS_KEPT + 9}`, note: 'x' })).toEqual([]);
  });

  test('stands in the timeline with who, from where and what they said', () => {
    const history = opened();
    history.command({ verb: 'note', note: 'the shop knows', actor: 'kim', via: 'slack', at: timeOf(12) });
    expect(history.incident().timeline.at(-1)).toEqual({
      at: timeOf(12),
      what: 'note',
      who: 'kim (slack)',
      note: 'the shop knows',
    });
  });

  test('of somebody with a very long name is cut to what a timeline holds', () => {
    const history = opened();
    history.command({ verb: 'note', note: 'x', actor: 'k'.repeat(128), via: 'v'.repeat(64) });
    expect(history.incident().timeline.at(-1)!.who).toHaveLength(128);
  });
});

describe('acknowledging', () => {
  test('is told, and says who', () => {
    const history = opened();
    history.command({ verb: 'acknowledge', at: timeOf(12) });
    expect(history.incident()).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'kim',
      acknowledgedAt: timeOf(12),
    });
    expect(history.told()).toEqual(['opened orion-1', 'acknowledged orion-1']);
  });

  test('what somebody has acknowledged changes nothing: the first keeps it', () => {
    const history = opened();
    history.command({ verb: 'acknowledge', actor: 'kim' });
    expect(history.command({ verb: 'acknowledge', actor: 'robin' })).toEqual([]);
    expect(history.incident().acknowledgedBy).toBe('kim');
  });

  test('before the first message is out sends no message of its own', () => {
    const history = opened({ incidents: { groupWait: '5m' } });
    history.command({ verb: 'acknowledge' });
    expect(history.told()).toEqual([]);
  });

  test('can be taken back', () => {
    const history = opened();
    history.command({ verb: 'acknowledge' });
    history.command({ verb: 'unacknowledge' });
    expect(history.incident().state).toBe('open');
    expect(history.incident().acknowledgedBy).toBeUndefined();
    expect(history.incident().acknowledgedAt).toBeUndefined();
  });

  test('cannot be taken back where nobody did', () => {
    expect(opened().command({ verb: 'unacknowledge' })).toEqual([]);
  });
});

describe('what is over', () => {
  test.each(['acknowledge', 'snooze', 'resolve', 'unacknowledge'] as const)(
    'cannot be changed by “%s”',
    (verb) => {
      const history = opened();
      history.burst({ minute: 60, phase: 'end' });
      history.command({ verb });
      expect(history.incident().state).toBe('resolved');
      expect(history.told()).toEqual(['opened orion-1', 'resolved orion-1']);
    },
  );

  test.each(['note', 'not-useful', 'assign'] as const)('can still be told by “%s” what it was', (verb) => {
    const history = opened();
    history.burst({ minute: 60, phase: 'end' });
    expect(history.command({ verb, note: 'robin' })).toHaveLength(1);
    expect(history.incident().state).toBe('resolved');
  });
});

describe('resolving by hand', () => {
  test('ends the incident now and tells so', () => {
    const history = opened();
    history.command({ verb: 'resolve', at: timeOf(15) });
    expect(history.incident()).toMatchObject({
      state: 'resolved',
      resolvedAt: timeOf(15),
      endedAt: timeOf(15),
    });
    expect(history.incident().timeline.at(-1)).toMatchObject({ what: 'resolved', who: 'kim (cli)' });
    expect(history.told()).toEqual(['opened orion-1', 'resolved orion-1']);
  });

  test('before the first message is out leaves one message', () => {
    const history = opened({ incidents: { groupWait: '5m' } });
    history.command({ verb: 'resolve' });
    history.tick(30);
    expect(history.told()).toEqual(['opened orion-1']);
  });

  test('what goes on to grow opens it again', () => {
    const history = opened();
    history.command({ verb: 'resolve', at: timeOf(15) });
    history.burst({ minute: 20, phase: 'growth' });
    expect(history.told().at(-1)).toBe('reopened orion-1');
  });
});

describe('snoozing', () => {
  test.each([
    ['a moment before', 59.99, 'snoozed', 1],
    ['exactly when', 60, 'open', 2],
  ])('ends in a reminder when its time is over: %s', (_what, minute, state, notices) => {
    const history = opened();
    history.command({ verb: 'snooze', until: timeOf(60) });
    history.tick(minute);
    expect(history.incident().state).toBe(state);
    expect(history.notices).toHaveLength(notices);
    expect(history.incident().snoozedUntil !== undefined).toBe(state === 'snoozed');
  });

  test('lasts twelve hours where nobody says how long', () => {
    const history = opened();
    history.command({ verb: 'snooze', at: timeOf(20) });
    expect(history.incident().snoozedUntil).toBe(timeOf(20) + 12 * HOUR);
  });

  test('ends at once when it gets worse', () => {
    const history = opened();
    history.command({ verb: 'snooze' });
    history.burst({ minute: 20, phase: 'growth', figures: { rarityDays: 60 } });
    expect(history.incident().state).toBe('snoozed');
    history.burst({ minute: 30, phase: 'growth', figures: critical });
    expect(history.incident().state).toBe('open');
    expect(history.incident().snoozedUntil).toBeUndefined();
    expect(history.told()).toEqual(['opened orion-1', 'escalated orion-1']);
  });
});

describe('silencing a watch', () => {
  const silenced = (until: number, config = {}): TriageHistory => {
    const history = triageHistory(config);
    history.tick(0);
    history.command({ verb: 'silence', watch: 'orion', until: timeOf(until) });
    return history;
  };

  test('keeps its incidents, and tells nobody', () => {
    const history = silenced(60);
    history.burst({ minute: 10 });
    history.burst({ minute: 11, phase: 'growth', figures: critical });
    expect(history.incident()).toMatchObject({ state: 'open', severity: 'critical' });
    expect(history.told()).toEqual([]);
  });

  test('is about that watch alone', () => {
    const history = silenced(60);
    history.burst({ minute: 10, watch: 'lyra' });
    expect(history.told()).toEqual(['opened lyra-1']);
  });

  test('needs to say until when', () => {
    const history = triageHistory();
    history.tick(0);
    history.command({ verb: 'silence', watch: 'orion' });
    history.burst({ minute: 10 });
    expect(history.told()).toEqual(['opened orion-1']);
  });

  test('what was opened aloud before is also ended aloud', () => {
    const history = opened();
    history.command({ verb: 'silence', watch: 'orion', until: timeOf(600) });
    history.burst({ minute: 60, phase: 'end' });
    expect(history.told()).toEqual(['opened orion-1', 'resolved orion-1']);
  });

  test('what began and ended in it was never told', () => {
    const history = silenced(600);
    history.burst({ minute: 10 });
    history.burst({ minute: 60, phase: 'end' });
    history.tick(700);
    expect(history.told()).toEqual([]);
  });

  test.each([
    ['a moment before its end', 59.99, []],
    ['at its end', 60, ['opened orion-1']],
  ])('what is still on when it is over is told then: %s', (_what, minute, told) => {
    const history = silenced(60);
    history.burst({ minute: 10 });
    history.tick(minute);
    expect(history.told()).toEqual(told);
    if (told.length > 0) {
      history.tick(minute + 1);
      expect(history.told()).toEqual(told);
    }
  });

  test('what waited for its group in it is told when it is over', () => {
    const history = silenced(60, { incidents: { groupWait: '2m' } });
    history.burst({ minute: 10 });
    history.tick(20);
    expect(history.told()).toEqual([]);
    history.tick(60);
    expect(history.told()).toEqual(['opened orion-1']);
  });

  test('what came back in it is told when it is over', () => {
    const history = opened();
    history.burst({ minute: 20, phase: 'end' });
    history.tick(21);
    history.command({ verb: 'silence', watch: 'orion', until: timeOf(60) });
    history.burst({ minute: 30, n: 2 });
    expect(history.told()).toEqual(['opened orion-1', 'resolved orion-1']);
    history.tick(60);
    expect(history.told().at(-1)).toBe('reopened orion-1');
  });

  test('what somebody took meanwhile needs no message at its end', () => {
    const history = silenced(60);
    history.burst({ minute: 10 });
    history.command({ verb: 'acknowledge' });
    history.tick(60);
    expect(history.told()).toEqual([]);
  });

  test('can be ended by a silence that is already over', () => {
    const history = silenced(600);
    history.command({ verb: 'silence', watch: 'orion', until: timeOf(0) });
    history.burst({ minute: 10 });
    expect(history.told()).toEqual(['opened orion-1']);
  });
});
