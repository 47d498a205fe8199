import type { TopicLog, TopicSpec } from '@foreshock/topic-log/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTopic, type Fixture, readAll, text, values } from './fixture.ts';

/**
 * What every driver must do, and nothing that only one of them does: offsets may be sparse, members may wait for
 * their partitions, appends may repeat records, compaction may happen or not. Nothing here sleeps; what is awaited is
 * awaited as a promise.
 */
export function describeTopicLog(name: string, factory: () => Promise<Fixture>): void {
  describe(`the log contract: ${name}`, () => {
    let fixture: Fixture;
    let log: TopicLog;
    beforeAll(async () => {
      fixture = await factory();
      log = fixture.log;
    });
    afterAll(() => fixture.dispose());

    const topic = (spec: Partial<TopicSpec> = {}) => createTopic(log, spec);

    test('records come back in the order they were appended, with key, value and time', async () => {
      const name = await topic();
      const before = fixture.now();
      const placed = await log.append(name, [text('a', '1'), text('b', '2'), text(null, '3')]);
      const records = await readAll(log, name, 0);
      expect(placed).toHaveLength(3);
      expect(values(records)).toEqual(['1', '2', '3']);
      expect(records.map((record) => record.key)).toEqual(['a', 'b', null]);
      for (const record of records) {
        expect(record.appendedAt).toBeGreaterThanOrEqual(before);
        expect(record.appendedAt).toBeLessThanOrEqual(fixture.now());
      }
    });
  });
}
