import type { Kafka } from 'kafkajs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { AheadError, type LogBatch, type MemberOptions } from '../contract.ts';
import { createFakeBrokers, type FakeBrokers } from '../testing/fake-brokers.ts';
import { type MemberHost, startMember } from './member.ts';
import { createPartitionFeed } from './partition-feed.ts';

/** The group as the test plays it. */
const group = vi.hoisted(() => ({
  assign: (_partitions: readonly number[]): void => undefined,
  lose: (_error: unknown): void => undefined,
  current: true,
  renewal: Promise.withResolvers<void>(),
  left: 0,
  committed: [] as ReadonlyMap<number, number>[],
}));

vi.mock('./membership.ts', () => ({
  joinGroup: async (options: { onAssignment: typeof group.assign; onLost: typeof group.lose }) => {
    group.assign = options.onAssignment;
    group.lose = options.onLost;
    return {
      commit: async (positions: ReadonlyMap<number, number>) => void group.committed.push(positions),
      current: () => group.current,
      renewed: () => group.renewal.promise,
      async leave() {
        group.left += 1;
      },
    };
  },
}));

const PARTITIONS = 3;
const clock = { now: () => 0, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
const logger = { debug() {}, info() {}, warn() {} };
const turns = async (count = 30): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const value = Buffer.from('post');

let brokers: FakeBrokers;
let host: MemberHost;
beforeEach(() => {
  Object.assign(group, { current: true, renewal: Promise.withResolvers<void>(), left: 0, committed: [] });
  brokers = createFakeBrokers({ partitions: PARTITIONS });
  host = {
    client: {} as Kafka,
    clock,
    sessionTimeoutMs: 1_000,
    partitions: async () => PARTITIONS,
    bounds: (topic, partition) => brokers.bounds(topic, partition),
    feed: (topic) => createPartitionFeed({ reader: brokers, topic, clusterTopic: topic, clock, logger }),
    clusterName: (name) => name,
  };
});

/** A member that writes down what happens to it; any step can be held up. */
async function join(changes: Partial<MemberOptions> = {}) {
  const happened: string[] = [];
  const batches: LogBatch[] = [];
  const member = await startMember(host, {
    group: 'match',
    topic: 'case',
    async onAssigned(partitions) {
      happened.push(`+${partitions.join()}`);
      return new Map(partitions.map((partition) => [partition, 0]));
    },
    async onBatch(batch) {
      batches.push(batch);
    },
    async onRevoked(partitions) {
      happened.push(`-${partitions.join()}`);
    },
    ...changes,
  });
  return { member, happened, batches };
}

describe('assignments', () => {
  test('take away first, keep what stays, and give what is new', async () => {
    const { member, happened } = await join();
    group.assign([0, 1]);
    await member.joined;
    group.assign([1, 2]);
    await turns();
    expect(happened).toEqual(['+0,1', '-0', '+2']);
    await member.stop();
    expect(happened.at(-1)).toBe('-1,2');
    expect(group.left).toBe(1);
    expect(brokers.disconnected).toBe(true);
  });

  test('that come while one is restored are carried out after it, the newest alone', async () => {
    const restoring = Promise.withResolvers<void>();
    const happened: string[] = [];
    const { member } = await join({
      async onAssigned(partitions) {
        happened.push(`+${partitions.join()}`);
        await restoring.promise;
        return new Map(partitions.map((partition) => [partition, 0]));
      },
      async onRevoked(partitions) {
        happened.push(`-${partitions.join()}`);
      },
    });
    group.assign([0]);
    await turns();
    group.assign([0, 1]);
    group.assign([2]);
    restoring.resolve();
    await turns();
    expect(happened).toEqual(['+0', '-0', '+2']);
    await member.stop();
  });

  test('of nothing let a member be ready and stand by', async () => {
    const { member, happened } = await join();
    group.assign([]);
    await member.joined;
    expect(happened).toEqual([]);
    await member.stop();
  });

  test('with an offset that is not in the log stop the member, which leaves the group', async () => {
    const { member } = await join({ onAssigned: async () => new Map([[0, 7]]) });
    group.assign([0]);
    await expect(member.stopped).rejects.toBeInstanceOf(AheadError);
    expect(group.left).toBe(1);
  });
});

describe('failures', () => {
  test('in onRevoked stop the member with what failed, and it still leaves', async () => {
    const { member } = await join({
      async onRevoked() {
        throw new Error('the snapshot could not be written');
      },
    });
    group.assign([0]);
    await member.joined;
    group.assign([]);
    await expect(member.stopped).rejects.toThrow('the snapshot could not be written');
    expect(group.left).toBe(1);
  });

  test('in a batch revoke the partitions and stop the member', async () => {
    const { member, happened } = await join({
      async onBatch() {
        throw new Error('a broken invariant');
      },
    });
    group.assign([0]);
    brokers.append(0, value);
    await expect(member.stopped).rejects.toThrow('a broken invariant');
    expect(happened).toEqual(['+0', '-0']);
  });

  test('of the group stop the member', async () => {
    const { member } = await join();
    group.assign([0]);
    await member.joined;
    group.lose(new Error('the group does not take us back'));
    await expect(member.stopped).rejects.toThrow('the group does not take us back');
  });

  test('that come while it stops change nothing more', async () => {
    const { member, happened } = await join();
    group.assign([0]);
    await member.joined;
    const stopping = member.stop();
    group.assign([0, 1, 2]);
    await stopping;
    expect(happened).toEqual(['+0', '-0']);
    await expect(member.commit(new Map([[0, 1]]))).rejects.toThrow('left');
  });
});

describe('a member of which the group has not heard for a session', () => {
  test('is given no batch before the group has spoken, and none of what is another’s by then', async () => {
    const { member, happened, batches } = await join();
    group.assign([0, 1]);
    await member.joined;
    group.current = false;
    brokers.append(0, value);
    brokers.append(1, value);
    await turns();
    expect(batches).toEqual([]);
    // It comes back, and the group has given one of its partitions away.
    group.current = true;
    group.assign([1]);
    group.renewal.resolve();
    await turns();
    expect(batches.map(({ partition }) => partition)).toEqual([1]);
    expect(happened).toEqual(['+0,1', '-0']);
    await member.stop();
  });

  test('that was given its partition back before it heard of the loss goes on with it', async () => {
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<boolean>();
    const held = await join({
      async onBatch({ partition }) {
        if (partition !== 0) return;
        asked.resolve();
        await turns(3);
        answered.resolve(await held.member.owns(0));
      },
    });
    const { member, happened } = held;
    group.assign([0]);
    await member.joined;
    brokers.append(0, value);
    await asked.promise;
    group.current = false;
    group.assign([]);
    group.assign([0]);
    group.current = true;
    group.renewal.resolve();
    // Two assignments came at once; the newest holds, and nothing was lost.
    expect(await answered.promise).toBe(true);
    await turns();
    expect(happened).toEqual(['+0']);
    await member.stop();
  });

  test('whose batch in hand was for a partition that went away gives it up, and restores it when it comes back', async () => {
    const gate = Promise.withResolvers<void>();
    const answers: boolean[] = [];
    let first = true;
    const held = await join({
      async onBatch() {
        if (!first) return;
        first = false;
        await gate.promise;
        answers.push(await held.member.owns(0));
      },
    });
    const { member, happened } = held;
    group.assign([0]);
    await member.joined;
    brokers.append(0, value);
    await turns();
    group.assign([1]);
    gate.resolve();
    await turns();
    group.assign([0, 1]);
    await turns();
    expect(answers).toEqual([false]);
    expect(happened).toEqual(['+0', '-0', '+1', '+0']);
    await member.stop();
  });

  test('control: while the group hears of it, every batch is given at once', async () => {
    const { member, batches } = await join();
    group.assign([0]);
    await member.joined;
    brokers.append(0, value);
    await turns();
    expect(batches).toHaveLength(1);
    await member.stop();
  });

  test('stops without waiting for the group, and does nothing on its way out', async () => {
    const { member, batches } = await join();
    group.assign([0]);
    await member.joined;
    group.current = false;
    brokers.append(0, value);
    await turns();
    await member.stop();
    expect(batches).toEqual([]);
  });
});
