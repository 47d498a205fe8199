import { encodeJson, readJson } from '@foreshock/model/canonical-json';
import type { Config, IssuePack } from '@foreshock/model/config';
import type { ConfigMarker } from '@foreshock/model/mention';
import { type TopicLog, UnavailableError } from '@foreshock/topic-log/contract';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { openConfigRevisions } from './config-revisions.ts';

const PARTITIONS = 3;
const TOPIC_SPECS = [
  { name: 'config', partitions: 1, compacted: true, retentionMs: null },
  { name: 'mentions', partitions: PARTITIONS, compacted: true, retentionMs: null },
  { name: 'signals', partitions: 1, compacted: false, retentionMs: null },
];
let now = 1_000;
const clock = { now: () => now };
let log: TopicLog;

beforeEach(async () => {
  now = 1_000;
  log = createMemoryLog({ clock });
  await log.createTopics(TOPIC_SPECS);
});

const configOf = (...watches: string[]): Config => ({
  version: 1,
  watches: watches.map((id) => ({ id, any: [id] })),
});
const pack: IssuePack = {
  id: 'stock',
  name: 'Stock',
  description: 'Nothing left',
  language: 'en',
  phrases: ['sold out'],
  examples: ['sold out'],
  counterExamples: ['in stock'],
};

async function recordsIn(topic: string, partition = 0): Promise<unknown[]> {
  const records: unknown[] = [];
  for await (const batch of log.scan(topic, partition, { from: 0 }))
    for (const record of batch.records) records.push(readJson(record.value!));
  return records;
}
const markersIn = async (partition: number) =>
  ((await recordsIn('mentions', partition)) as ConfigMarker[]).map(({ op, revision, eventTime }) => ({
    op,
    revision,
    eventTime,
  }));

describe('adopting a config', () => {
  test('makes revision 1 of the first, with a key of its own', async () => {
    const revisions = await openConfigRevisions(log, clock);
    const adopted = await revisions.adopt(configOf('orion'), [pack]);
    expect(adopted).toMatchObject({ v: 1, revision: 1, config: configOf('orion'), packs: [pack] });
    expect(adopted.identityKey).toMatch(/^[0-9a-f]{32}$/);
    expect(revisions.newest).toEqual(adopted);
    expect(revisions.of(1)).toEqual(adopted);
    expect(await recordsIn('config')).toEqual([adopted]);
  });

  test('puts its marker into every partition of mentions, and into signals', async () => {
    const revisions = await openConfigRevisions(log, clock);
    await revisions.adopt(configOf('orion'), []);
    const marker = { op: 'config', revision: 1, eventTime: 1_000 };
    for (let partition = 0; partition < PARTITIONS; partition++)
      expect(await markersIn(partition)).toEqual([marker]);
    expect(await recordsIn('signals')).toMatchObject([{ kind: 'forwarded', record: marker }]);
  });

  test('that is the newest makes no revision, but says again that it is in force', async () => {
    const revisions = await openConfigRevisions(log, clock);
    const first = await revisions.adopt(configOf('orion'), [pack]);
    now = 9_000;
    const again = await revisions.adopt(configOf('orion'), [pack]);
    expect(again).toEqual(first);
    expect(await recordsIn('config')).toHaveLength(1);
    for (let partition = 0; partition < PARTITIONS; partition++)
      expect((await markersIn(partition)).map(({ revision, eventTime }) => [revision, eventTime])).toEqual([
        [1, 1_000],
        [1, 9_000],
      ]);
    expect(await recordsIn('signals')).toHaveLength(2);
  });

  test('that says the same in another order is the same', async () => {
    const revisions = await openConfigRevisions(log, clock);
    await revisions.adopt({ version: 1, watches: [{ id: 'orion', any: ['orion'] }], lateness: '5m' }, []);
    await revisions.adopt({ lateness: '5m', watches: [{ any: ['orion'], id: 'orion' }], version: 1 }, []);
    expect(revisions.newest?.revision).toBe(1);
  });

  test.each<[string, Config, IssuePack[]]>([
    ['a watch', configOf('orion', 'lyra'), [pack]],
    ['the order of its watches', configOf('orion'), []],
    ['a pack', configOf('orion'), [{ ...pack, phrases: ['sold out', 'out of stock'] }]],
  ])('that changed in %s makes the next revision, with the same key', async (_what, config, packs) => {
    const revisions = await openConfigRevisions(log, clock);
    const first = await revisions.adopt(configOf('orion'), [pack]);
    const second = await revisions.adopt(config, packs);
    expect(second.revision).toBe(2);
    expect(second.identityKey).toBe(first.identityKey);
    for (let partition = 0; partition < PARTITIONS; partition++)
      expect((await markersIn(partition)).map(({ revision }) => revision)).toEqual([1, 2]);
  });

  test('that was in force before makes a revision of its own: there is no way back', async () => {
    const revisions = await openConfigRevisions(log, clock);
    await revisions.adopt(configOf('orion'), []);
    await revisions.adopt(configOf('lyra'), []);
    expect((await revisions.adopt(configOf('orion'), [])).revision).toBe(3);
  });

  test('after a restart goes on where the store stands', async () => {
    const first = await (await openConfigRevisions(log, clock)).adopt(configOf('orion'), []);
    const again = await openConfigRevisions(log, clock);
    expect(again.newest).toEqual(first);
    expect((await again.adopt(configOf('orion'), [])).revision).toBe(1);
    expect((await again.adopt(configOf('lyra'), [])).revision).toBe(2);
  });

  test('beside another process never gives one number to two configs', async () => {
    const [one, two] = [await openConfigRevisions(log, clock), await openConfigRevisions(log, clock)];
    await one.adopt(configOf('orion'), []);
    const second = await two.adopt(configOf('lyra'), []);
    expect(second.revision).toBe(2);
    expect(second.identityKey).toBe(one.of(1).identityKey);
  });

  test('adopted at the same time as another, in any order of what the log does, gets a number of its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const shared = createMemoryLog({ clock });
        await shared.createTopics(TOPIC_SPECS);
        const slow: TopicLog = {
          ...shared,
          bounds: (topic, partition) =>
            scheduler
              .schedule(Promise.resolve(), `look at ${topic}`)
              .then(() => shared.bounds(topic, partition)),
          append: (topic, records, options) =>
            scheduler
              .schedule(Promise.resolve(), `append to ${topic}`)
              .then(() => shared.append(topic, records, options)),
        };
        const opened = Promise.all([openConfigRevisions(slow, clock), openConfigRevisions(slow, clock)]);
        const [one, two] = await scheduler.waitFor(opened);
        const [orion, lyra] = await scheduler.waitFor(
          Promise.all([one.adopt(configOf('orion'), []), two.adopt(configOf('lyra'), [])]),
        );
        expect(orion.revision).not.toBe(lyra.revision);
        expect(orion.identityKey).toBe(lyra.identityKey);
        await scheduler.waitFor(Promise.all([one.refresh(), two.refresh()]));
        expect(one.newest).toEqual(two.newest);
        for (let revision = 1; revision <= one.newest!.revision; revision++)
          expect(one.of(revision)).toEqual(two.of(revision));
        for (const adopted of [orion, lyra]) expect(one.of(adopted.revision)).toEqual(adopted);
      }),
    );
  });

  test('that the log took without saying so is not adopted twice, and keeps its key', async () => {
    let torn = true;
    const tearing: TopicLog = {
      ...log,
      async append(topic, records, options) {
        const placed = await log.append(topic, records, options);
        if (torn && topic === 'config') throw new UnavailableError('taken, but nobody was told');
        return placed;
      },
    };
    const revisions = await openConfigRevisions(tearing, clock);
    await expect(revisions.adopt(configOf('orion'), [])).rejects.toThrow(UnavailableError);
    torn = false;
    const adopted = await revisions.adopt(configOf('orion'), []);
    expect(await recordsIn('config')).toEqual([adopted]);
    expect((await markersIn(0)).map(({ revision }) => revision)).toEqual([1]);
  });
});

describe('a revision', () => {
  test('that is not known is said so; after a refresh it is', async () => {
    const reader = await openConfigRevisions(log, clock);
    await (await openConfigRevisions(log, clock)).adopt(configOf('orion'), []);
    expect(reader.has(1)).toBe(false);
    expect(() => reader.of(1)).toThrow('config revision 1 is not in the store');
    await reader.refresh();
    expect(reader.has(1)).toBe(true);
    expect(reader.of(1).config).toEqual(configOf('orion'));
  });

  test('that cannot be read stops the start', async () => {
    await log.append('config', [{ key: '1', value: encodeJson({ v: 9, revision: 1 }) }]);
    await expect(openConfigRevisions(log, clock)).rejects.toThrow('config revision 1 cannot be read');
  });

  test('that was erased is not there', async () => {
    await log.append('config', [{ key: '7', value: null }]);
    expect((await openConfigRevisions(log, clock)).newest).toBeUndefined();
  });
});
