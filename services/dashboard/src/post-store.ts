import { hash52 } from '@foreshock/model/hash';
import type { EvidenceText } from '@foreshock/model/incident';
import type { Match, SentimentLabel } from '@foreshock/model/match';
import type { Erasure } from '@foreshock/model/mention';
import { cleanPostText, cleanPostUrl } from './post-text.ts';

/** A post as the page shows it. The author is a keyed hash: enough to erase by, not enough to name. */
export interface Post {
  readonly id: string;
  readonly watch: string;
  readonly source: string;
  readonly eventTime: number;
  readonly text: string;
  readonly url: string | undefined;
  readonly reach: number | undefined;
  readonly shares: number | undefined;
  readonly sentiment: SentimentLabel | undefined;
  readonly author: number;
}

export interface PostBounds {
  /** Newest posts kept per watch. */
  readonly perWatchMax: number;
  /** Posts kept over all watches, at most 1,000 characters each: 10 MB. */
  readonly recentMax: number;
  /** Evidence posts kept: ten for each incident kept, 40 MB. */
  readonly evidenceMax: number;
  /** Erasures remembered, so that a text read later than its erasure is not shown. */
  readonly erasuresMax: number;
}
export const POST_BOUNDS: PostBounds = {
  perWatchMax: 50,
  recentMax: 5_000,
  evidenceMax: 20_000,
  erasuresMax: 10_000,
};

export interface PostStore {
  putMatch(match: Match): void;
  putEvidence(text: EvidenceText): void;
  /** A tombstone in `matches` (key `watch/mention id`). */
  dropMatch(key: string): void;
  /** A tombstone in `texts`, or an upstream delete: the mention is gone everywhere. */
  dropMention(id: string): void;
  /** `identityKey`: what author hashes are made with; authors cannot be erased without it. */
  erase(erasure: Erasure, identityKey: string | undefined): void;
  /** Is a post kept under this key of `matches`? */
  knows(key: string | null): boolean;
  /** Evidence where it is kept, else what a watch remembers of it. */
  get(id: string): Post | undefined;
  /** Newest first. */
  recent(watch: string, limit: number): readonly Post[];
  readonly size: number;
}

/** Lets go of the first inserted until `map` holds at most `max`. */
function trim<K, V>(map: Map<K, V>, max: number, onGone?: (key: K, value: V) => void): void {
  for (const [key, value] of map) {
    if (map.size <= max) return;
    map.delete(key);
    onGone?.(key, value);
  }
}

export function createPostStore(bounds: PostBounds = POST_BOUNDS): PostStore {
  /** By `watch/mention id`, in order of arrival. */
  const recent = new Map<string, Post>();
  const keysOf = new Map<string, Set<string>>();
  const evidence = new Map<string, Post>();
  const erasedMentions = new Map<string, true>();
  /** Author hash to the event time of the erasure: older texts are covered by it. */
  const erasedAuthors = new Map<number, number>();

  const isErased = (id: string, author: number, eventTime: number): boolean =>
    erasedMentions.has(id) || eventTime <= (erasedAuthors.get(author) ?? -1);

  function dropMatch(key: string): void {
    const post = recent.get(key);
    if (!post) return;
    recent.delete(key);
    const keys = keysOf.get(post.watch);
    keys?.delete(key);
    if (keys?.size === 0) keysOf.delete(post.watch);
  }

  function dropMention(id: string): void {
    evidence.delete(id);
    for (const [key, post] of recent) if (post.id === id) dropMatch(key);
    erasedMentions.set(id, true);
    trim(erasedMentions, bounds.erasuresMax);
  }

  function dropAuthor(author: number, eventTime: number): void {
    for (const [id, post] of evidence)
      if (post.author === author && post.eventTime <= eventTime) evidence.delete(id);
    for (const [key, post] of recent)
      if (post.author === author && post.eventTime <= eventTime) dropMatch(key);
    erasedAuthors.set(author, Math.max(eventTime, erasedAuthors.get(author) ?? 0));
    trim(erasedAuthors, bounds.erasuresMax);
  }

  function remember(key: string, post: Post): void {
    dropMatch(key);
    recent.set(key, post);
    let keys = keysOf.get(post.watch);
    if (!keys) {
      keys = new Set();
      keysOf.set(post.watch, keys);
    }
    keys.add(key);
    if (keys.size > bounds.perWatchMax) {
      const oldest = keys.values().next().value;
      if (oldest !== undefined) dropMatch(oldest);
    }
    for (const oldest of recent.keys()) {
      if (recent.size <= bounds.recentMax) break;
      dropMatch(oldest);
    }
  }

  return {
    putMatch(match) {
      if (match.op === 'delete') return dropMention(match.id);
      if (match.content === '' || isErased(match.id, match.author, match.eventTime)) return;
      remember(`${match.watch}/${match.id}`, {
        id: match.id,
        watch: match.watch,
        source: match.source,
        eventTime: match.eventTime,
        text: cleanPostText(match.content),
        url: cleanPostUrl(match.url),
        reach: match.reach,
        shares: match.shares,
        sentiment: match.understanding.sentiment.label,
        author: match.author,
      });
    },
    putEvidence(text) {
      if (text.content === '' || isErased(text.id, text.author, text.eventTime)) {
        evidence.delete(text.id);
        return;
      }
      evidence.delete(text.id);
      evidence.set(text.id, {
        id: text.id,
        watch: text.watch,
        source: text.source,
        eventTime: text.eventTime,
        text: cleanPostText(text.content),
        url: cleanPostUrl(text.url),
        reach: text.reach,
        shares: undefined,
        sentiment: undefined,
        author: text.author,
      });
      trim(evidence, bounds.evidenceMax);
    },
    dropMatch,
    dropMention,
    erase(erasure, identityKey) {
      if (erasure.mention !== undefined) dropMention(erasure.mention);
      if (erasure.author !== undefined && identityKey !== undefined)
        dropAuthor(hash52(identityKey, erasure.author), erasure.eventTime);
    },
    knows: (key) => key !== null && recent.has(key),
    get(id) {
      const kept = evidence.get(id);
      if (kept) return kept;
      for (const post of recent.values()) if (post.id === id) return post;
      return undefined;
    },
    recent(watch, limit) {
      const posts = [...(keysOf.get(watch) ?? [])].map((key) => recent.get(key)!);
      return posts.sort((a, b) => b.eventTime - a.eventTime || (a.id < b.id ? 1 : -1)).slice(0, limit);
    },
    get size() {
      return recent.size + evidence.size;
    },
  };
}
