import { TruncatedError } from '@foreshock/topic-log/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collect, createTopic, distinct, follow, put, readAll, text, valueText } from './fixture.ts';
import type { Cases } from './topic-log.cases.ts';

export function removalCases({ fixture, erasesAtOnce, runs = Number.POSITIVE_INFINITY }: Cases): void {
  const log = () => fixture().log;

  test('compaction, whenever it runs, keeps the newest record of every key, in order', async () => {
    const write = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), deleted: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 30 }), fc.nat({ max: 30 }), async (writes, middle) => {
        const topic = await createTopic(log(), { compacted: true });
        const newest = new Map<string, string | null>();
        for (const [index, { key, deleted }] of writes.entries()) {
          if (index === middle) await fixture().compact?.();
          const value = deleted ? null : `${key}${index}`;
          newest.delete(key);
          newest.set(key, value);
          await put(log(), topic, [text(key, value)]);
        }
        await fixture().compact?.();
        const records = await readAll(log(), topic);
        const read = new Map<string | null, string | null>();
        for (const record of records) {
          read.delete(record.key);
          read.set(record.key, valueText(record));
        }
        expect([...read]).toEqual([...newest]);
      }),
      { numRuns: Math.min(runs, 20) },
    );
  });

  test('compaction moves no bound, and reading over its gaps is no error', async () => {
    const topic = await createTopic(log(), { compacted: true });
    const before = await log().bounds(topic, 0);
    for (let index = 0; index < 10; index++) await put(log(), topic, [text('same', `${index}`)]);
    const { end } = await log().bounds(topic, 0);
    await fixture().compact?.();
    expect(await log().bounds(topic, 0)).toEqual({ start: before.start, end });
    const batches = await collect(log().scan(topic, 0, { from: before.start }));
    expect(batches.at(-1)!.records.at(-1)).toMatchObject({ key: 'same' });
    const [placed] = await put(log(), topic, [text('same', 'next')]);
    expect(placed!.offset).toBeGreaterThanOrEqual(end);
  });

  test('what was erased is followed by a tombstone; other keys are untouched', async () => {
    const topic = await createTopic(log(), { compacted: true, partitions: 2 });
    await put(log(), topic, [text('post', 'first', 0), text('other', 'kept', 0), text('post', 'copy', 1)]);
    await log().erase(topic, ['post', 'never-there']);
    const records = [...(await readAll(log(), topic, 0)), ...(await readAll(log(), topic, 1))];
    for (const partition of [0, 1]) {
      const inPartition = await readAll(log(), topic, partition);
      expect(inPartition.findLast(({ key }) => key === 'post')).toMatchObject({ value: null });
    }
    expect(records.filter(({ key }) => key === 'never-there').map(valueText)).toContain(null);
    expect(distinct(records.filter(({ key }) => key === 'other'))).toEqual(['kept']);
    if (erasesAtOnce) expect(distinct(records.filter(({ key }) => key === 'post'))).toEqual([null]);
  });

  test('a member at the end sees the tombstones of an erase', async () => {
    const topic = await createTopic(log(), { compacted: true });
    const follower = await follow(log(), topic);
    await put(log(), topic, [text('post', 'text')]);
    await follower.until(() => follower.values().includes('text'));
    await log().erase(topic, ['post']);
    await follower.until(() => follower.values().includes(null));
    await follower.member.stop();
  });

  test('a key that was erased can be written again', async () => {
    const topic = await createTopic(log(), { compacted: true });
    await put(log(), topic, [text('post', 'first')]);
    await log().erase(topic, ['post']);
    await put(log(), topic, [text('post', 'again')]);
    await fixture().compact?.();
    expect(distinct(await readAll(log(), topic)).at(-1)).toBe('again');
  });

  test('a topic that is not compacted cannot be erased from by key', async () => {
    const topic = await createTopic(log());
    await expect(log().erase(topic, ['post'])).rejects.toThrow(topic);
  });

  test('what retention removed cannot be read or resumed: that is an error, not a jump', async () => {
    const { expire } = fixture();
    const topic = await createTopic(log(), { retentionMs: 60_000 });
    const [old] = await put(log(), topic, [text('a', 'old')]);
    await expire(topic);
    await put(log(), topic, [text('b', 'new')]);
    const { start } = await log().bounds(topic, 0);
    expect(start).toBeGreaterThan(old!.offset);
    expect(distinct(await readAll(log(), topic))).toEqual(['new']);
    await expect(collect(log().scan(topic, 0, { from: old!.offset }))).rejects.toThrow(TruncatedError);
    const member = await log().join({
      group: topic,
      topic,
      onAssigned: async () => new Map([[0, old!.offset]]),
      onBatch: async () => undefined,
      onRevoked: async () => undefined,
    });
    await expect(member.stopped).rejects.toThrow(TruncatedError);
  });

  test('a partition that retention has emptied goes on with offsets it never used', async () => {
    const { expire } = fixture();
    const topic = await createTopic(log(), { retentionMs: 60_000 });
    const placed = await put(log(), topic, [text('a', '1'), text('b', '2')]);
    await expire(topic);
    const { start, end } = await log().bounds(topic, 0);
    expect(start).toBe(end);
    expect(await readAll(log(), topic)).toEqual([]);
    const [next] = await put(log(), topic, [text('c', '3')]);
    expect(next!.offset).toBeGreaterThan(placed.at(-1)!.offset);
  });
}
