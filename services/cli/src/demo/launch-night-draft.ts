import type { Mention } from '@foreshock/model/mention';
import { personOf } from './launch-night-people.ts';
import { type Random, randomOf } from './launch-night-random.ts';

export type Channel = 'x' | 'bluesky' | 'mastodon' | 'reddit' | 'forum' | 'reviews' | 'news';

/** Shares of the channels on an ordinary day, and when news runs fast. */
export const CHANNELS = {
  calm: { x: 0.42, bluesky: 0.16, mastodon: 0.08, reddit: 0.15, forum: 0.1, reviews: 0.05, news: 0.04 },
  fast: { x: 0.52, bluesky: 0.2, mastodon: 0.1, reddit: 0.1, forum: 0.08, reviews: 0, news: 0 },
} as const satisfies Record<string, Readonly<Record<Channel, number>>>;

const KIND_OF_CHANNEL: Readonly<Record<Channel, Mention['type']>> = {
  x: 'Note',
  bluesky: 'Note',
  mastodon: 'Note',
  reddit: 'Note',
  forum: 'Message',
  reviews: 'Review',
  news: 'Article',
};

/** A post before it becomes a mention. `key` names it within the night; `person` is a key of `personOf`. */
export interface Draft {
  readonly key: string;
  readonly part: string;
  readonly atMs: number;
  readonly channel: Channel;
  readonly person: string;
  readonly text: string;
  readonly shares?: number;
  readonly rating?: number;
  readonly inReplyTo?: Draft;
  /** The post being reposted by the platform's own button. */
  readonly reposts?: Draft;
}

const nativeIdOf = (seed: number, key: string): string => {
  const random = randomOf(seed, `id/${key}`);
  return `s${Math.floor(random() * 2 ** 32).toString(36)}${Math.floor(random() * 2 ** 32).toString(36)}`;
};

const idOf = (seed: number, draft: Draft): string => `${draft.channel}:${nativeIdOf(seed, draft.key)}`;

/** Seconds until a source has seen a post. */
const lagMs = (random: Random): number => 200 + Math.floor(random() * 3_800);

/** The mention a source would hand over, event time fixed, not marked as history. */
export function mentionOf(seed: number, draft: Draft): Mention {
  const random = randomOf(seed, `mention/${draft.key}`);
  const person = personOf(seed, draft.person);
  const published = new Date(draft.atMs).toISOString();
  const nativeId = nativeIdOf(seed, draft.key);
  return {
    op: draft.reposts ? 'announce' : 'create',
    source: draft.channel,
    eventTime: draft.atMs,
    id: `${draft.channel}:${nativeId}`,
    v: 1,
    type: KIND_OF_CHANNEL[draft.channel],
    access: 'public',
    nativeId,
    url: `https://${draft.channel}.example/${person.handle}/${nativeId}`,
    published,
    publishedTrust: 'server',
    observed: new Date(draft.atMs + lagMs(random)).toISOString(),
    ...(draft.channel === 'news' ? { name: draft.text.slice(0, 80) } : {}),
    content: draft.text,
    attributedTo: {
      id: person.id,
      name: person.name,
      preferredUsername: person.handle,
      url: `https://${draft.channel}.example/${person.handle}`,
      followers: person.followers,
    },
    ...(draft.inReplyTo ? { inReplyTo: idOf(seed, draft.inReplyTo) } : {}),
    ...(draft.reposts ? { object: idOf(seed, draft.reposts) } : {}),
    ...(draft.shares
      ? {
          interactionStatistic: {
            shares: draft.shares,
            likes: Math.floor(draft.shares * (1 + 6 * random())),
          },
        }
      : {}),
    ...(draft.rating ? { reviewRating: { value: draft.rating, best: 5, worst: 1 } } : {}),
    ingest: { connector: 'synthetic', version: '1', replay: false },
  };
}
