import { ClosedError, partitionOf } from '@foreshock/topic-log/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTopic, distinct, put, readAll, text, valueText } from './fixture.ts';
import type { Cases } from './topic-log.cases.ts';

export function appendCases({ fixture, another, repeats, runs = Number.POSITIVE_INFINITY }: Cases): void {
  const log = () => fixture().log;

  test('records come back in the order they were appended, with key, value and time', async () => {
    const topic = await createTopic(log());
    const before = fixture().now();
    const placed = await put(log(), topic, [text('a', '1'), text('b', '2'), text(null, '3')]);
    const records = await readAll(log(), topic);
    expect(placed.map(({ partition }) => partition)).toEqual([0, 0, 0]);
    expect(distinct(records)).toEqual(['1', '2', '3']);
    if (!repeats) expect(records).toHaveLength(3);
    expect(new Map(records.map((record) => [valueText(record), record.key]))).toEqual(
      new Map([
        ['1', 'a'],
        ['2', 'b'],
        ['3', null],
      ]),
    );
    for (const record of records) {
      expect(record.appendedAt).toBeGreaterThanOrEqual(before);
      expect(record.appendedAt).toBeLessThanOrEqual(fixture().now());
    }
  });

  test('the offsets it resolves with are those the records are read at', async () => {
    const topic = await createTopic(log());
    const placed = await put(log(), topic, [text('a', '1'), text('b', '2')]);
    const records = await readAll(log(), topic);
    const at = placed.map(({ offset }) => records.find((record) => record.offset === offset));
    expect(at.map((record) => record && valueText(record))).toEqual(['1', '2']);
  });

  test('offsets of a partition increase and end below its end', async () => {
    const topic = await createTopic(log());
    for (const value of ['1', '2', '3', '4']) await put(log(), topic, [text('key', value)]);
    const offsets = (await readAll(log(), topic)).map(({ offset }) => offset);
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    const { start, end } = await log().bounds(topic, 0);
    expect(start).toBeLessThanOrEqual(offsets[0]!);
    expect(end).toBeGreaterThan(offsets.at(-1)!);
  });

  test('an empty value is not a tombstone, and both come back as they are', async () => {
    const topic = await createTopic(log());
    await put(log(), topic, [text('empty', ''), text('gone', null), text('', 'an empty key')]);
    const byKey = new Map((await readAll(log(), topic)).map((record) => [record.key, valueText(record)]));
    expect(byKey).toEqual(
      new Map([
        ['empty', ''],
        ['gone', null],
        ['', 'an empty key'],
      ]),
    );
  });

  test('bytes that are no text, keys in any script and values of 300 KB survive', async () => {
    const topic = await createTopic(log());
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256);
    await put(log(), topic, [{ key: 'ключ/鍵/🔑', value: bytes }]);
    const record = (await readAll(log(), topic)).at(-1)!;
    expect(record.key).toBe('ключ/鍵/🔑');
    expect(Buffer.from(record.value!).equals(Buffer.from(bytes))).toBe(true);
  });

  test('a record goes to the partition it names, else to its key’s, else to 0', async () => {
    const topic = await createTopic(log(), { partitions: 4 });
    const keys = ['alpha', 'beta', 'gamma', 'delta'];
    const placed = await put(log(), topic, [
      ...keys.map((key) => text(key, key)),
      text('alpha', 'named', 3),
      text(null, 'no key'),
    ]);
    expect(placed.map(({ partition }) => partition)).toEqual([
      ...keys.map((key) => partitionOf(key, 4)),
      3,
      0,
    ]);
    for (const [index, key] of keys.entries()) {
      expect(distinct(await readAll(log(), topic, placed[index]!.partition))).toContain(key);
    }
  });

  test('appending nothing resolves with nothing', async () => {
    const topic = await createTopic(log());
    expect(await put(log(), topic, [])).toEqual([]);
  });

  test('a batch with one record that cannot be placed is refused as a whole', async () => {
    const topic = await createTopic(log(), { partitions: 2 });
    await expect(put(log(), topic, [text('a', 'fine', 0), text('b', 'nowhere', 2)])).rejects.toThrow(
      RangeError,
    );
    await expect(put(log(), topic, [text('b', 'nowhere', -1)])).rejects.toThrow(RangeError);
    if (!repeats) expect(await readAll(log(), topic)).toEqual([]);
  });

  test('a compacted topic refuses a record without a key', async () => {
    const topic = await createTopic(log(), { compacted: true });
    await expect(put(log(), topic, [text(null, 'which?')])).rejects.toThrow(TypeError);
  });

  test('a topic that was not created is an error that names it', async () => {
    await expect(put(log(), 'never-created', [text('a', '1')])).rejects.toThrow('never-created');
    await expect(log().bounds('never-created', 0)).rejects.toThrow('never-created');
  });

  test('creating a topic again changes nothing; with another number of partitions it is refused', async () => {
    const topic = await createTopic(log(), { partitions: 2 });
    await put(log(), topic, [text('a', '1', 1)]);
    const spec = { name: topic, partitions: 2, compacted: false, retentionMs: null };
    await log().createTopics([spec]);
    expect(distinct(await readAll(log(), topic, 1))).toEqual(['1']);
    expect(await log().partitions(topic)).toBe(2);
    await expect(log().createTopics([{ ...spec, partitions: 3 }])).rejects.toThrow(topic);
  });

  test('appends of one turn keep the order of their calls, and each its own order', async () => {
    const topic = await createTopic(log());
    const calls = Array.from({ length: 20 }, (_, call) => [text('k', `${call}a`), text('k', `${call}b`)]);
    await Promise.all(calls.map((records) => put(log(), topic, records)));
    const read = distinct(await readAll(log(), topic));
    expect(new Set(read).size).toBe(40);
    for (const call of calls.keys()) expect(read.indexOf(`${call}a`)).toBeLessThan(read.indexOf(`${call}b`));
  });

  test('after close appends and reads are refused with ClosedError, and closing again does nothing', async () => {
    const other = await another();
    const topic = await createTopic(other.log);
    await put(other.log, topic, [text('a', '1')]);
    await other.log.close();
    await other.log.close();
    await expect(other.log.append(topic, [text('a', '2')])).rejects.toThrow(ClosedError);
    await expect(other.log.bounds(topic, 0)).rejects.toThrow(ClosedError);
    await expect(readAll(other.log, topic)).rejects.toThrow(ClosedError);
    await other.dispose();
  });

  test('whatever is appended, in whatever batches, to whatever partitions, reads back in order', async () => {
    const batch = fc.array(fc.nat({ max: 2 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (batches, size) => {
          const topic = await createTopic(log(), { partitions: 3 });
          const expected: string[][] = [[], [], []];
          let sequence = 0;
          for (const partitions of batches) {
            const records = partitions.map((partition) => text('k', `${sequence++}`, partition));
            for (const [index, partition] of partitions.entries()) {
              expected[partition]!.push(valueText({ ...records[index]!, offset: 0, appendedAt: 0 })!);
            }
            await put(log(), topic, records);
          }
          for (const partition of [0, 1, 2]) {
            const read = [];
            const { start } = await log().bounds(topic, partition);
            for await (const { records, nextOffset } of log().scan(topic, partition, {
              from: start,
              batchRecordsMax: size,
            })) {
              expect(records.length).toBeGreaterThan(0);
              expect(records.length).toBeLessThanOrEqual(size);
              expect(nextOffset).toBeGreaterThan(records.at(-1)!.offset);
              read.push(...records);
            }
            expect(distinct(read)).toEqual(expected[partition]);
          }
        },
      ),
      { numRuns: Math.min(runs, 30) },
    );
  });
}
