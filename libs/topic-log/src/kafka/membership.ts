import { AssignerProtocol, type Consumer, type Kafka, type PartitionAssigner } from 'kafkajs';
import type { Clock } from '../clock.ts';
import { assign } from '../membership/assignment.ts';
import { refusalOf } from './faults.ts';

/** How long the group waits for a member to come back to a rebalance. */
const REBALANCE_MS_MAX = 30_000;
const LEAVE_MS_MAX = 3_000;
const PROTOCOL = 'foreshock-sticky';
/** kafkajs’ consumer turns once in this time, and looks whether a heartbeat is due. */
const TURN_MS = 200;
/** Heartbeats also bring the news of a rebalance; a request every half second is cheap for the coordinator. */
const HEARTBEAT_MS = 500;

export interface Membership {
  commit(positions: ReadonlyMap<number, number>): Promise<void>;
  /**
   * False once the group has not heard of us for a whole session: others may own our partitions. A process that was
   * stopped and goes on learns of it here before the group tells it.
   */
  current(): boolean;
  /** Resolves when `current()` may be true again, or the membership ends. */
  renewed(): Promise<void>;
  leave(): Promise<void>;
}

/**
 * A seat in a Kafka consumer group. kafkajs does what a group needs: joining, heartbeats, rebalances, committed
 * offsets; its consumer has all partitions paused and fetches nothing, because reading is done by the partition feed.
 * So a rebalance does not stop the work on partitions that stay.
 */
export async function joinGroup(options: {
  readonly client: Kafka;
  readonly group: string;
  /** As the cluster calls it. */
  readonly topic: string;
  readonly sessionTimeoutMs: number;
  readonly clock: Clock;
  /** What this member has now; it keeps that if it can. */
  readonly owned: () => readonly number[];
  /** The partitions that are this member’s from now on. */
  readonly onAssignment: (partitions: readonly number[]) => void;
  /** The group does not take us back. */
  readonly onLost: (error: unknown) => void;
}): Promise<Membership> {
  const { client, group, topic, sessionTimeoutMs } = options;
  const consumer = client.consumer({
    groupId: group,
    partitionAssigners: [stickyAssigner(topic, options.owned)],
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(REBALANCE_MS_MAX, sessionTimeoutMs),
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: TURN_MS,
    allowAutoTopicCreation: false,
    retry: { restartOnFailure: async (error) => refusalOf(error, '') === undefined },
  });
  let heardAt = performance.now();
  let renewal = Promise.withResolvers<void>();
  let left = false;
  const renew = () => {
    heardAt = performance.now();
    renewal.resolve();
    renewal = Promise.withResolvers<void>();
  };

  const joined = Promise.withResolvers<void>();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    // Stopping does not interrupt a join that is under way: it comes back to life behind our back.
    if (left) return void setImmediate(() => void consumer.disconnect().catch(() => undefined));
    consumer.pause([{ topic }]);
    renew();
    joined.resolve();
    options.onAssignment(payload.memberAssignment[topic] ?? []);
  });
  consumer.on(consumer.events.HEARTBEAT, renew);
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (payload.restart) return;
    const error = refusalOf(payload.error, `group ${group}`) ?? payload.error;
    joined.reject(error);
    options.onLost(error);
  });
  joined.promise.catch(() => undefined);
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    async eachBatch() {
      throw new Error('a paused consumer was given records');
    },
  });
  return {
    commit: (positions) => commit(consumer, topic, positions),
    current: () => performance.now() - heardAt < sessionTimeoutMs,
    async renewed() {
      if (!left) await renewal.promise;
    },
    async leave() {
      left = true;
      renewal.resolve();
      const given = new AbortController();
      // A coordinator that does not answer finds out by itself, a session later.
      const patience = options.clock.sleep(LEAVE_MS_MAX, given.signal);
      await Promise.race([consumer.disconnect(), patience]).finally(() => given.abort());
    },
  };
}

async function commit(
  consumer: Consumer,
  topic: string,
  positions: ReadonlyMap<number, number>,
): Promise<void> {
  await consumer.commitOffsets(
    [...positions].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })),
  );
}

/** As the members of one process share partitions, so do those of a group: evenly, moving no more than must move. */
function stickyAssigner(topic: string, owned: () => readonly number[]): PartitionAssigner {
  return ({ cluster }) => ({
    name: PROTOCOL,
    version: 1,
    async assign({ members }) {
      const partitions = cluster.findTopicPartitionMetadata(topic).length;
      const shares = assign(
        members.map(({ memberMetadata }) => ownedBy(memberMetadata)),
        partitions,
      );
      return members.map(({ memberId }, index) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: 1,
          assignment: { [topic]: shares[index]! },
          userData: Buffer.alloc(0),
        }),
      }));
    },
    protocol: ({ topics }) => ({
      name: PROTOCOL,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: 1,
        topics,
        userData: Buffer.from(JSON.stringify(owned())),
      }),
    }),
  });
}

/** What a member says it has. A member of another version may say nothing that can be read. */
function ownedBy(metadata: Buffer): number[] {
  try {
    const said: unknown = JSON.parse(
      AssignerProtocol.MemberMetadata.decode(metadata)?.userData.toString('utf8') ?? '[]',
    );
    return Array.isArray(said) ? said.filter((partition) => Number.isInteger(partition)) : [];
  } catch {
    return [];
  }
}
