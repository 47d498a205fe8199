import { readJson } from '@foreshock/model/canonical-json';
import type { EvidenceText } from '@foreshock/model/incident';
import type { Clock } from '@foreshock/runtime/clock';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { Latch } from './latch.ts';

/** 2,000 posts of at most 20,000 characters, about 1 KB as a rule: 2 MB, 80 MB at the very worst. */
const POSTS_MAX = 2_000;
/** A notice does not wait longer than this for posts that are on their way. */
const PATIENCE_MS = 100;

export interface EvidenceTexts {
  textOf(mentionId: string): EvidenceText | undefined;
  /** Resolves when everything that `texts` held at the call has been read, or after 100 ms. */
  caughtUp(): Promise<void>;
  /** Rejects with what stopped the reading, unless it was `stop`. */
  readonly stopped: Promise<void>;
  stop(): Promise<void>;
}

/** Keeps the newest evidence posts at hand. A tombstone removes its post at once: no body is rendered from it later. */
export async function followEvidenceTexts(options: {
  readonly log: TopicLog;
  readonly clock: Clock;
  /** Called for every post that was erased, those before the start included. */
  readonly onErased?: () => void;
}): Promise<EvidenceTexts> {
  const { log, clock } = options;
  const posts = new Map<string, EvidenceText>();
  let position = 0;
  const moved = new Set<Latch>();
  const member = await log.join({
    topic: 'texts',
    onAssigned: async (partitions) => {
      const { start } = await log.bounds('texts', 0);
      posts.clear();
      position = start;
      return new Map(partitions.map((partition) => [partition, start]));
    },
    onBatch: async ({ records, nextOffset }) => {
      for (const { key, value } of records) {
        if (key === null) continue;
        posts.delete(key);
        if (value === null) options.onErased?.();
        else posts.set(key, readJson(value) as EvidenceText);
      }
      while (posts.size > POSTS_MAX) {
        const [oldest] = posts.keys();
        posts.delete(oldest!);
      }
      position = nextOffset;
      for (const latch of moved) latch.set();
    },
    onRevoked: async () => undefined,
  });
  return {
    textOf: (mentionId) => posts.get(mentionId),
    async caughtUp() {
      const until = clock.now() + PATIENCE_MS;
      const { end } = await log.bounds('texts', 0);
      const latch = new Latch();
      const never = new AbortController().signal;
      moved.add(latch);
      while (position < end && clock.now() < until) await latch.wait(clock, until, never);
      moved.delete(latch);
    },
    stopped: member.stopped,
    stop: () => member.stop(),
  };
}
