import { afterAll, beforeAll, describe } from 'vitest';
import { appendCases } from './append.cases.ts';
import type { Fixture } from './fixture.ts';
import { memberCases } from './member.cases.ts';
import { removalCases } from './removal.cases.ts';
import { scanCases } from './scan.cases.ts';

export interface ConformanceOptions {
  /** Erasing removes values before it resolves, not by a later compaction. */
  readonly erasesAtOnce?: boolean;
  /** Appends may repeat records or be torn: reading then shows some twice. */
  readonly repeats?: boolean;
  /** At most so many runs of a property: a driver that crosses a network takes its time. */
  readonly runs?: number;
}

/** What the cases of one driver share. */
export interface Cases extends ConformanceOptions {
  readonly fixture: () => Fixture;
  /** Another log, for cases that close theirs. */
  readonly another: () => Promise<Fixture>;
}

/**
 * What every driver must do, and nothing that only one of them does: offsets may be sparse, members may wait for
 * their partitions, appends may repeat records, compaction may happen or not. Nothing here sleeps; what is awaited is
 * awaited as a promise.
 */
export function describeTopicLog(
  name: string,
  factory: () => Promise<Fixture>,
  options: ConformanceOptions = {},
): void {
  describe(`the log contract: ${name}`, () => {
    let fixture: Fixture;
    beforeAll(async () => {
      fixture = await factory();
    });
    afterAll(() => fixture.dispose());
    const cases: Cases = { ...options, fixture: () => fixture, another: factory };
    describe('appending', () => appendCases(cases));
    describe('scanning', () => scanCases(cases));
    describe('members', () => memberCases(cases));
    describe('what leaves a log', () => removalCases(cases));
  });
}
