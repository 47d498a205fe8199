import type { ConfigRevision, Watch } from '@foreshock/model/config';
import type { MatchesRecord } from '@foreshock/model/match';
import type { MentionsRecord, SourceStatus } from '@foreshock/model/mention';
import { beforeEach, describe, expect, test } from 'vitest';
import { type DetectOutput, type DetectState, emptyDetectState, foldDetect } from './detect.ts';
import { MINUTE, matchOf, type Said, timeOf } from './testing/watch-life.ts';

const orion: Watch = { id: 'orion', any: ['orion'] };
const lyra: Watch = { id: 'lyra', any: ['lyra'] };
const source = (name: string) => ({ name, kind: 'push' }) as const;

/** The revisions of these tests by number. */
let revisions: Map<number, ConfigRevision>;
let state: DetectState;
let offset: number;

const revision = (number: number, config: Partial<ConfigRevision['config']>): void => {
  revisions.set(number, {
    v: 1,
    revision: number,
    identityKey: '0'.repeat(32),
    packs: [],
    config: {
      version: 1,
      lateness: '5m',
      watches: [orion, lyra],
      sources: [source('x'), source('shop')],
      ...config,
    },
  });
};

beforeEach(() => {
  revisions = new Map();
  state = emptyDetectState(0);
  offset = 0;
  revision(1, {});
});

const context = {
  revisionOf: (number: number) => revisions.get(number)!,
  isMine: () => true,
};

function fold(record: MatchesRecord, at = offset++): DetectOutput[] {
  return foldDetect(state, { offset: at, record }, context);
}

const forward = (
  record: Extract<MatchesRecord, { kind: 'forwarded' }>['record'],
  at = offset,
): DetectOutput[] => fold({ kind: 'forwarded', v: 1, origin: { partition: 0, offset: at }, record });
const marker = (number: number, minute: number) =>
  forward({ op: 'config', source: 'foreshock', eventTime: timeOf(minute), v: 1, revision: number });
const status = (minute: number, options: Partial<SourceStatus> = {}) =>
  forward({
    op: 'status',
    source: 'x',
    eventTime: timeOf(minute),
    v: 1,
    name: 'x',
    mode: 'streaming',
    state: 'connected',
    completeUpTo: timeOf(minute),
    ...options,
  });
const post = (said: Said, watch = 'orion') => fold({ ...matchOf(said, { partition: 0, offset }), watch });

const fates = (outputs: readonly DetectOutput[]) =>
  outputs.flatMap((output) => (output.kind === 'fate' ? [`${output.watch} ${output.fate}`] : []));
const sightsIn = (outputs: readonly DetectOutput[]) =>
  outputs.flatMap((output) =>
    output.kind === 'signal' && output.signal.kind === 'sight'
      ? [`${output.signal.watch} ${output.signal.state} ${output.signal.source}`]
      : [],
  );
const watch = (id = 'orion') => state.watches.get(id)!;
/** A week of talk, at five posts an hour, told at every minute. */
function live(from: number, to: number): void {
  for (let minute = from; minute < to; minute++) {
    status(minute);
    status(minute, { name: 'shop', mode: 'pushed' });
    if (minute % 12 === 0) post({ minute: minute + 0.5, author: minute });
  }
}

describe('before the first config marker', () => {
  test('nothing is counted', () => {
    expect(post({ minute: 1, author: 1 })).toEqual([]);
    expect(status(2)).toEqual([]);
    expect(state.watches.size).toBe(0);
  });
});

describe('a config marker', () => {
  test('starts its watches', () => {
    marker(1, 0);
    expect([...state.watches.keys()]).toEqual(['orion', 'lyra']);
    expect(fates(post({ minute: 1, author: 1 }))).toEqual(['orion counted']);
  });

  test('starts those alone that live in this partition', () => {
    foldDetect(
      state,
      {
        offset: 0,
        record: {
          kind: 'forwarded',
          v: 1,
          origin: { partition: 0, offset: 0 },
          record: { op: 'config', source: 'foreshock', eventTime: timeOf(0), v: 1, revision: 1 },
        },
      },
      { ...context, isMine: (id) => id === 'lyra' },
    );
    expect([...state.watches.keys()]).toEqual(['lyra']);
    expect(post({ minute: 1, author: 1 })).toEqual([]);
  });

  test('that comes again changes nothing', () => {
    marker(1, 0);
    live(0, 60);
    const before = structuredClone(watch());
    marker(1, 60);
    const { position: _before, origins: _origins, ...kept } = before;
    expect(watch()).toMatchObject(kept);
  });

  test('of an older revision changes nothing', () => {
    revision(2, { watches: [orion] });
    marker(2, 0);
    marker(1, 1);
    expect(state.revision?.revision).toBe(2);
    expect([...state.watches.keys()]).toEqual(['orion']);
  });

  test('that changes how a watch pages keeps what it has learned', () => {
    revision(2, { watches: [{ ...orion, page: { rarity: '1d', people: 9 } }, lyra] });
    marker(1, 0);
    live(0, 300);
    const { sightedMinutes } = watch();
    expect(sightedMinutes).toBeGreaterThan(200);
    marker(2, 300);
    expect(watch().sightedMinutes).toBe(sightedMinutes);
    expect(state.rules.get('orion')!.page).toEqual({ days: 1, people: 9 });
    expect(watch().revision).toBe(2);
  });

  test('that changes what a watch matches starts it anew, and leaves the others alone', () => {
    revision(2, { watches: [{ ...orion, any: ['orion', 'orion x'] }, lyra] });
    marker(1, 0);
    live(0, 300);
    const others = structuredClone(watch('lyra').series);
    marker(2, 300);
    expect(watch().sightedMinutes).toBe(0);
    expect(watch().counters.counted).toBe(0);
    expect(watch('lyra').series).toEqual(others);
  });

  test('that removes a watch stops it: its matches count no more', () => {
    revision(2, { watches: [lyra] });
    marker(1, 0);
    marker(2, 1);
    expect(post({ minute: 2, author: 1 })).toEqual([]);
    expect(fates(post({ minute: 2, author: 1 }, 'lyra'))).toEqual(['lyra counted']);
  });
});

describe('a source that a config removes', () => {
  const withoutShop = () => revision(2, { sources: [source('x')] });

  test('does not hold the watermark back for ever', () => {
    withoutShop();
    marker(1, 0);
    live(0, 60);
    status(60, { name: 'shop', mode: 'pushed', state: 'stopped' });
    marker(2, 60);
    status(90);
    expect(watch().closedMinute).toBe(timeOf(90) / MINUTE);
  });

  test('while it is silent does not leave its watches blind for ever, and this is told', () => {
    withoutShop();
    marker(1, 0);
    live(0, 60);
    for (let minute = 60; minute < 70; minute++) {
      status(minute);
      status(minute, { name: 'shop', mode: 'pushed', state: 'disconnected', completeUpTo: timeOf(59) });
    }
    expect(sightsIn(marker(2, 70)).sort()).toEqual(['lyra sighted shop', 'orion sighted shop']);
    const before = watch().sightedMinutes;
    for (let minute = 70; minute < 130; minute++) status(minute);
    expect(watch().sightedMinutes).toBeGreaterThan(before + 40);
  });

  test('while it is heard is told to nobody', () => {
    withoutShop();
    marker(1, 0);
    live(0, 60);
    expect(sightsIn(marker(2, 60))).toEqual([]);
  });

  test('control: one that stays does hold the watermark', () => {
    revision(2, {});
    marker(1, 0);
    live(0, 60);
    marker(2, 60);
    status(63);
    expect(watch().closedMinute).toBe(timeOf(59) / MINUTE);
  });
});

describe('a watch that is blind', () => {
  const silence = () => {
    for (let minute = 60; minute < 70; minute++)
      status(minute, { state: 'disconnected', completeUpTo: timeOf(59) });
  };

  test('and is removed is told as not blind any more', () => {
    revision(2, { watches: [lyra] });
    marker(1, 0);
    live(0, 60);
    silence();
    expect(sightsIn(marker(2, 70))).toEqual(['orion sighted x']);
  });

  test('and matches otherwise from now on is still blind, and is told once when it sees', () => {
    revision(2, { watches: [{ ...orion, any: ['orion x'] }, lyra] });
    marker(1, 0);
    live(0, 60);
    silence();
    expect(sightsIn(marker(2, 70))).toEqual([]);
    expect(sightsIn(status(71, { state: 'disconnected', completeUpTo: timeOf(59) }))).toEqual([]);
    expect(sightsIn(status(72)).sort()).toEqual(['lyra sighted x', 'orion sighted x']);
  });

  test('and no longer listens to what is silent is not blind any more', () => {
    revision(2, { watches: [{ ...orion, sources: ['shop'] }, lyra] });
    marker(1, 0);
    live(0, 60);
    silence();
    expect(sightsIn(marker(2, 70))).toEqual(['orion sighted x']);
    expect(sightsIn(status(72))).toEqual(['lyra sighted x']);
  });
});

describe('records that come again', () => {
  test('are ignored by their origin, with whatever offset they stand in the log now', () => {
    marker(1, 0);
    const first = { ...matchOf({ minute: 1, author: 1 }, { partition: 0, offset: 50 }), watch: 'orion' };
    const second = { ...matchOf({ minute: 1, author: 2 }, { partition: 0, offset: 51 }), watch: 'orion' };
    const seen = [first, second, first, second].map((record) => fates(fold(record))[0]);
    expect(seen).toEqual(['orion counted', 'orion counted', 'orion re-emitted', 'orion re-emitted']);
  });

  test('of another partition of mentions are their own', () => {
    marker(1, 0);
    const at = (partition: number) => ({
      ...matchOf({ minute: 1, author: 1, id: `p${partition}` }, { partition, offset: 50 }),
      watch: 'orion',
    });
    expect(fates(fold(at(0)))).toEqual(['orion counted']);
    expect(fates(fold(at(1)))).toEqual(['orion counted']);
  });

  test('below the position of a restored watch are not folded', () => {
    marker(1, 0);
    watch().position = 100;
    expect(
      fold({ ...matchOf({ minute: 1, author: 1 }, { partition: 0, offset: 9 }), watch: 'orion' }, 99),
    ).toEqual([]);
    expect(
      fates(
        fold({ ...matchOf({ minute: 1, author: 1 }, { partition: 0, offset: 10 }), watch: 'orion' }, 100),
      ),
    ).toEqual(['orion counted']);
  });

  test('a status that comes again is not folded twice', () => {
    marker(1, 0);
    status(10);
    const closed = watch().closedMinute;
    const again: MentionsRecord = {
      op: 'status',
      source: 'x',
      eventTime: timeOf(30),
      v: 1,
      name: 'x',
      mode: 'streaming',
      state: 'connected',
      completeUpTo: timeOf(30),
    };
    fold({ kind: 'forwarded', v: 1, origin: { partition: 0, offset: 1 }, record: again });
    expect(watch().closedMinute).toBe(closed);
  });
});

describe('what comes of a record', () => {
  /** A day of talk, then an evening on which two dozen people report one and the same. */
  function night(): DetectOutput[] {
    revision(1, {
      watches: [{ ...orion, issues: ['stock'], page: { rarity: '1d' } }],
      sources: [source('x')],
    });
    marker(1, 0);
    for (let minute = 0; minute < 1_600; minute++) {
      status(minute);
      if (minute % 12 === 0) post({ minute: minute + 0.5, author: minute });
    }
    const outputs: DetectOutput[] = [];
    for (let i = 0; i < 24; i++)
      outputs.push(
        ...post({ minute: 1_599 + i / 30, author: 9_000 + i, id: `t${i}`, issues: ['stock'], shares: i }),
      );
    return outputs;
  }

  test('carries its origin, and is numbered from 0 in each record', () => {
    const signals = night().flatMap((output) => (output.kind === 'signal' ? [output.signal] : []));
    expect(signals.length).toBeGreaterThan(0);
    const byOrigin = Map.groupBy(signals, ({ origin }) => origin.offset);
    for (const [, group] of byOrigin) expect(group.map(({ index }) => index)).toEqual(group.map((_, i) => i));
    expect(signals.every(({ origin }) => origin.partition === 0 && origin.offset < offset)).toBe(true);
  });

  test('asks for the texts of exactly the posts that a burst shows, by where they stand', () => {
    const outputs = night();
    const at = outputs.findIndex(({ kind }) => kind === 'signal');
    const signal = outputs[at];
    const evidence = outputs[at + 1];
    if (signal?.kind !== 'signal' || signal.signal.kind !== 'burst' || evidence?.kind !== 'evidence')
      throw new Error('a burst is followed by its evidence');
    const { firstPosts, mostShared } = signal.signal.explanation;
    expect(new Set(evidence.refs.map(({ id }) => id))).toEqual(new Set([...firstPosts, ...mostShared]));
    expect(firstPosts).toEqual(['t0', 't1', 't2']);
    expect(evidence.refs.every((ref) => ref.watch === 'orion' && ref.partition === 0)).toBe(true);
  });

  test('a heartbeat goes on', () => {
    marker(1, 0);
    expect(forward({ op: 'heartbeat', source: 'foreshock', eventTime: timeOf(3), v: 1, id: 'hb' })).toEqual([
      { kind: 'heartbeat', id: 'hb', sentAt: timeOf(3) },
    ]);
  });

  test('holds no text of any post', () => {
    revision(1, { watches: [orion] });
    expect(JSON.stringify(night())).not.toContain('secret');
    const said = {
      ...matchOf({ minute: 1_599.9, author: 1, issues: ['stock'] }, { partition: 0, offset }),
      watch: 'orion',
    };
    expect(JSON.stringify(fold({ ...said, content: 'a secret', authorName: 'secret' }))).not.toContain(
      'secret',
    );
    expect(JSON.stringify([...watch().series])).not.toContain('secret');
  });
});
