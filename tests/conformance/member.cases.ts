import { AheadError, type LogBatch } from '@foreshock/topic-log/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTopic, follow, put, text } from './fixture.ts';
import type { Cases } from './topic-log.cases.ts';

export function memberCases({ fixture, another, runs = Number.POSITIVE_INFINITY }: Cases): void {
  const log = () => fixture().log;
  const numbered = (count: number, partition?: number, from = 0) =>
    Array.from({ length: count }, (_, index) => text(`k${from + index}`, `v${from + index}`, partition));

  test('a member reads what is there and then what comes', async () => {
    const topic = await createTopic(log());
    await put(log(), topic, numbered(10));
    const follower = await follow(log(), topic);
    await follower.until(() => follower.values().length === 10);
    for (let index = 10; index < 20; index++) await put(log(), topic, numbered(1, undefined, index));
    await follower.until(() => follower.values().length === 20);
    expect(follower.values()).toEqual(Array.from({ length: 20 }, (_, index) => `v${index}`));
    await follower.member.stop();
  });

  test('it reads each partition from the offset that onAssigned gives', async () => {
    const topic = await createTopic(log(), { partitions: 2 });
    await put(log(), topic, [...numbered(5, 0), ...numbered(5, 1, 5)]);
    const { end } = await log().bounds(topic, 1);
    const { start } = await log().bounds(topic, 0);
    const { promise: seen, resolve } = Promise.withResolvers<void>();
    const batches: LogBatch[] = [];
    const member = await log().join({
      group: topic,
      topic,
      onAssigned: async (partitions) => new Map(partitions.map((p) => [p, p === 0 ? start : end])),
      async onBatch(batch) {
        batches.push(batch);
        if (batch.records.some(({ key }) => key === 'new')) resolve();
      },
      onRevoked: async () => undefined,
    });
    await put(log(), topic, [text('new', 'new', 1)]);
    await seen;
    await member.stop();
    const keys = batches.filter(({ partition }) => partition === 1).flatMap((batch) => batch.records);
    expect(new Set(keys.map(({ key }) => key))).toEqual(new Set(['new']));
  });

  test('a partition’s batches come one at a time, in order, and hold no more than was asked for', async () => {
    const topic = await createTopic(log());
    await put(log(), topic, numbered(40));
    let inHand = 0;
    const follower = await follow(log(), topic, {
      batchRecordsMax: 7,
      async onBatch(batch) {
        expect(++inHand).toBe(1);
        expect(batch.records.length).toBeLessThanOrEqual(7);
        await Promise.resolve();
        inHand--;
      },
    });
    await follower.until(() => follower.values().length === 40);
    await follower.member.stop();
    expect(follower.values()).toEqual(Array.from({ length: 40 }, (_, index) => `v${index}`));
  });

  test('a partition that waits for its work does not hold up another', async () => {
    const topic = await createTopic(log(), { partitions: 2 });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const follower = await follow(log(), topic, {
      onBatch: (batch) => (batch.partition === 0 ? released : Promise.resolve()),
    });
    await put(log(), topic, [text('a', 'held', 0)]);
    await put(log(), topic, [text('b', 'free', 1)]);
    await follower.until(() => follower.values().includes('free'));
    expect(follower.values()).not.toContain('held');
    release();
    await follower.until(() => follower.values().includes('held'));
    await follower.member.stop();
  });

  test('members of one group share the partitions, and what one leaves goes to the other', async () => {
    const topic = await createTopic(log(), { partitions: 4 });
    const first = await follow(log(), topic, { group: topic });
    await first.until(() => first.owned.size === 4);
    const second = await follow(log(), topic, { group: topic });
    await second.until(() => second.owned.size === 2);
    await first.until(() => first.owned.size === 2);
    expect(new Set([...first.owned, ...second.owned]).size).toBe(4);
    for (let partition = 0; partition < 4; partition++) {
      await put(log(), topic, [text('k', `to ${partition}`, partition)]);
    }
    await first.until(() =>
      [...first.owned].every((partition) => first.values().includes(`to ${partition}`)),
    );
    await second.until(() =>
      [...second.owned].every((partition) => second.values().includes(`to ${partition}`)),
    );
    await second.member.stop();
    expect(second.owned.size).toBe(0);
    await first.until(() => first.owned.size === 4);
    await first.member.stop();
  });

  test('a member more than there are partitions waits until it is needed', async () => {
    const topic = await createTopic(log());
    const first = await follow(log(), topic, { group: topic });
    await first.until(() => first.owned.size === 1);
    const spare = await follow(log(), topic, { group: topic });
    await first.member.stop();
    await spare.until(() => spare.owned.size === 1);
    await put(log(), topic, numbered(1));
    await spare.until(() => spare.values().includes('v0'));
    await spare.member.stop();
  });

  test('each group reads everything', async () => {
    const topic = await createTopic(log());
    const followers = await Promise.all([follow(log(), topic), follow(log(), topic)]);
    await put(log(), topic, numbered(5));
    for (const follower of followers) {
      await follower.until(() => follower.values().length === 5);
      await follower.member.stop();
    }
  });

  test('stopping finishes the batch in hand, then revokes; nothing comes after', async () => {
    const topic = await createTopic(log());
    await put(log(), topic, numbered(1));
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const follower = await follow(log(), topic, {
      onBatch: async () => {
        begin();
        await released;
      },
    });
    await begun;
    let stopped = false;
    const stopping = follower.member.stop().then(() => {
      stopped = true;
    });
    await Promise.resolve();
    expect(stopped).toBe(false);
    release();
    await stopping;
    await follower.member.stopped;
    await follower.member.stop();
    expect(follower.values()).toEqual(['v0']);
    expect(follower.owned.size).toBe(0);
    await put(log(), topic, numbered(1, undefined, 1));
    expect(follower.values()).toEqual(['v0']);
  });

  test('work that fails stops the member with its error, and its partition goes to another', async () => {
    const topic = await createTopic(log());
    const failing = await follow(log(), topic, {
      group: topic,
      onBatch: async () => {
        throw new Error('the work failed');
      },
    });
    await failing.until(() => failing.owned.size === 1);
    const other = await follow(log(), topic, { group: topic });
    await put(log(), topic, numbered(3));
    await expect(failing.member.stopped).rejects.toThrow('the work failed');
    await failing.member.stop();
    await other.until(() => other.values().length === 3);
    await other.member.stop();
  });

  test('a member that cannot restore stops with that error', async () => {
    const topic = await createTopic(log());
    const member = await log().join({
      group: topic,
      topic,
      onAssigned: async () => {
        throw new Error('no snapshot');
      },
      onBatch: async () => undefined,
      onRevoked: async () => undefined,
    });
    await expect(member.stopped).rejects.toThrow('no snapshot');
  });

  test.each([
    ['no offset at all', () => undefined, Error],
    ['an offset beyond the end', (end: number) => end + 1, AheadError],
  ])('being told %s stops the member', async (_, offset, error) => {
    const topic = await createTopic(log());
    const { end } = await log().bounds(topic, 0);
    const position = offset(end);
    const member = await log().join({
      group: topic,
      topic,
      onAssigned: async () => (position === undefined ? new Map() : new Map([[0, position]])),
      onBatch: async () => undefined,
      onRevoked: async () => undefined,
    });
    await expect(member.stopped).rejects.toThrow(error);
  });

  test('a member may append to another topic while it works', async () => {
    const [input, output] = [await createTopic(log()), await createTopic(log())];
    const stage = await follow(log(), input, {
      onBatch: async (batch) => {
        await put(
          log(),
          output,
          batch.records.map(({ key, value }) => ({ key, value })),
        );
      },
    });
    const reader = await follow(log(), output);
    await put(log(), input, numbered(25));
    await reader.until(() => reader.values().length === 25);
    expect(reader.values()).toEqual(Array.from({ length: 25 }, (_, index) => `v${index}`));
    await Promise.all([stage.member.stop(), reader.member.stop()]);
  });

  test('committed positions are the group’s own', async () => {
    const topic = await createTopic(log(), { partitions: 2 });
    expect(await log().committed('nobody', topic)).toEqual(new Map());
    await put(log(), topic, [...numbered(5, 0), ...numbered(5, 1)]);
    const follower = await follow(log(), topic, { group: topic });
    await follower.until(() => follower.owned.size === 2);
    const [{ end: first }, { end: second }] = [await log().bounds(topic, 0), await log().bounds(topic, 1)];
    await follower.member.commit(new Map([[0, first - 1]]));
    await follower.member.commit(
      new Map([
        [0, first],
        [1, second],
      ]),
    );
    expect(await log().committed(topic, topic)).toEqual(
      new Map([
        [0, first],
        [1, second],
      ]),
    );
    expect(await log().committed('another', topic)).toEqual(new Map());
    await follower.member.stop();
  });

  test('closing the log stops its members', async () => {
    const other = await another();
    const topic = await createTopic(other.log);
    const follower = await follow(other.log, topic);
    await follower.until(() => follower.owned.size === 1);
    await other.log.close();
    await follower.member.stopped;
    expect(follower.owned.size).toBe(0);
    await other.dispose();
  });

  test('members that come and go, whenever they do, leave nothing unread', async () => {
    const action = fc.constantFrom('append', 'join', 'leave');
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
        const topic = await createTopic(log(), { partitions: 3 });
        const followers = [await follow(log(), topic, { group: topic })];
        let appended = 0;
        for (const each of [...actions, 'append'] as const) {
          if (each === 'append') {
            await put(log(), topic, numbered(6, undefined, appended));
            appended += 6;
          } else if (each === 'join') followers.push(await follow(log(), topic, { group: topic }));
          else if (followers.length > 1) await followers.shift()!.member.stop();
        }
        // Whoever is left may have joined last and then reads all its partitions from the beginning.
        const last = followers.pop()!;
        await Promise.all(followers.map((follower) => follower.member.stop()));
        const before = new Set(followers.flatMap((follower) => follower.values()));
        await last.until(() => new Set([...before, ...last.values()]).size === appended);
        await last.member.stop();
      }),
      { numRuns: Math.min(runs, 20) },
    );
  });
}
