import type { Kafka } from 'kafkajs';
import type { Clock } from '../clock.ts';
import { type Bounds, ClosedError, type Member, type MemberOptions } from '../contract.ts';
import { type Pump, startPump } from '../membership/pump.ts';
import { checkPosition } from '../topic-checks.ts';
import { joinGroup, type Membership } from './membership.ts';
import type { PartitionFeed } from './partition-feed.ts';

const BATCH_RECORDS_DEFAULT = 500;

/** What a member needs from its log. */
export interface MemberHost {
  readonly client: Kafka;
  readonly clock: Clock;
  readonly sessionTimeoutMs: number;
  partitions(topic: string): Promise<number>;
  bounds(topic: string, partition: number): Promise<Bounds>;
  feed(topic: string): PartitionFeed;
  /** As the cluster calls a topic or a group. */
  clusterName(name: string): string;
}

/** Joins the group, or takes every partition where there is none, and works on what it is given. */
export async function startMember(host: MemberHost, options: MemberOptions): Promise<Member> {
  const { topic } = options;
  const partitions = await host.partitions(topic);
  const feed = host.feed(topic);
  const pumps = new Map<number, Pump>();
  /** Partitions that were lost while a batch was in hand: its work was given up, so they must be restored. */
  const spoiled = new Set<number>();
  /** What the group said last. */
  let granted: ReadonlySet<number> = new Set();
  const stopped = Promise.withResolvers<void>();
  // Whoever joined looks at `stopped` in their own time; the rejection is theirs even before they do.
  stopped.promise.catch(() => undefined);
  const joined = Promise.withResolvers<void>();
  let membership: Membership | undefined;
  let target: readonly number[] = [];
  let failure: { readonly error: unknown } | undefined;
  let leaving = false;
  /** Lets go what waits for the group. */
  const departure = Promise.withResolvers<void>();
  let ended: Promise<void> | undefined;
  /** Assignments take effect one after another; this is the end of the queue. */
  let turn: Promise<void> = Promise.resolve();

  function assigned(next: readonly number[]): void {
    if (leaving) return;
    target = next;
    granted = new Set(next);
    turn = turn.then(redistribute);
  }

  /** A newer assignment may come while this one is carried out; each part looks at the newest. */
  async function redistribute(): Promise<void> {
    await take([...pumps.keys()].filter((each) => !target.includes(each) || spoiled.has(each)));
    await give(target.filter((partition) => !pumps.has(partition)));
    joined.resolve();
  }

  async function take(lost: readonly number[]): Promise<void> {
    if (lost.length === 0) return;
    await Promise.all(lost.map((partition) => pumps.get(partition)!.stop()));
    try {
      await options.onRevoked(lost);
    } catch (error) {
      fail(error);
    }
    for (const partition of lost) {
      pumps.delete(partition);
      spoiled.delete(partition);
      feed.close(partition);
    }
  }

  async function give(gained: readonly number[]): Promise<void> {
    if (gained.length === 0 || leaving) return;
    try {
      const positions = await options.onAssigned(gained);
      for (const partition of gained) {
        const asked = positions.get(partition);
        if (asked === undefined) throw new Error(`onAssigned gave no offset for ${topic}/${partition}`);
        checkPosition({ topic, partition, asked }, await host.bounds(topic, partition));
        pumps.set(
          partition,
          startPump({
            source: feed.open(partition, asked),
            from: asked,
            recordsMax: options.batchRecordsMax ?? BATCH_RECORDS_DEFAULT,
            onBatch: async (batch) => {
              if (await owns(partition)) await options.onBatch(batch);
            },
            onFailure: fail,
          }),
        );
      }
    } catch (error) {
      fail(error);
    }
  }

  async function owns(partition: number): Promise<boolean> {
    if (spoiled.has(partition)) return false;
    while (membership && !membership.current() && !leaving)
      await Promise.race([membership.renewed(), departure.promise]);
    // Whoever leaves without having heard of the group cannot know, and does nothing.
    if (!membership || (granted.has(partition) && (membership.current() || !leaving))) return true;
    spoiled.add(partition);
    turn = turn.then(redistribute);
    return false;
  }

  function fail(error: unknown): void {
    failure ??= { error };
    void end();
  }

  function end(): Promise<void> {
    ended ??= leave();
    return ended;
  }

  async function leave(): Promise<void> {
    leaving = true;
    target = [];
    departure.resolve();
    // Not from within what is to be waited for.
    await Promise.resolve();
    await turn.then(redistribute);
    await membership?.leave().catch(() => undefined);
    await feed.stop().catch(() => undefined);
    if (failure) stopped.reject(failure.error);
    else stopped.resolve();
  }

  if (options.group === undefined) assigned(Array.from({ length: partitions }, (_, partition) => partition));
  else {
    const joining = joinGroup({
      client: host.client,
      group: host.clusterName(options.group),
      topic: host.clusterName(topic),
      sessionTimeoutMs: host.sessionTimeoutMs,
      clock: host.clock,
      owned: () => [...pumps.keys()],
      onAssignment: assigned,
      onLost: fail,
    });
    try {
      membership = await joining;
    } catch (error) {
      await feed.stop().catch(() => undefined);
      throw error;
    }
    if (leaving) await end();
  }

  return {
    joined: joined.promise,
    stopped: stopped.promise,
    owns,
    async commit(positions) {
      if (leaving) throw new ClosedError('the member has left');
      await membership?.commit(positions);
    },
    async stop() {
      await end();
    },
  };
}
