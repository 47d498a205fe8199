import type { Match, MatchesRecord } from '@foreshock/model/match';
import type { DeadLetter } from '@foreshock/model/state';
import { openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { readSnapshots } from '@foreshock/runtime/snapshots';
import { drainAndStop, type RunningStage, runStage } from '@foreshock/runtime/stage-runner';
import { partitionOf } from '@foreshock/topic-log/contract';
import { beforeEach, describe, expect, test } from 'vitest';
import { matchStage } from './match-stage.ts';
import {
  configOf,
  type DetectorStore,
  mentionOf,
  openDetectorStore,
  STOCK,
  statusOf,
} from './testing/detector-store.ts';

const PARTITIONS = 2;
let store: DetectorStore;
beforeEach(async () => {
  store = await openDetectorStore(PARTITIONS);
});

const start = (over: Partial<DetectorStore> = {}): Promise<RunningStage> => {
  const options = { ...store, ...over };
  return runStage({ ...options, stage: matchStage({ ...options, matchesPartitions: PARTITIONS }) });
};
async function fold(): Promise<void> {
  const running = await start();
  await running.drained();
  await drainAndStop(running, store.clock);
}
async function matches(): Promise<{ partition: number; key: string | null; value: MatchesRecord }[]> {
  const all = [];
  for (let partition = 0; partition < PARTITIONS; partition++)
    for (const record of await store.records<MatchesRecord>('matches', partition))
      all.push({ partition, ...record });
  return all;
}
const matched = async () =>
  (await matches()).flatMap(({ partition, key, value }) =>
    value.kind === 'match' ? [{ partition, key, value }] : [],
  );
const count = async (metric: { get(): Promise<{ values: { value: number }[] }> }) =>
  (await metric.get()).values.reduce((sum, { value }) => sum + value, 0);

describe('matching', () => {
  test('gives each watch that a mention is about a match of its own, where that watch lives', async () => {
    await store.revisions.adopt(configOf('orion', 'lyra', 'vega'), [STOCK]);
    await store.mention(mentionOf({ minute: 1, id: 'till:a', content: 'orion and lyra are sold out' }));
    await fold();
    const found = await matched();
    expect(found.map(({ key }) => key).sort()).toEqual(['lyra/till:a', 'orion/till:a']);
    for (const { partition, value } of found) {
      expect(partition).toBe(partitionOf(value.watch, PARTITIONS));
      expect(value).toMatchObject({ id: 'till:a', source: 'till', understanding: { issues: ['stock'] } });
    }
  });

  test('carries the place of the mention as its origin', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await store.mention(mentionOf({ minute: 1, id: 'till:a' }));
    await fold();
    const partition = partitionOf('till:a', PARTITIONS);
    // The marker stands before it.
    expect((await matched())[0]!.value.origin).toEqual({ partition, offset: 1 });
  });

  test('hands statuses, markers, heartbeats and erasures to every partition, in their order', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await store.mention(
      statusOf(1),
      { op: 'heartbeat', source: 'foreshock', eventTime: 1, v: 1, id: 'hb' },
      { op: 'erase', source: 'foreshock', eventTime: 1, v: 1, mention: 'till:a' },
    );
    await fold();
    for (let target = 0; target < PARTITIONS; target++) {
      const records = (await matches()).filter(({ partition }) => partition === target);
      for (let from = 0; from < PARTITIONS; from++)
        expect(
          records.flatMap(({ value }) =>
            value.kind === 'forwarded' && value.origin.partition === from ? [value.record.op] : [],
          ),
        ).toEqual(['config', 'status', 'heartbeat', 'erase']);
      expect(records.every(({ key }) => key?.startsWith('@control/'))).toBe(true);
    }
  });

  test('makes an erasure of an upstream delete, whether it matched or not', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await store.mention(mentionOf({ minute: 1, id: 'till:a', op: 'delete', content: '' }));
    await fold();
    const erasures = (await matches()).flatMap(({ value }) =>
      value.kind === 'forwarded' && value.record.op === 'erase' ? [value.record.mention] : [],
    );
    expect(erasures).toEqual(Array.from({ length: PARTITIONS }, () => 'till:a'));
  });

  test('matches nothing before the first config', async () => {
    await store.mention(mentionOf({ minute: 1 }));
    await fold();
    expect(await matches()).toEqual([]);
  });

  test('folds each mention under the last marker before it', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await store.mention(mentionOf({ minute: 1, id: 'till:a', content: 'orion lyra' }));
    await store.revisions.adopt(configOf('lyra'), []);
    await store.mention(mentionOf({ minute: 2, id: 'till:b', content: 'orion lyra' }));
    await fold();
    expect((await matched()).map(({ key }) => key).sort()).toEqual(['lyra/till:b', 'orion/till:a']);
  });

  test('finds a revision that another process adopted while it ran', async () => {
    const running = await start();
    await running.caughtUp;
    const other = await openConfigRevisions(store.log, store.clock);
    await other.adopt(configOf('orion'), []);
    await store.mention(mentionOf({ minute: 1, id: 'till:a' }));
    await running.drained();
    expect((await matched()).map(({ key }) => key)).toEqual(['orion/till:a']);
    await running.stop();
  });
});

describe('what cannot be read', () => {
  test.each([
    ['no JSON', '{"op":"create"', 'not-json'],
    ['of no known kind', '{"op":"whatever"}', 'invalid'],
    ['nothing', 'null', 'invalid'],
    ['of a newer version', JSON.stringify({ ...mentionOf({ minute: 1 }), v: 2 }), 'wrong-version'],
  ])(
    'because it is %3$s goes to the dead letters with its place and its first bytes',
    async (_what, text, code) => {
      await store.revisions.adopt(configOf('orion'), []);
      await store.log.append('mentions', [{ key: 'till:x', partition: 1, value: Buffer.from(text) }]);
      await store.mention(mentionOf({ minute: 2, id: 'till:b' }));
      await fold();
      const [letter] = await store.records<DeadLetter>('dead-letters');
      expect(letter!.value).toMatchObject({
        stage: 'match',
        code,
        at: store.clock.now(),
        origin: { topic: 'mentions', partition: 1, offset: 1 },
        payload: Buffer.from(text).toString('base64'),
      });
      expect((await matched()).map(({ key }) => key)).toEqual(['orion/till:b']);
    },
  );

  test('is cut to what a dead letter holds', async () => {
    const text = `{"op":"create", ${'x'.repeat(200_000)}`;
    await store.log.append('mentions', [{ key: 'till:x', partition: 0, value: Buffer.from(text) }]);
    await fold();
    const [letter] = await store.records<DeadLetter>('dead-letters');
    expect(Buffer.from(letter!.value.payload!, 'base64')).toHaveLength(65_536);
    expect(letter!.value.reason.length).toBeLessThanOrEqual(1_024);
  });

  test('a record that was erased is not there to be read', async () => {
    await store.log.append('mentions', [{ key: 'till:x', partition: 0, value: null }]);
    await fold();
    expect(await store.records('dead-letters')).toEqual([]);
  });
});

describe('the account', () => {
  test('closes: what was read was matched, not matched or set aside', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await store.mention(
      mentionOf({ minute: 1, id: 'till:a' }),
      mentionOf({ minute: 2, id: 'till:b', content: 'the weather' }),
      mentionOf({ minute: 3, id: 'till:c' }),
    );
    await store.log.append('mentions', [{ key: 'till:x', partition: 0, value: Buffer.from('{') }]);
    await fold();
    const { read, matched: hits, unmatched, deadLetters } = store.metrics;
    expect([await count(read), await count(hits), await count(unmatched), await count(deadLetters)]).toEqual([
      4, 2, 1, 1,
    ]);
  });
});

describe('a restart', () => {
  test('goes on under the config that was in force', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await store.mention(mentionOf({ minute: 1, id: 'till:a' }));
    await fold();
    await store.mention(mentionOf({ minute: 2, id: 'till:b' }));
    await fold();
    expect((await matched()).map(({ key }) => key).sort()).toEqual(['orion/till:a', 'orion/till:b']);
  });

  test('in a process that does not know that config yet reads it first', async () => {
    const early = await openConfigRevisions(store.log, store.clock);
    await store.revisions.adopt(configOf('orion'), []);
    await fold();
    await store.mention(mentionOf({ minute: 2, id: 'till:b' }));
    const running = await start({ revisions: early });
    await running.drained();
    expect((await matched()).map(({ key }) => key)).toEqual(['orion/till:b']);
    await running.stop();
  });

  test('from the start of the log gives the same records again, to the byte', async () => {
    await store.revisions.adopt(configOf('orion', 'lyra'), [STOCK]);
    for (let minute = 0; minute < 20; minute++)
      await store.mention(
        mentionOf({ minute, content: `orion ${minute} ${minute % 3 === 0 ? 'lyra sold out' : ''}` }),
      );
    await fold();
    const first = await matches();
    await store.log.append(
      'snapshots',
      [0, 1].map((partition) => ({ key: `match/${partition}/`, value: null })),
    );
    await fold();
    const all = await matches();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const own = <T extends { partition: number }>(list: T[]) =>
        list.filter((one) => one.partition === partition);
      expect(own(all).map(({ key }) => key)).toEqual([...own(first), ...own(first)].map(({ key }) => key));
      expect(own(all).slice(own(first).length)).toEqual(own(first));
    }
  });

  test('remembers where it stands and nothing else', async () => {
    await store.revisions.adopt(configOf('orion'), []);
    await store.mention(mentionOf({ minute: 1, content: 'orion secret' }));
    await fold();
    const snapshots = [...(await readSnapshots(store.log, 'match')).values()].flat();
    expect(snapshots.map(({ revision, state }) => [revision, state])).toEqual([
      [1, null],
      [1, null],
    ]);
  });
});

test('a match holds the author as a keyed hash, and never by name alone', async () => {
  await store.revisions.adopt(configOf('orion'), []);
  await store.mention(
    mentionOf({ minute: 1, id: 'till:a', attributedTo: { id: 'kim' } }),
    mentionOf({ minute: 2, id: 'till:b', attributedTo: { id: 'kim' } }),
    mentionOf({ minute: 3, id: 'till:c', attributedTo: { id: 'robin' } }),
    mentionOf({ minute: 4, id: 'till:d' }),
    mentionOf({ minute: 5, id: 'till:e' }),
  );
  await fold();
  const authors = new Map(
    (await matched()).map(({ value }: { value: Match }) => [value.id.slice(-1), value.author]),
  );
  expect(authors.get('a')).toBe(authors.get('b'));
  expect(new Set(authors.values()).size).toBe(4);
});
