import type { Severity } from '@foreshock/model/incident';
import type { Delivery, Notice, Transition } from '@foreshock/model/notice';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NIGHT, noticeOf } from '../../../../tests/fakes/notice.ts';
import { handOverdue } from './fallback.ts';
import { finishedRecord, pendingRecord } from './outcome.ts';
import { nextStep } from './plan.ts';
import { type DeliveryRules, incidentOf, type ReceiverRule } from './policy.ts';
import {
  disable,
  drop,
  finish,
  froze,
  type OfferedNotice,
  offer,
  postpone,
  type Suppressed,
  safePosition,
} from './progress.ts';
import { recover, recoverDelivery, recovered } from './restore.ts';
import { type DeliveryState, emptyState } from './state.ts';

const RECEIVERS = ['a', 'b', 'c'] as const;
const rules: DeliveryRules = {
  receivers: new Map<string, ReceiverRule>(
    RECEIVERS.map((id) => [
      id,
      {
        id,
        severity: id === 'b' ? 'critical' : 'warning',
        sendResolved: id !== 'c',
        ...(id === 'a' ? { fallback: 'c' } : {}),
        giveUpAfterMs: 3_600_000,
        replay: false,
        rollUpAbove: id === 'c' ? 3 : null,
      },
    ]),
  ),
  operators: ['c', 'b', 'a'],
};

type Answer = 'deliver' | 'retry' | 'lost-answer' | 'wait' | 'unreachable' | 'reject' | 'disable';
type Command =
  | {
      readonly do: 'tell';
      readonly incident: number;
      readonly severity: Severity;
      readonly to: readonly string[];
    }
  | { readonly do: 'work'; readonly receiver: string; readonly answer: Answer }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'crash' };

const commands = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('tell' as const),
        incident: fc.nat(5),
        severity: fc.constantFrom<Severity>('info', 'warning', 'critical'),
        to: fc.subarray([...RECEIVERS], { minLength: 1 }),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('work' as const),
        receiver: fc.constantFrom(...RECEIVERS),
        answer: fc.constantFrom<Answer>(
          'deliver',
          'deliver',
          'retry',
          'lost-answer',
          'wait',
          'unreachable',
          'reject',
          'disable',
        ),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('pass' as const),
        ms: fc.constantFrom(100, 5_000, 130_000, 4_000_000),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'crash' as const }) },
  ),
  { maxLength: 120, size: 'max' },
);

/** A shell without a network: the log it writes, and what receivers saw. */
class World {
  state: DeliveryState = emptyState(rules.receivers.keys());
  now = NIGHT;
  readonly log: OfferedNotice[] = [];
  readonly deliveries: Delivery[] = [];
  readonly seen: {
    readonly receiver: string;
    readonly key: string;
    readonly body: string;
    readonly notices: readonly string[];
  }[] = [];
  readonly dropped = new Set<string>();
  committed = 0;
  #rendered = 0;
  readonly #open = new Map<number, { state: 'open' | 'over'; severity: Severity }>();
  /** Left out by a control: the pending record, or the order of an incident. */
  readonly broken: 'nothing' | 'frozen-bodies' | 'order';

  constructor(broken: 'nothing' | 'frozen-bodies' | 'order' = 'nothing') {
    this.broken = broken;
  }

  tell(incident: number, severity: Severity, to: readonly string[]): void {
    const known = this.#open.get(incident);
    const transition: Transition = !known
      ? 'opened'
      : known.state === 'over'
        ? 'reopened'
        : severity === 'critical' && known.severity !== 'critical'
          ? 'escalated'
          : 'resolved';
    this.#open.set(incident, { state: transition === 'resolved' ? 'over' : 'open', severity });
    const notice: Notice = noticeOf(transition, {
      incident: `w-${incident}`,
      n: this.log.length,
      severity,
      receivers: to,
    });
    const offered = { offset: this.log.length, appendedAt: this.now, notice };
    this.log.push(offered);
    this.#suppress(offer(this.state, rules, offered));
  }

  #suppress(suppressed: readonly Suppressed[]): void {
    for (const { receiver, notice } of suppressed) this.dropped.add(`${receiver} ${notice}`);
  }

  /** One step of one receiver. Returns whether there was anything to do. */
  work(receiver: string, answer: Answer): boolean {
    handOverdue(this.state, rules, this.now);
    if (this.broken === 'order') this.state.lanes.get(receiver)!.busy.clear();
    const step = nextStep(this.state, rules, receiver, this.now);
    switch (step.kind) {
      case 'wait':
        return false;
      case 'freeze': {
        const body = `body ${this.#rendered++}`;
        const record = pendingRecord({
          receiver,
          key: step.key,
          groups: step.groups,
          body,
          contentType: 'text/plain',
          now: this.now,
        });
        if (this.broken !== 'frozen-bodies') this.deliveries.push(record);
        froze(this.state, record, this.now);
        return true;
      }
      case 'drop':
        for (const id of step.notices) this.dropped.add(`${receiver} ${id}`);
        drop(this.state, receiver, step.notices);
        return true;
      case 'discard': {
        const { key, group, reason } = step;
        const record = pendingRecord({
          receiver,
          key,
          groups: [group],
          body: '',
          contentType: '',
          now: this.now,
        });
        this.#finish(record, 'dead-lettered', reason);
        return true;
      }
      case 'dead-letter':
        this.#finish(step.frozen.delivery, 'dead-lettered', step.reason);
        return true;
      case 'attempt':
        this.#attempt(receiver, step.frozen.delivery, answer);
        return true;
    }
  }

  #attempt(receiver: string, delivery: Delivery, answer: Answer): void {
    const { key, body, notices } = delivery;
    if (answer === 'deliver' || answer === 'lost-answer') this.seen.push({ receiver, key, body, notices });
    if (answer === 'disable') disable(this.state, receiver, 'gone');
    if (answer === 'deliver') this.#finish(delivery, 'delivered');
    else if (answer === 'reject' || answer === 'disable') this.#finish(delivery, 'dead-lettered', answer);
    else this.#postpone(delivery, answer);
  }

  #postpone({ receiver, key }: Delivery, answer: Answer): void {
    const delivery = this.state.lanes.get(receiver)!.frozen.get(key)!.delivery;
    const verdict = postpone(this.state, rules, {
      receiver,
      key,
      now: this.now,
      random: 0.5,
      ...(answer === 'wait' ? { waitMs: 20_000 } : {}),
      unreachable: answer === 'unreachable',
    });
    if (verdict === 'give-up') this.#finish(delivery, 'dead-lettered', 'gave up');
  }

  #finish(delivery: Delivery, state: 'delivered' | 'dead-lettered', reason?: string): void {
    const record = finishedRecord(delivery, {
      state,
      attempts: 1,
      now: this.now,
      ...(reason ? { reason } : {}),
    });
    this.deliveries.push(record);
    finish(this.state, rules, record);
    this.committed = safePosition(this.state, this.log.length);
  }

  crash(): void {
    const recovery = recover(this.log.slice(this.committed));
    for (const delivery of this.deliveries) recoverDelivery(recovery, delivery);
    const back = recovered(recovery, rules, this.now);
    this.state = back.state;
    this.#suppress(back.suppressed);
  }

  /** Faults stop; everything must drain. */
  drain(): void {
    for (let turn = 0; turn < 400; turn++) {
      for (const receiver of RECEIVERS) while (this.work(receiver, 'deliver'));
      if (
        this.state.notices.size === 0 &&
        [...this.state.lanes.values()].every(({ frozen }) => frozen.size === 0)
      )
        return;
      this.now += 10_000;
    }
    throw new Error('it does not drain');
  }
}

function play(script: readonly Command[], world: World): World {
  for (const command of script)
    switch (command.do) {
      case 'tell':
        world.tell(command.incident, command.severity, command.to);
        break;
      case 'work':
        world.work(command.receiver, command.answer);
        break;
      case 'pass':
        world.now += command.ms;
        break;
      case 'crash':
        world.crash();
        break;
    }
  world.drain();
  return world;
}

const offsetOf = (id: string): number => Number(id.split('/')[1]);

/** The laws of delivery; what breaks them is returned. */
function faults({ log, deliveries, dropped, seen }: World): string[] {
  const found: string[] = [];
  const keys = new Map<string, string>();
  const bodies = new Map<string, string>();
  for (const { receiver, key, body, notices } of seen) {
    if ((bodies.get(key) ?? body) !== body) found.push(`two bodies under ${key}`);
    bodies.set(key, body);
    for (const id of notices) {
      if ((keys.get(`${receiver} ${id}`) ?? key) !== key)
        found.push(`${receiver}: ${id} told under two keys`);
      keys.set(`${receiver} ${id}`, key);
    }
  }
  const newest = new Map(deliveries.map((delivery) => [delivery.key, delivery]));
  const finished = new Set<string>();
  for (const delivery of newest.values()) {
    if (delivery.state === 'pending') found.push(`${delivery.key} is pending for ever`);
    for (const id of delivery.notices) finished.add(`${delivery.receiver} ${id}`);
  }
  for (const { notice } of log)
    for (const receiver of notice.receivers) {
      const name = `${receiver} ${notice.id}`;
      if (!finished.has(name) && !dropped.has(name)) found.push(`${name} is lost`);
    }
  const last = new Map<string, number>();
  const told = new Set<string>();
  for (const { receiver, key, notices } of seen) {
    if (told.has(key)) continue;
    told.add(key);
    for (const id of notices) {
      const lane = `${receiver} ${incidentOf(id)}`;
      const offset = offsetOf(id);
      if (offset <= (last.get(lane) ?? -1)) found.push(`${lane}: ${offset} after ${last.get(lane)}`);
      last.set(lane, offset);
    }
  }
  return found;
}

const RUNS = Number(process.env['FORESHOCK_PROPERTY_RUNS'] ?? 500);

describe('whatever receivers answer, whenever the process dies', () => {
  test('no notice is lost, told under two keys or in two wordings, or out of order in its incident', () => {
    fc.assert(
      fc.property(commands, (script) => {
        expect(faults(play(script, new World()))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  test('a page reaches somebody as long as one receiver of last resort takes bodies', () => {
    // The last resort fails for a while, but refuses nothing and is not away for longer than `giveUpAfterMs`.
    const kind = (script: readonly Command[]): Command[] =>
      script.flatMap((command): Command[] => {
        if (command.do === 'pass') return [{ ...command, ms: Math.min(command.ms, 20_000) }];
        const refuses = command.do === 'work' && ['reject', 'disable'].includes(command.answer);
        return refuses && command.receiver === 'c' ? [{ ...command, answer: 'retry' }] : [command];
      });
    fc.assert(
      fc.property(commands, (script) => {
        const world = play(kind(script), new World());
        // Whoever has something newer of an incident is not told the older: then that counts.
        const newest = new Map<string, number>();
        for (const id of world.seen.flatMap(({ notices }) => notices))
          newest.set(incidentOf(id), Math.max(newest.get(incidentOf(id)) ?? -1, offsetOf(id)));
        const unreached = world.log.filter(
          ({ notice }) =>
            notice.transition !== 'resolved' &&
            notice.incident.severity === 'critical' &&
            (newest.get(notice.incident.id) ?? -1) < offsetOf(notice.id),
        );
        expect(unreached.map(({ notice }) => notice.id)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  test.each([
    ['frozen-bodies', /two bodies|two keys|lost/],
    ['order', /after/],
  ] as const)('control: without %s it finds the fault', (broken, fault) => {
    const found = fc.sample(commands, { numRuns: 400, seed: 7 }).flatMap((script) => {
      try {
        return faults(play(script, new World(broken)));
      } catch {
        return [];
      }
    });
    expect(found.some((one) => fault.test(one))).toBe(true);
  });
});
