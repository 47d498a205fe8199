import { setTimeout as delay } from 'node:timers/promises';
import { type Pushed, plannedPosts, SOURCE } from '../crash/pushed-posts.ts';
import type { Fleet } from './fleet.ts';

/** A front that was frozen takes a connection and says nothing. */
const ANSWER_MS_MAX = 5_000;
/** Posts under way at once. */
const HANDS = 4;
const PAUSE_MS = 50;

export interface Load {
  readonly acknowledged: readonly Pushed[];
  /** When each post was first offered, by id. */
  readonly offeredAt: ReadonlyMap<string, number>;
  /** Offers that were not taken. */
  readonly refusals: number;
  /** Resolves when every planned post was acknowledged. */
  readonly done: Promise<void>;
  /** What is left is offered as fast as it is taken. */
  hurry(): void;
  /** Offers no more. */
  stop(): Promise<void>;
}

/** Pushes the planned posts at a pace to any front that takes them, and each again until one has said that it did. */
export function startLoad(options: {
  readonly fleet: Pick<Fleet, 'of'>;
  readonly troubles: number;
  readonly random: () => number;
  readonly aheadFrom: number;
  readonly perSecond: number;
}): Load {
  const { fleet, random, perSecond } = options;
  const acknowledged: Pushed[] = [];
  const offeredAt = new Map<string, number>();
  const startedAt = performance.now();
  const planned = plannedPosts(options);
  let taken = 0;
  let refusals = 0;
  let hurried = false;
  let over = false;

  async function offer(post: Pushed): Promise<boolean> {
    const fronts = fleet.of('ingest').filter(({ running }) => running);
    const front = fronts[Math.floor(random() * fronts.length)]?.running;
    return front !== undefined && (await push(front.address, post));
  }

  async function hand(): Promise<void> {
    for (;;) {
      const next = planned.next();
      if (next.done) return;
      const dueAt = startedAt + (taken++ * 1_000) / perSecond;
      while (!hurried && !over && performance.now() < dueAt)
        await delay(Math.max(1, Math.min(PAUSE_MS, dueAt - performance.now())));
      const post = { ...next.value, atMs: next.value.atMs ?? Date.now() };
      offeredAt.set(post.id, Date.now());
      while (!over && !(await offer(post))) {
        refusals += 1;
        await delay(PAUSE_MS);
      }
      if (over) return;
      acknowledged.push(post);
    }
  }

  const done = Promise.all(Array.from({ length: HANDS }, hand)).then(() => undefined);
  return {
    acknowledged,
    offeredAt,
    get refusals() {
      return refusals;
    },
    done,
    hurry() {
      hurried = true;
    },
    async stop() {
      over = true;
      await done;
    },
  };
}

async function push(address: string, { id, text, author, atMs }: Pushed): Promise<boolean> {
  try {
    const answer = await fetch(`${address}/ingest/${SOURCE}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, text, author, published: new Date(atMs).toISOString() }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    const report = (await answer.json()) as { accepted?: number };
    return answer.status === 202 && report.accepted === 1;
  } catch {
    return false;
  }
}
