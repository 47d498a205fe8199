import { encodeJson } from '@foreshock/model/canonical-json';
import type { EvidenceText } from '@foreshock/model/incident';
import type { SeriesMinute } from '@foreshock/model/series';
import type { Burst, SignalsRecord } from '@foreshock/model/signal';
import { openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { readSnapshots, snapshotKey } from '@foreshock/runtime/snapshots';
import { drainAndStop, type RunningStage, runStage } from '@foreshock/runtime/stage-runner';
import { partitionOf } from '@foreshock/topic-log/contract';
import { beforeEach, describe, expect, test } from 'vitest';
import { detectStage } from './detect-stage.ts';
import { startDetector } from './detector-service.ts';
import {
  configOf,
  type DetectorStore,
  MINUTE,
  mentionOf,
  openDetectorStore,
  START,
  STOCK,
  statusOf,
} from './testing/detector-store.ts';

let store: DetectorStore;
beforeEach(async () => {
  store = await openDetectorStore();
});

const partitions = () => store.log.partitions('matches');
async function start(over: Partial<DetectorStore> = {}): Promise<RunningStage> {
  const options = { ...store, ...over };
  return startDetector(options);
}
/** Folds all there is and stops, as a process does. */
async function fold(): Promise<void> {
  const running = await start();
  await running.caughtUp;
  await running.drained();
  await running.stop();
}
async function startDetectAlone(over: Partial<DetectorStore> = {}): Promise<RunningStage> {
  const options = { ...store, ...over };
  return runStage({ ...options, stage: detectStage({ ...options, matchesPartitions: await partitions() }) });
}

/** Statuses from minute `from` to `to`, with a post each tenth minute. */
async function talk(from: number, to: number): Promise<void> {
  for (let minute = from; minute < to; minute += 5) {
    await store.mention(statusOf(minute));
    if (minute % 10 === 0)
      await store.mention(mentionOf({ minute: minute + 0.5, attributedTo: { id: `p${minute}` } }));
  }
}
/** Thirty people find nothing left in a minute, each in words of their own. */
async function trouble(minute: number): Promise<void> {
  for (let i = 0; i < 30; i++)
    await store.mention(
      mentionOf({
        minute: minute + i / 60,
        id: `till:trouble-${i}`,
        content: `the orion is sold out, says ${'abcdefghij'[i % 10]}${i}`,
        attributedTo: { id: `angry-${i}`, preferredUsername: `angry.${i}` },
      }),
    );
}
const LEARNED = 26 * 60;
async function night(): Promise<void> {
  await store.revisions.adopt(configOf('orion'), [STOCK]);
  await talk(0, LEARNED);
  await store.mention(statusOf(LEARNED));
  await trouble(LEARNED);
  for (let minute = LEARNED; minute <= LEARNED + 300; minute++) await store.mention(statusOf(minute));
}
const bursts = async () =>
  (await store.records<SignalsRecord>('signals')).flatMap(({ value }) =>
    value.kind === 'burst' ? [value] : [],
  );
const stock = (list: readonly Burst[]) =>
  list.filter(({ series }) => series === 'issue:stock').map(({ phase }) => phase);
const snapshots = async () => (await readSnapshots(store.log, 'detect')).get(0) ?? [];

describe('from matches', () => {
  test('come the bursts of a night, the minutes of the graph and the texts of the evidence', async () => {
    await night();
    await fold();
    const told = await bursts();
    expect(stock(told)[0]).toBe('onset');
    expect(stock(told).at(-1)).toBe('end');
    const minutes = (await store.records<SeriesMinute>('series')).map(({ value }) => value.minute);
    expect(minutes.at(-1)).toBe(START + (LEARNED + 299) * MINUTE);
    expect(new Set(minutes).size).toBe(minutes.length);
    const texts = await store.records<EvidenceText>('texts');
    const shown = new Set(
      told.flatMap(({ explanation }) => [...explanation.firstPosts, ...explanation.mostShared]),
    );
    expect(new Set(texts.map(({ key }) => key))).toEqual(shown);
    expect(texts.find(({ key }) => key === 'till:trouble-0')!.value).toMatchObject({
      watch: 'orion',
      content: 'the orion is sold out, says a0',
      authorName: 'angry.0',
    });
  });

  test('come the same bursts, whenever it was stopped in between', async () => {
    await store.revisions.adopt(configOf('orion'), [STOCK]);
    await talk(0, LEARNED);
    await fold();
    await store.mention(statusOf(LEARNED));
    await fold();
    await trouble(LEARNED);
    await fold();
    for (let minute = LEARNED; minute <= LEARNED + 300; minute++) await store.mention(statusOf(minute));
    await fold();
    const stopped = await bursts();
    const whole = await openDetectorStore();
    const before = store;
    store = whole;
    await night();
    await fold();
    const facts = (list: readonly Burst[]) =>
      list.map(({ burst, phase, figures, at }) => ({ burst, phase, figures, at }));
    expect(facts(stopped)).toEqual(facts(await bursts()));
    expect(before).not.toBe(store);
  });

  test('no post stands in a snapshot', async () => {
    await night();
    await fold();
    const text = JSON.stringify(await snapshots());
    expect(text).not.toContain('angry.');
    expect(text).not.toContain('says');
  });

  test('a heartbeat goes on to triage, once, whatever the partitions', async () => {
    store = await openDetectorStore(3);
    await store.revisions.adopt(configOf('orion'), []);
    await store.mention({ op: 'heartbeat', source: 'foreshock', eventTime: START, v: 1, id: 'hb' });
    await fold();
    const beats = (await store.records<SignalsRecord>('signals')).filter(
      ({ value }) => value.kind === 'forwarded' && value.record.op === 'heartbeat',
    );
    // Each partition of mentions carries it, and one partition of matches hands each of those on.
    expect(beats).toHaveLength(3);
  });

  test('the account closes: matches are counted, duplicates, late or re-emitted', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await talk(0, 300);
    await store.mention(mentionOf({ minute: 10.5, id: 'till:late' }));
    await store.mention(mentionOf({ minute: 299, id: 'till:a' }), mentionOf({ minute: 299, id: 'till:a' }));
    await fold();
    const { values } = await store.metrics.matches.get();
    const fates = Object.fromEntries(values.map(({ labels, value }) => [labels.fate, value]));
    expect(fates).toEqual({ counted: 31, duplicate: 1, late: 1 });
    expect((await store.metrics.late.get()).values[0]!.value).toBe(1);
  });
});

describe('a restart', () => {
  test('folds again only what came after the snapshot', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await talk(0, 100);
    await fold();
    const before = (await store.records('series')).length;
    await fold();
    expect(await store.records('series')).toHaveLength(before);
  });

  test('in a process that does not know the config of the snapshot yet reads it first', async () => {
    const early = await openConfigRevisions(store.log, store.clock);
    await store.revisions.adopt(configOf('orion'), []);
    await talk(0, 100);
    await fold();
    const running = await startDetectAlone({ revisions: early });
    await running.caughtUp;
    await running.stop();
  });

  test('from snapshots of another state version folds all of it again', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await talk(0, 100);
    await fold();
    const minutes = (await store.records('series')).length;
    const [snapshot] = await snapshots();
    const older = { ...snapshot!, stateVersion: snapshot!.stateVersion - 1, state: { shape: 'unknown' } };
    await store.log.append('snapshots', [{ key: snapshotKey(older), value: encodeJson(older) }]);
    await fold();
    expect(await store.records('series')).toHaveLength(2 * minutes);
    expect((await snapshots()).map(({ stateVersion }) => stateVersion)).toEqual([snapshot!.stateVersion]);
  });

  test('after snapshots were written in part folds every watch that is configured', async () => {
    await store.revisions.adopt(configOf('orion', 'lyra'), []);
    await talk(0, 100);
    await fold();
    // The process died before the last of them was taken.
    await store.log.append('snapshots', [{ key: 'detect/0/lyra', value: null }]);
    await talk(100, 200);
    await fold();
    expect((await snapshots()).map(({ watch }) => watch).sort()).toEqual(['lyra', 'orion']);
    const told = (await store.records<SeriesMinute>('series')).filter(
      ({ value }) => value.watch === 'lyra' && value.minute === START + 150 * MINUTE,
    );
    expect(told).toHaveLength(1);
  });

  test('goes back to the lowest position, and folds nothing twice into what is further', async () => {
    await store.revisions.adopt(configOf('orion', 'lyra'), []);
    await talk(0, 50);
    await fold();
    const early = (await snapshots()).find(({ watch }) => watch === 'lyra')!;
    await talk(50, 100);
    await fold();
    const counted = async () =>
      (await snapshots()).map(({ watch, state }) => [
        watch,
        (state as { counters: { counted: number } }).counters.counted,
      ]);
    const before = await counted();
    await store.log.append('snapshots', [
      { key: snapshotKey(early), value: null },
      { key: snapshotKey(early), value: encodeJson(early) },
    ]);
    await fold();
    expect(await counted()).toEqual(before);
  });

  test('of a partition in which no watch lives does not begin from the start again', async () => {
    store = await openDetectorStore(2);
    const watch = ['orion', 'lyra', 'vega', 'mira'].find((id) => partitionOf(id, 2) === 1)!;
    await store.revisions.adopt(configOf(watch), []);
    await store.mention({ op: 'heartbeat', source: 'foreshock', eventTime: START, v: 1, id: 'hb' });
    await fold();
    const before = (await store.records('signals')).length;
    await fold();
    expect(await store.records('signals')).toHaveLength(before);
    expect((await readSnapshots(store.log, 'detect')).get(0)).toMatchObject([{ partition: 0 }]);
    // A watch that comes to live there later starts as any other.
    const other = ['orion', 'lyra', 'vega', 'mira'].find((id) => partitionOf(id, 2) === 0)!;
    await store.revisions.adopt(configOf(watch, other), []);
    await talk(0, 50);
    await fold();
    expect((await readSnapshots(store.log, 'detect')).get(0)).toMatchObject([{ watch: other }]);
    await fold();
    expect((await readSnapshots(store.log, 'detect')).get(0)).toMatchObject([{ watch: other }]);
  });
});

describe('erasing', () => {
  const erase = (over: { mention?: string; author?: string }) =>
    store.mention({ op: 'erase', source: 'foreshock', eventTime: START, v: 1, ...over });
  const keys = async () => ({
    mentions: (await store.records('mentions'))
      .map(({ key }) => key)
      .filter((key) => key?.startsWith('till:')),
    matches: (await store.records('matches')).map(({ key }) => key).filter((key) => !key?.startsWith('@')),
    texts: (await store.records('texts')).map(({ key }) => key),
  });

  test('a post removes its mention, its matches and its evidence, and leaves the counts', async () => {
    await night();
    await fold();
    const counted = (await snapshots())[0]!.state as { counters: { counted: number } };
    await erase({ mention: 'till:trouble-0' });
    await fold();
    const left = await keys();
    expect(left.mentions).not.toContain('till:trouble-0');
    expect(left.matches).not.toContain('orion/till:trouble-0');
    expect(left.texts).not.toContain('till:trouble-0');
    expect(left.mentions).toContain('till:trouble-1');
    const after = (await snapshots())[0]!.state as { counters: { counted: number } };
    expect(after.counters).toEqual(counted.counters);
  });

  test('an author removes everything of theirs and nothing of others', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await store.mention(
      mentionOf({ minute: 1, id: 'till:a', attributedTo: { id: 'kim' } }),
      mentionOf({ minute: 2, id: 'till:b', attributedTo: { id: 'kim' }, content: 'the weather' }),
      mentionOf({ minute: 3, id: 'till:c', attributedTo: { id: 'robin' } }),
      mentionOf({ minute: 4, id: 'till:d' }),
    );
    await erase({ author: 'till:kim' });
    await fold();
    expect(await keys()).toEqual({
      mentions: ['till:c', 'till:d'],
      matches: ['orion/till:c', 'orion/till:d'],
      texts: [],
    });
  });

  test('reaches the matches of a watch that is no longer configured', async () => {
    await store.revisions.adopt(configOf('orion', 'lyra'), []);
    await store.mention(mentionOf({ minute: 1, id: 'till:a', content: 'orion and lyra' }));
    await store.revisions.adopt(configOf('lyra'), []);
    await erase({ mention: 'till:a' });
    await fold();
    expect((await keys()).matches).toEqual([]);
  });

  test('is carried out before a snapshot passes it', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await store.mention(mentionOf({ minute: 1, id: 'till:a' }));
    const running = await start();
    await running.caughtUp;
    await erase({ mention: 'till:a' });
    await running.drained();
    await running.stop();
    const matchesEnd = (await store.log.bounds('matches', 0)).end;
    expect((await snapshots())[0]!.position).toBeLessThanOrEqual(matchesEnd);
    expect((await keys()).matches).toEqual([]);
  });

  test('what was erased before a burst is not copied into its evidence', async () => {
    await store.revisions.adopt(configOf('orion'), [STOCK]);
    await talk(0, LEARNED);
    await store.mention(statusOf(LEARNED));
    await store.mention(
      mentionOf({
        minute: LEARNED + 0.001,
        id: 'till:first',
        content: 'orion sold out, and my number is 5',
        attributedTo: { id: 'kim' },
      }),
    );
    await erase({ mention: 'till:first' });
    await fold();
    await trouble(LEARNED);
    await store.mention(statusOf(LEARNED + 2));
    await fold();
    expect(await bursts()).not.toEqual([]);
    expect((await keys()).texts).not.toContain('till:first');
  });
});

describe('stopping', () => {
  test('follows the stream: what was matched is also detected', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    const running = await start();
    await running.caughtUp;
    await talk(0, 50);
    await running.stop();
    const position = (await snapshots())[0]!.position;
    expect(position).toBe((await store.log.bounds('matches', 0)).end);
  });

  test('twice is stopping once', async () => {
    const running = await start();
    await running.caughtUp;
    await running.stop();
    await running.stop();
    await expect(running.stopped).resolves.toBeUndefined();
  });

  test('drained leaves nothing behind', async () => {
    const running = await startDetectAlone();
    await drainAndStop(running, store.clock);
    await expect(running.stopped).resolves.toBeUndefined();
  });
});
