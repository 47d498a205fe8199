import { hash } from 'node:crypto';
import { type FeedMemory, unknownFeed } from './feed-memory.ts';

/** A cursor is one short record; a source may have 500 feeds. What does not fit is left out, the dearest last. */
export const CURSOR_CHARS_MAX = 4_096;

const KEY_CHARS = 4;
const SEEN_CHARS = 9;
const VALIDATOR_CHARS_MAX = 256;

/**
 * `polled` and `gone` are rows of four-character keys, one a feed, and always fit. `feeds` holds, as far as each
 * feed’s equal share of the rest allows: when it was polled, its validators, where it moved, and the fingerprints of
 * its newest items. What is lost costs one full answer, or one redirect, or items handed over again (flagged as
 * history, and known downstream by their ids).
 */
interface CursorRecord {
  readonly v: 1;
  /** When the newest of the feeds was polled, in seconds. */
  readonly at?: number;
  readonly polled: string;
  readonly gone: string;
  readonly feeds: Readonly<Record<string, FeedEntry>>;
}

/** polled (s), whole (1) or cut (0), fingerprints, etag, last modified, moved to. */
type FeedEntry = readonly [number, 0 | 1, string, string, string, string];

export function encodeCursor(memories: ReadonlyMap<string, FeedMemory>): string {
  const polled = [...memories].filter(([, memory]) => memory.polledAt !== undefined && !memory.gone);
  const at = Math.max(...polled.map(([, memory]) => memory.polledAt ?? 0));
  const base: CursorRecord = {
    v: 1,
    ...(polled.length > 0 ? { at: Math.floor(at / 1_000) } : {}),
    polled: polled.map(([url]) => keyOf(url)).join(''),
    gone: [...memories].flatMap(([url, memory]) => (memory.gone ? keyOf(url) : [])).join(''),
    feeds: {},
  };
  const share = Math.floor((CURSOR_CHARS_MAX - JSON.stringify(base).length) / Math.max(1, polled.length));
  const feeds: Record<string, FeedEntry> = {};
  for (const [url, memory] of polled) {
    const entry = entryWithin(memory, share - KEY_CHARS - 4);
    if (entry) feeds[keyOf(url)] = entry;
  }
  return JSON.stringify({ ...base, feeds });
}

/** As much of a feed’s memory as `charsMax` characters of JSON can hold; undefined where not even the time fits. */
function entryWithin(memory: FeedMemory, charsMax: number): FeedEntry | undefined {
  const seconds = Math.floor((memory.polledAt ?? 0) / 1_000);
  const brief = (value: string | undefined) => (value && value.length <= VALIDATOR_CHARS_MAX ? value : '');
  const candidates: FeedEntry[] = [
    [seconds, 0, '', brief(memory.etag), brief(memory.lastModified), memory.movedTo ?? ''],
    [seconds, 0, '', brief(memory.etag), brief(memory.lastModified), ''],
    [seconds, 0, '', '', '', ''],
  ];
  for (const entry of candidates) {
    const room = charsMax - JSON.stringify(entry).length;
    if (room < 0) continue;
    const count = Math.min(memory.seen.size, Math.floor(room / SEEN_CHARS));
    const newest = count > 0 ? [...memory.seen].slice(-count) : [];
    const whole = count === memory.seen.size && !memory.partial ? 1 : 0;
    return [
      entry[0],
      whole,
      newest.map(([key, content]) => key + content).join(''),
      entry[3],
      entry[4],
      entry[5],
    ];
  }
  return undefined;
}

/** What the cursor still knows of each of `urls`. An unreadable cursor knows nothing: every feed starts anew. */
export function decodeCursor(cursor: string | undefined, urls: readonly string[]): Map<string, FeedMemory> {
  const record = parseRecord(cursor);
  const polled = keysOf(record?.polled);
  const gone = keysOf(record?.gone);
  const feeds = new Map(Object.entries(record?.feeds ?? {}));
  const memories = new Map<string, FeedMemory>();
  for (const url of urls) {
    const key = keyOf(url);
    const entry = feeds.get(key);
    if (gone.has(key)) memories.set(url, { ...unknownFeed, gone: true });
    else if (isEntry(entry)) memories.set(url, memoryOf(entry));
    else if (polled.has(key) && typeof record?.at === 'number')
      memories.set(url, { ...unknownFeed, polledAt: record.at * 1_000, partial: true });
    else memories.set(url, unknownFeed);
  }
  return memories;
}

function memoryOf([seconds, whole, seen, etag, lastModified, movedTo]: FeedEntry): FeedMemory {
  const pairs: [string, string][] = [];
  for (let at = 0; at + SEEN_CHARS <= seen.length; at += SEEN_CHARS)
    pairs.push([seen.slice(at, at + 6), seen.slice(at + 6, at + SEEN_CHARS)]);
  return {
    polledAt: seconds * 1_000,
    gone: false,
    seen: new Map(pairs),
    partial: whole === 0,
    ...(etag ? { etag } : {}),
    ...(lastModified ? { lastModified } : {}),
    ...(movedTo ? { movedTo } : {}),
  };
}

function parseRecord(cursor: string | undefined): CursorRecord | undefined {
  if (cursor === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(cursor);
    return typeof value === 'object' && value !== null && 'v' in value && value.v === 1
      ? (value as CursorRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

const isEntry = (entry: unknown): entry is FeedEntry =>
  Array.isArray(entry) &&
  entry.length === 6 &&
  Number.isSafeInteger(entry[0]) &&
  entry.slice(2).every((part) => typeof part === 'string');

/** 24 bits: among 500 feeds a chance of 1 in 134 that two share a key, and then one is taken for polled. */
const keyOf = (url: string): string => hash('sha256', url, 'base64url').slice(0, KEY_CHARS);

function keysOf(row: unknown): Set<string> {
  const keys = new Set<string>();
  if (typeof row !== 'string') return keys;
  for (let at = 0; at + KEY_CHARS <= row.length; at += KEY_CHARS) keys.add(row.slice(at, at + KEY_CHARS));
  return keys;
}
