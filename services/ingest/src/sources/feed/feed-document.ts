import { parseFeed } from 'feedsmith';
import { atomItem, type ItemContext, jsonItem, type ParsedFeed, rdfItem, rssItem } from './feed-items.ts';
import { webBase } from './feed-link.ts';
import { plainTitle } from './feed-text.ts';

/** One entry of a feed, whatever the format: plain text, absolute links, milliseconds. */
export interface FeedItem {
  /** The identity the publisher gave it: guid, atom:id, JSON Feed id. */
  readonly id?: string;
  readonly link?: string;
  readonly title?: string;
  readonly text: string;
  readonly publishedMs?: number;
  readonly updatedMs?: number;
  readonly author?: { readonly name?: string; readonly url?: string };
  readonly language?: string;
  readonly categories: readonly string[];
  readonly enclosures: readonly {
    readonly url: string;
    readonly mediaType?: string;
    readonly title?: string;
  }[];
  /** Id of the entry this one answers (Atom threading). */
  readonly inReplyTo?: string;
}

export interface FeedDocument {
  readonly title?: string;
  readonly items: readonly FeedItem[];
  /** How long the publisher asks not to be asked again. */
  readonly ttlMs?: number;
  /** Hours of the day, in UTC, in which the publisher asks not to be asked. */
  readonly skipHours: readonly number[];
}

export type FeedRead =
  | { readonly ok: true; readonly document: FeedDocument }
  | { readonly ok: false; readonly reason: 'not-a-feed' | 'malformed' };

/**
 * Reads RSS, Atom, RDF or JSON Feed. No entity is ever fetched or expanded: the document type is cut away before
 * parsing, and the parser knows only the entities of HTML. `url` is where the document came from; of more than
 * `itemsMax` items the newest are kept.
 */
export function readFeed(text: string, url: string, itemsMax = Number.POSITIVE_INFINITY): FeedRead {
  let parsed: ParsedFeed;
  try {
    parsed = parseFeed<string>(prepared(text));
  } catch (error) {
    const kind = error instanceof Error ? error.name : '';
    // The parser found a feed of which nothing is left once empty elements are gone: no search hits tonight.
    if (kind === 'ParseError') return { ok: true, document: { items: [], skipHours: [] } };
    return { ok: false, reason: kind === 'DetectError' ? 'not-a-feed' : 'malformed' };
  }
  const document = documentOf(parsed, url);
  return { ok: true, document: { ...document, items: newestItems(document.items, itemsMax) } };
}

/** The newest `max` items, undated ones where they stand. */
export function newestItems(items: readonly FeedItem[], max: number): readonly FeedItem[] {
  if (items.length <= max) return items;
  const dated = items.map((item, at) => ({ item, at, ms: item.publishedMs ?? Number.POSITIVE_INFINITY }));
  return dated
    .sort((a, b) => (a.ms === b.ms ? a.at - b.at : b.ms - a.ms))
    .slice(0, max)
    .map(({ item }) => item);
}

/** Mends what keeps the parser from reading feeds that are otherwise whole. */
function prepared(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return withJsonVersion(trimmed);
  const whole = /<\/[\w:.-]{1,64}$/.test(trimmed.slice(-80)) ? `${trimmed}>` : trimmed;
  return withoutDoctype(whole);
}

/** JSON Feeds are told by an address in `version`; some give the bare number. */
function withJsonVersion(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  if (typeof value !== 'object' || value === null || !('version' in value) || !('items' in value))
    return value;
  return /^1(\.\d)?$/.test(String(value.version))
    ? { ...value, version: `https://jsonfeed.org/version/${value.version}` }
    : value;
}

function documentOf(parsed: ParsedFeed, url: string): FeedDocument {
  switch (parsed.format) {
    case 'rss': {
      const { feed } = parsed;
      const context = contextOf(url, [feed.xml?.base, feed.link], feed.language);
      return {
        ...titled(plainTitle(feed.title, 'html')),
        items: (feed.items ?? []).map((item) => rssItem(item, context)),
        ...(feed.ttl !== undefined && feed.ttl > 0 ? { ttlMs: feed.ttl * 60_000 } : {}),
        skipHours: (feed.skipHours ?? []).map((hour) => hour % 24),
      };
    }
    case 'atom': {
      const { feed } = parsed;
      const context = contextOf(url, [feed.xml?.base], feed.xml?.lang);
      return {
        ...titled(plainTitle(feed.title?.value, feed.title?.type)),
        items: (feed.entries ?? []).map((entry) => atomItem(entry, context)),
        skipHours: [],
      };
    }
    case 'rdf': {
      const { feed } = parsed;
      const context = contextOf(url, [feed.xml?.base, feed.link], feed.dc?.languages?.[0]);
      return {
        ...titled(plainTitle(feed.title, 'html')),
        items: (feed.items ?? []).map((item) => rdfItem(item, context)),
        skipHours: [],
      };
    }
    case 'json': {
      const { feed } = parsed;
      const context = contextOf(url, [], feed.language);
      return {
        ...titled(plainTitle(feed.title, 'text')),
        items: (feed.items ?? []).map((item) => jsonItem(item, context)),
        skipHours: [],
      };
    }
  }
}

const titled = (title: string | undefined) => (title ? { title } : {});

/** Each base is resolved against the one before it, the first against the document’s own address. */
function contextOf(url: string, bases: readonly (string | undefined)[], language?: string): ItemContext {
  return { base: bases.reduce(webBase, url), ...(language ? { language } : {}) };
}

/**
 * Cuts the document type declaration, where entities are declared that no feed needs and that attackers use. Only
 * the prolog is looked at, in one pass.
 */
export function withoutDoctype(text: string): string {
  let at = 0;
  for (;;) {
    while (at < text.length && /\s/.test(text[at]!)) at++;
    const end = text.startsWith('<?', at)
      ? endAfter(text, '?>', at)
      : text.startsWith('<!--', at)
        ? endAfter(text, '-->', at)
        : undefined;
    if (end === undefined) break;
    at = end;
  }
  if (text.slice(at, at + 9).toUpperCase() !== '<!DOCTYPE') return text;
  const end = doctypeEnd(text, at + 9);
  return end === undefined ? text : text.slice(0, at) + text.slice(end);
}

function endAfter(text: string, mark: string, from: number): number | undefined {
  const at = text.indexOf(mark, from);
  return at < 0 ? undefined : at + mark.length;
}

/** Past the `>` that closes the declaration, outside of quotes and of the bracketed subset. */
function doctypeEnd(text: string, from: number): number | undefined {
  let quote: string | undefined;
  let inSubset = false;
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '[') inSubset = true;
    else if (character === ']') inSubset = false;
    else if (character === '>' && !inSubset) return at + 1;
  }
  return undefined;
}
