import type { Member, MemberOptions } from '../contract.ts';
import { assign } from './assignment.ts';
import { type PartitionSource, type Pump, startPump } from './pump.ts';

const BATCH_RECORDS_DEFAULT = 500;

/** What the groups of one log need from its driver. */
export interface GroupHost {
  partitions(topic: string): number;
  source(topic: string, partition: number): PartitionSource;
  notePositions(group: string, topic: string, positions: ReadonlyMap<number, number>): void;
}

interface Seat {
  readonly options: MemberOptions;
  readonly owned: Map<number, Pump>;
  leaving: boolean;
  readonly announceJoined: () => void;
  failure: { readonly error: unknown } | undefined;
  readonly settle: () => void;
}

interface Group {
  /** A member without a group has one of its own. */
  readonly name: string | symbol;
  readonly topic: string;
  readonly seats: Seat[];
  /** Rebalances run one after another; this is the end of the queue. */
  turn: Promise<void>;
}

/** The consumer groups of a log whose members all live in this process. */
export interface Groups {
  join(options: MemberOptions): Member;
  /** Whether any member reads this topic now. */
  reads(topic: string): boolean;
  /** Stops every member and waits for them. */
  stopAll(): Promise<void>;
  /** Stops every member at once with this error, without waiting for batches in hand. */
  failAll(error: unknown): void;
}

export function createGroups(host: GroupHost): Groups {
  const groups = new Map<string | symbol, Group>();
  let dead = false;

  const rebalance = (group: Group): Promise<void> => {
    group.turn = group.turn.then(() => redistribute(group));
    return group.turn;
  };

  const fail = (group: Group, seat: Seat, error: unknown) => {
    seat.failure ??= { error };
    leave(group, seat);
  };

  const leave = (group: Group, seat: Seat) => {
    if (seat.leaving) return;
    seat.leaving = true;
    void rebalance(group);
  };

  /** Takes away first, everywhere, then gives: nobody gets a partition whose last owner still works on it. */
  async function redistribute(group: Group): Promise<void> {
    if (dead) return;
    // Who joins or leaves from here on is the next rebalance’s affair.
    const staying = group.seats.filter((seat) => !seat.leaving);
    const leaving = group.seats.filter((seat) => seat.leaving);
    const shares = assign(
      staying.map((seat) => [...seat.owned.keys()]),
      host.partitions(group.topic),
    );
    const taken = staying.map((seat, index) => take(group, seat, shares[index]!));
    await Promise.all([...taken, ...leaving.map((seat) => take(group, seat, []))]);
    for (const seat of leaving) {
      group.seats.splice(group.seats.indexOf(seat), 1);
      seat.settle();
    }
    if (typeof group.name === 'symbol' && group.seats.length === 0) groups.delete(group.name);
    await Promise.all(staying.map((seat, index) => give(group, seat, shares[index]!)));
    for (const seat of staying) seat.announceJoined();
  }

  async function take(group: Group, seat: Seat, share: readonly number[]): Promise<void> {
    const lost = [...seat.owned].filter(([partition]) => !share.includes(partition));
    if (lost.length === 0) return;
    await Promise.all(lost.map(([, pump]) => pump.stop()));
    if (dead) return;
    try {
      await seat.options.onRevoked(lost.map(([partition]) => partition));
    } catch (error) {
      fail(group, seat, error);
    }
    for (const [partition] of lost) seat.owned.delete(partition);
  }

  async function give(group: Group, seat: Seat, share: readonly number[]): Promise<void> {
    const gained = share.filter((partition) => !seat.owned.has(partition));
    if (gained.length === 0 || seat.leaving) return;
    try {
      const positions = await seat.options.onAssigned(gained);
      for (const partition of gained) {
        const from = positions.get(partition);
        if (from === undefined) throw new Error(`onAssigned gave no offset for ${group.topic}/${partition}`);
        const pump = startPump({
          source: host.source(group.topic, partition),
          from,
          recordsMax: seat.options.batchRecordsMax ?? BATCH_RECORDS_DEFAULT,
          onBatch: seat.options.onBatch,
          onFailure: (error) => fail(group, seat, error),
        });
        seat.owned.set(partition, pump);
      }
    } catch (error) {
      fail(group, seat, error);
    }
  }

  return {
    join(options) {
      const name =
        options.group === undefined ? Symbol(options.topic) : `${options.group}\u0000${options.topic}`;
      const group = groups.get(name) ?? { name, topic: options.topic, seats: [], turn: Promise.resolve() };
      groups.set(name, group);
      const { promise: stopped, resolve, reject } = Promise.withResolvers<void>();
      const { promise: joined, resolve: announceJoined } = Promise.withResolvers<void>();
      const seat: Seat = {
        announceJoined,
        options,
        owned: new Map(),
        leaving: false,
        failure: undefined,
        settle: () => (seat.failure ? reject(seat.failure.error) : resolve()),
      };
      // Whoever joined looks at `stopped` in their own time; the rejection is theirs even before they do.
      stopped.catch(() => undefined);
      group.seats.push(seat);
      void rebalance(group);
      return {
        joined,
        stopped,
        // Partitions are given to another only after this member’s work on them has ended.
        owns: async () => true,
        async commit(positions) {
          if (options.group !== undefined) host.notePositions(options.group, options.topic, positions);
        },
        async stop() {
          leave(group, seat);
          await stopped.catch(() => undefined);
        },
      };
    },
    reads(topic) {
      for (const group of groups.values()) if (group.topic === topic && group.seats.length > 0) return true;
      return false;
    },
    async stopAll() {
      for (const group of groups.values()) for (const seat of [...group.seats]) leave(group, seat);
      await Promise.all([...groups.values()].map((group) => group.turn));
    },
    failAll(error) {
      dead = true;
      for (const group of groups.values()) {
        for (const seat of [...group.seats]) {
          seat.failure ??= { error };
          seat.leaving = true;
          for (const pump of seat.owned.values()) void pump.stop();
          seat.settle();
        }
      }
    },
  };
}
