import { hash } from 'node:crypto';
import { type FeedDocument, type FeedItem, newestItems } from './feed-document.ts';
import { itemContent, itemIdentity } from './item-mention.ts';

/** What is remembered of one feed. */
export interface FeedMemory {
  /** When it was last read successfully; undefined before the first time. */
  readonly polledAt: number | undefined;
  /** What made the last answer comparable. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** Where it moved for good. */
  readonly movedTo?: string;
  /** It answered 410: never asked again. */
  readonly gone: boolean;
  /** Fingerprints of items seen, by identity, oldest first. */
  readonly seen: ReadonlyMap<string, string>;
  /** Part of `seen` was lost on the way through the cursor: an unknown item may be an old one. */
  readonly partial: boolean;
}

export const unknownFeed: FeedMemory = { polledAt: undefined, gone: false, seen: new Map(), partial: false };

/**
 * All feeds of a source together remember at most 100,000 items, some 100 bytes each: 10 MB. One feed has at least
 * 200 of them, at most 2,000, and no more items of one document are looked at, the newest first.
 */
export const itemsMax = (feeds: number): number =>
  Math.min(2_000, Math.max(200, Math.floor(100_000 / feeds)));

export interface NewItem {
  readonly item: FeedItem;
  readonly op: 'create' | 'update';
  readonly replay: boolean;
}

export interface Reading {
  readonly items: readonly NewItem[];
  readonly memory: FeedMemory;
  readonly gap?: { readonly from: number; readonly to: number };
}

export interface ReadingContext {
  readonly nowMs: number;
  readonly itemsMax: number;
  /** What is older than this when it is found after a pause of ours is history, not news. */
  readonly replayAfterMs: number;
}

/** Compares a document with what is remembered: which items are new, which edited, and what to remember next. */
export function readingOf(document: FeedDocument, memory: FeedMemory, context: ReadingContext): Reading {
  const newest = newestItems(document.items, context.itemsMax);
  const items: NewItem[] = [];
  const current = new Map<string, string>();
  for (const item of newest) {
    const identity = itemIdentity(item);
    if (identity === undefined) continue;
    const key = fingerprint(identity, 6);
    // Twice in one document: the newer one, which comes first, counts.
    if (current.has(key)) continue;
    const content = fingerprint(itemContent(item), 3);
    current.set(key, content);
    const known = memory.seen.get(key);
    if (known === undefined) items.push({ item, op: 'create', replay: isHistory(item, memory, context) });
    else if (known !== content) items.push({ item, op: 'update', replay: false });
  }
  const gap = gapOf(newest, current, memory);
  return {
    items,
    memory: {
      ...memory,
      polledAt: context.nowMs,
      seen: remembered(memory.seen, current, context.itemsMax),
      partial: false,
    },
    ...(gap ? { gap } : {}),
  };
}

/**
 * The first look at a feed shows history. So does what gathered while we were away for longer than the allowed
 * lateness, and what may only seem new because the memory of it was lost.
 */
function isHistory(item: FeedItem, memory: FeedMemory, { nowMs, replayAfterMs }: ReadingContext): boolean {
  const { polledAt, partial } = memory;
  if (polledAt === undefined) return true;
  const away = nowMs - polledAt > replayAfterMs;
  if (item.publishedMs === undefined) return partial || away;
  return (partial && item.publishedMs <= polledAt) || (away && item.publishedMs < nowMs - replayAfterMs);
}

/** Too few items say nothing: some feeds only ever show the latest. */
const OVERLAP_ITEMS_MIN = 5;

/** Not one known item left, and all of them younger than our last look: what was between has scrolled out. */
function gapOf(
  items: readonly FeedItem[],
  current: ReadonlyMap<string, string>,
  { seen, polledAt, partial }: FeedMemory,
): Reading['gap'] {
  if (polledAt === undefined || partial) return undefined;
  if (seen.size < OVERLAP_ITEMS_MIN || current.size < OVERLAP_ITEMS_MIN) return undefined;
  for (const key of current.keys()) if (seen.has(key)) return undefined;
  const oldest = Math.min(...items.map((item) => item.publishedMs ?? Number.NEGATIVE_INFINITY));
  return oldest > polledAt ? { from: polledAt, to: oldest } : undefined;
}

/** Known items and then the current ones, the newest of them last, cut to the bound from the oldest side. */
function remembered(
  seen: ReadonlyMap<string, string>,
  current: ReadonlyMap<string, string>,
  max: number,
): ReadonlyMap<string, string> {
  const older = [...seen].filter(([key]) => !current.has(key));
  const room = Math.max(0, max - current.size);
  return new Map([...(room > 0 ? older.slice(-room) : []), ...[...current].reverse()]);
}

/**
 * The first characters of a base64url SHA-256. Six hold 36 bits: among 2,000 items of one feed a chance of 1 in
 * 34,000 that any two are taken for one. Three hold 18: one edit in 262,144 goes unnoticed.
 */
const fingerprint = (text: string, chars: number): string =>
  hash('sha256', text, 'base64url').slice(0, chars);
