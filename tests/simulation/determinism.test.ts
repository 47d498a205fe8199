import { canonical } from '@foreshock/alert/severity';
import { foldTriage } from '@foreshock/alert/triage';
import {
  decodeTriage,
  emptyTriageState,
  encodeTriage,
  type TriageState,
} from '@foreshock/alert/triage-state';
import { type DetectState, emptyDetectState, foldDetect } from '@foreshock/detect/detect';
import { rulesOf } from '@foreshock/detect/rules';
import { decodeWatch, encodeWatch } from '@foreshock/detect/snapshot';
import { sortedJson } from '@foreshock/model/canonical-json';
import type { Incident } from '@foreshock/model/incident';
import type { MatchesRecord } from '@foreshock/model/match';
import type { SignalsRecord } from '@foreshock/model/signal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draftNight, matchesLog, nightConfig } from './small-night.ts';

const config = nightConfig();
const context = { revisionOf: () => config, isMine: () => true };

/** Folds `matches` into signals; at each crash point the state is replaced by its older snapshot and refolded. */
function detect(
  log: readonly MatchesRecord[],
  crashes: readonly { snapshotAt: number; crashAt: number }[] = [],
  restore: (state: DetectState) => DetectState = (state) => state,
): SignalsRecord[] {
  const signals: SignalsRecord[] = [];
  let state = emptyDetectState(0);
  const plan = [...crashes].sort((a, b) => a.crashAt - b.crashAt);
  let saved: { position: number; watches: unknown[] } | undefined;
  for (let offset = 0; offset < log.length; offset++) {
    const crash = plan[0];
    if (crash && offset === Math.min(crash.snapshotAt, crash.crashAt) && !saved)
      saved = { position: offset, watches: [...state.watches.values()].map(encodeWatch) };
    for (const output of foldDetect(state, { offset, record: log[offset]! }, context))
      if (output.kind === 'signal') signals.push(output.signal);
    if (crash && offset >= crash.crashAt && saved) {
      plan.shift();
      const restored = emptyDetectState(0);
      if (saved.watches.length > 0) {
        restored.revision = config;
        for (const encoded of saved.watches) {
          const watch = decodeWatch(encoded);
          restored.watches.set(watch.watch, watch);
          restored.rules.set(watch.watch, rulesOf(config.config.watches[0]!, config));
        }
      }
      state = restore(restored);
      offset = saved.position - 1;
      saved = undefined;
    }
  }
  return signals;
}

function triage(signals: readonly SignalsRecord[], crashEvery = Number.POSITIVE_INFINITY): Incident[] {
  let state: TriageState = emptyTriageState();
  state.revision = config;
  const incidents = new Map<string, Incident>();
  for (const [offset, record] of signals.entries()) {
    if (offset % crashEvery === crashEvery - 1)
      state = decodeTriage(JSON.parse(JSON.stringify(encodeTriage(state))), config);
    for (const output of foldTriage(state, { offset, record }, { revisionOf: () => config }))
      if (output.kind === 'incident') incidents.set(output.incident.id, output.incident);
  }
  return [...incidents.values()];
}

const night = (seed: number, people = 25) => draftNight({ seed, troublePeople: people });
const inOrder = (seed: number, people?: number) =>
  matchesLog(
    night(seed, people).map((draft) => ({ arrival: draft.eventTime, match: draft.match })),
    { watermarkLagMs: 60_000 },
  );

/** Incidents but for the place of their newest transition, which counts re-emitted signals too. */
const shown = (incidents: readonly Incident[]) =>
  incidents.map((incident) => sortedJson({ ...incident, revision: 0 }));

describe('the same matches give the same incidents', () => {
  test('a stock trouble opens one incident that ends', () => {
    const incidents = triage(detect(inOrder(1)));
    expect(incidents).toHaveLength(1);
    expect(incidents[0]!.state).toBe('resolved');
    expect(incidents[0]!.bursts.some((burst) => burst.series === 'issue:stock')).toBe(true);
  });

  test('calm nights stay calm', () => {
    for (let seed = 1; seed <= 10; seed++) expect(triage(detect(inOrder(seed, 0)))).toEqual([]);
  });

  test('crashes and restarts from any snapshot change nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
        (seed, points) => {
          const log = inOrder(seed);
          const crashes = points.map(([a, b]) => {
            const crashAt = Math.floor(Math.max(a, b) * (log.length - 1));
            return { crashAt, snapshotAt: Math.max(0, Math.floor(Math.min(a, b) * crashAt)) };
          });
          expect(shown(triage(detect(log, crashes)))).toEqual(shown(triage(detect(log))));
        },
      ),
      { numRuns: 12 },
    );
  });

  test('re-emitted matches, as after a crash of the stage before, change nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 2, max: 400 }), (seed, back) => {
        const log = inOrder(seed);
        const twice: MatchesRecord[] = [];
        for (const [i, record] of log.entries()) {
          twice.push(record);
          if (i % 500 === 499) twice.push(...log.slice(Math.max(0, i - back), i + 1));
        }
        const facts = (incidents: readonly Incident[]) =>
          incidents.map((incident) => sortedJson(canonical(incident)));
        expect(facts(triage(detect(twice)))).toEqual(facts(triage(detect(log))));
      }),
      { numRuns: 12 },
    );
  });

  test('control: without the origin check, re-emitted matches are caught by the identity window alone, and without both they count twice', () => {
    const log = inOrder(7, 4);
    const facts = (records: readonly MatchesRecord[]) => triage(detect(records)).length;
    expect(facts(log)).toBe(0);
    const unguarded: MatchesRecord[] = [];
    let offset = 0;
    for (const record of log) {
      const fresh = () => ({ partition: 0, offset: offset++ });
      unguarded.push({ ...record, origin: fresh() } as MatchesRecord);
      if (record.kind === 'match' && record.understanding.issues.length > 0)
        for (let copy = 1; copy < 4; copy++)
          unguarded.push({
            ...record,
            id: `${record.id}/${copy}`,
            author: record.author + copy,
            origin: fresh(),
          });
    }
    expect(facts(unguarded)).toBe(1);
  });

  test('triage restarted from its snapshot after every few signals gives the same incidents', () => {
    const signals = detect(inOrder(3));
    const withTicks: SignalsRecord[] = signals.flatMap((signal) => [
      { kind: 'tick', v: 1, at: 'at' in signal ? signal.at : 0 } as const,
      signal,
    ]);
    expect(triage(withTicks, 3)).toEqual(triage(withTicks));
  });
});

describe('the order of arrival within the allowed lateness', () => {
  test('does not change watch, trouble, final onset and closed-minute figures', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.array(fc.integer({ min: 0, max: 59_000 }), { minLength: 50, maxLength: 50 }),
        (seed, delays) => {
          const drafts = night(seed);
          const late = matchesLog(
            drafts.map((draft, i) => ({
              arrival: draft.eventTime + delays[i % delays.length]!,
              match: draft.match,
            })),
            { watermarkLagMs: 60_000 },
          );
          const facts = (log: readonly MatchesRecord[]) =>
            triage(detect(log)).map((incident) => sortedJson(canonical(incident)));
          expect(facts(late)).toEqual(facts(inOrder(seed)));
        },
      ),
      { numRuns: 25 },
    );
  });

  test('control: beyond the allowed lateness posts are late and the incident is lost', () => {
    const drafts = night(5);
    const delayed = matchesLog(
      drafts.map((draft) => ({
        arrival: draft.match.understanding.issues.length > 0 ? draft.eventTime + 3_600_000 : draft.eventTime,
        match: draft.match,
      })),
      { watermarkLagMs: 60_000 },
    );
    expect(triage(detect(inOrder(5)))).toHaveLength(1);
    expect(triage(detect(delayed))).toHaveLength(0);
  });
});
