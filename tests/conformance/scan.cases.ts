import { AheadError } from '@foreshock/topic-log/contract';
import { expect, test } from 'vitest';
import { collect, createTopic, distinct, put, readAll, text } from './fixture.ts';
import type { Cases } from './topic-log.cases.ts';

export function scanCases({ fixture }: Cases): void {
  const log = () => fixture().log;

  const filled = async (count: number) => {
    const topic = await createTopic(log());
    await put(
      log(),
      topic,
      Array.from({ length: count }, (_, index) => text(`k${index}`, `v${index}`)),
    );
    return topic;
  };

  test('an empty partition starts where it ends and scans to nothing', async () => {
    const topic = await createTopic(log());
    const { start, end } = await log().bounds(topic, 0);
    expect(start).toBe(end);
    expect(await collect(log().scan(topic, 0, { from: end }))).toEqual([]);
  });

  test('it begins at `from` and ends before `to`', async () => {
    const topic = await filled(10);
    const offsets = (await readAll(log(), topic)).map(({ offset }) => offset);
    const [from, to] = [offsets.at(-8)!, offsets.at(-3)!];
    const batches = await collect(log().scan(topic, 0, { from, to }));
    const read = batches.flatMap(({ records }) => records.map(({ offset }) => offset));
    expect(read).toEqual(offsets.slice(-8, -3));
  });

  test('going on from the `nextOffset` of any batch misses nothing and repeats nothing', async () => {
    const topic = await filled(10);
    const all = (await readAll(log(), topic)).map(({ offset }) => offset);
    const { start } = await log().bounds(topic, 0);
    const batches = await collect(log().scan(topic, 0, { from: start, batchRecordsMax: 3 }));
    for (const { records, nextOffset, endOffset } of batches) {
      const rest = await collect(log().scan(topic, 0, { from: nextOffset }));
      const last = records.at(-1)!.offset;
      expect(rest.flatMap((batch) => batch.records.map(({ offset }) => offset))).toEqual(
        all.filter((offset) => offset > last),
      );
      expect(endOffset).toBeGreaterThan(last);
    }
    const { nextOffset } = batches.at(-1)!;
    await put(log(), topic, [text('late', 'late')]);
    const later = await collect(log().scan(topic, 0, { from: nextOffset }));
    expect(distinct(later.flatMap(({ records }) => records))).toEqual(['late']);
  });

  test('it names its topic and partition', async () => {
    const topic = await createTopic(log(), { partitions: 2 });
    await put(log(), topic, [text('a', '1', 1)]);
    const { start } = await log().bounds(topic, 1);
    const [batch] = await collect(log().scan(topic, 1, { from: start }));
    expect(batch).toMatchObject({ topic, partition: 1 });
  });

  test('aborting ends it early without an error', async () => {
    const topic = await filled(50);
    const abort = new AbortController();
    const { start } = await log().bounds(topic, 0);
    let batches = 0;
    for await (const _ of log().scan(topic, 0, { from: start, batchRecordsMax: 5, signal: abort.signal })) {
      batches++;
      abort.abort();
    }
    expect(batches).toBe(1);
  });

  test('a reader may leave in the middle', async () => {
    const topic = await filled(50);
    const { start } = await log().bounds(topic, 0);
    for await (const _ of log().scan(topic, 0, { from: start, batchRecordsMax: 5 })) break;
    expect(distinct(await readAll(log(), topic))).toHaveLength(50);
  });

  test('reading beyond the end is an AheadError: the log lost its tail', async () => {
    const topic = await filled(3);
    const { end } = await log().bounds(topic, 0);
    await expect(collect(log().scan(topic, 0, { from: end + 1 }))).rejects.toThrow(AheadError);
  });

  test('a partition that does not exist is refused', async () => {
    const topic = await filled(1);
    await expect(collect(log().scan(topic, 1, { from: 0 }))).rejects.toThrow(RangeError);
    await expect(log().bounds(topic, 1)).rejects.toThrow(RangeError);
  });
}
