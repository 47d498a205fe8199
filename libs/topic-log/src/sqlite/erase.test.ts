import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { seededRandom } from '../testing/seeded-random.ts';
import { occurrences, openTemporaryLog, readRecords, text, valueText } from '../testing/temporary-store.ts';

const POSTS = { name: 'posts', partitions: 1, compacted: true, retentionMs: null };

test('when an erase resolves, no file of the store holds the text', async () => {
  const { log, path } = await openTemporaryLog();
  await log.createTopics([POSTS]);
  await log.append('posts', [text('mine', 'my secret opinion'), text('other', 'a public statement')]);
  // The control: this search does find what is there.
  expect(occurrences(path, 'my secret opinion')).toBeGreaterThan(0);
  await log.erase('posts', ['mine']);
  expect(occurrences(path, 'my secret opinion')).toBe(0);
  expect(occurrences(path, 'a public statement')).toBeGreaterThan(0);
});

test('older versions of an erased post, long ones and expired ones go too', async () => {
  const { log, path, clock } = await openTemporaryLog();
  await log.createTopics([{ ...POSTS, retentionMs: 1_000 }]);
  await log.append('posts', [text('mine', 'expired words')]);
  clock.nowMs += 1_001;
  await log.append('posts', [text('mine', 'first version'), text('mine', 'long version'.repeat(10_000))]);
  await log.append('posts', [text('mine', 'last version')]);
  while (await log.maintain());
  await log.erase('posts', ['mine']);
  for (const words of ['expired words', 'first version', 'long version', 'last version']) {
    expect([words, occurrences(path, words)]).toEqual([words, 0]);
  }
  expect((await readRecords(log, 'posts')).map(valueText)).toEqual([null]);
});

test('the key goes with its tombstone', async () => {
  const { log, path, clock } = await openTemporaryLog({ tombstonesKeptMs: 1_000 });
  await log.createTopics([POSTS]);
  await log.append('posts', [text('network:main:4711', 'text')]);
  await log.erase('posts', ['network:main:4711']);
  clock.nowMs += 24 * 3_600_000;
  while (await log.maintain());
  await log.erase('posts', ['another']);
  expect(occurrences(path, 'network:main:4711')).toBe(0);
});

test('what was appended in the same turn, before the erase, is erased with the rest', async () => {
  const { log, path } = await openTemporaryLog();
  await log.createTopics([POSTS]);
  const appended = log.append('posts', [text('mine', 'written in haste')]);
  await log.erase('posts', ['mine']);
  await appended;
  expect(occurrences(path, 'written in haste')).toBe(0);
  expect((await readRecords(log, 'posts')).map(valueText)).toEqual([null]);
});

test('a reader at the end does not get erased text from memory', async () => {
  const { log } = await openTemporaryLog();
  await log.createTopics([POSTS]);
  const { promise: blocked, resolve: unblock } = Promise.withResolvers<void>();
  const seen: (string | null)[] = [];
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const member = await log.join({
    group: 'slow',
    topic: 'posts',
    batchRecordsMax: 1,
    onAssigned: async () => new Map([[0, 0]]),
    onBatch: async ({ records, nextOffset, endOffset }) => {
      await blocked;
      seen.push(...records.map(valueText));
      if (nextOffset === endOffset) finish();
    },
    onRevoked: async () => undefined,
  });
  await log.append('posts', [text('first', 'keeps it busy'), text('mine', 'my secret opinion')]);
  await log.erase('posts', ['mine']);
  unblock();
  await done;
  await member.stop();
  expect(seen).toEqual(['keeps it busy', null]);
});

test.each([1, 2, 3, 4, 5, 6])(
  'whatever was compacted, rewritten and erased before, nothing erased is left in any file (seed %i)',
  async (seed) => {
    const random = seededRandom(seed);
    const segmentLimits = { recordsMax: [300, 1_000, 5_000][seed % 3]!, bytesMax: 1e9 };
    const { log, path, clock } = await openTemporaryLog({ segmentLimits });
    await log.createTopics([{ ...POSTS, partitions: 2, retentionMs: seed % 2 ? null : 100_000 }]);
    /** Every text that ever stood under a key, oldest first. */
    const versions = new Map<string, string[]>();
    const erased: string[] = [];
    let written = 0;
    for (let round = 0; round < 40; round++) {
      const keys = [...versions.keys()];
      const records = Array.from({ length: 1 + Math.floor(random() * 300) }, () => {
        const isUpdate = keys.length > 0 && random() < 0.3;
        const key = isUpdate ? keys[Math.floor(random() * keys.length)]! : `key-${written}`;
        const tag = `post-${written++}-text`;
        versions.set(key, [...(versions.get(key) ?? []), tag]);
        return text(
          key,
          tag.repeat(1 + Math.floor(random() ** 4 * (seed % 3 === 0 ? 4_000 : 200))),
          written % 2,
        );
      });
      await log.append('posts', records);
      clock.nowMs += 5_000;
      if (random() < 0.5) await log.maintain();
      if (random() < 0.5) continue;
      const doomed = [...versions.keys()].filter(() => random() < [0.5, 0.05, 0.9][seed % 3]!);
      await log.erase('posts', doomed);
      for (const key of doomed) {
        erased.push(...versions.get(key)!);
        versions.delete(key);
      }
    }
    await log.erase('posts', []);
    const found = tags(path);
    expect(erased.length).toBeGreaterThan(500);
    expect(erased.filter((tag) => found.has(tag))).toEqual([]);
    const read = [...(await readRecords(log, 'posts', 0)), ...(await readRecords(log, 'posts', 1))];
    const readable = new Set(read.map((record) => valueText(record)?.match(/post-\d+-text/)?.[0]));
    if (seed % 2) for (const tags of versions.values()) expect(readable).toContain(tags.at(-1));
  },
);

/** Every post of which a trace is in the files. */
function tags(path: string): Set<string> {
  const script = 'cat "$1"* | grep -a -o -E "post-[0-9]+-text" | sort -u';
  return new Set(
    execFileSync('sh', ['-c', script, 'sh', path], { maxBuffer: 1e9 }).toString().trim().split('\n'),
  );
}
