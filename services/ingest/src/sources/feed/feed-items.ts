import type { parseFeed } from 'feedsmith';
import { languageTag } from '../plain-text.ts';
import { feedDate } from './feed-date.ts';
import type { FeedItem } from './feed-document.ts';
import { webBase, webLink } from './feed-link.ts';
import { plainBody, plainTitle } from './feed-text.ts';

export interface ItemContext {
  /** What relative links of the feed are relative to. */
  readonly base: string;
  readonly language?: string;
}

/** What the parser makes of each format, dates left as they were written. */
export type ParsedFeed = ReturnType<typeof parseFeed<string>>;
type FeedOf<F extends ParsedFeed['format']> = Extract<ParsedFeed, { format: F }>['feed'];
type RssItem = NonNullable<FeedOf<'rss'>['items']>[number];
type RdfItem = NonNullable<FeedOf<'rdf'>['items']>[number];
type JsonItem = NonNullable<FeedOf<'json'>['items']>[number];
type AtomEntry = NonNullable<FeedOf<'atom'>['entries']>[number];

/** Everything an item may lack is given as undefined here and left out by `itemOf`. */
type Loose = { [K in keyof FeedItem]: FeedItem[K] | undefined };

export function rssItem(item: RssItem, context: ItemContext): FeedItem {
  const base = webBase(context.base, item.xml?.base);
  const guid = item.guid?.value;
  // A guid is a permalink unless it says otherwise; many that are not do not say so.
  const permalink = item.guid?.isPermaLink !== false && /^https?:\/\//i.test(guid ?? '') ? guid : undefined;
  const author = item.authors?.[0];
  return itemOf({
    id: guid ?? item.atom?.id,
    link: webLink(item.link ?? alternate(item.atom?.links) ?? permalink, base),
    title: plainTitle(item.title ?? item.dc?.titles?.[0] ?? item.itunes?.title, 'html'),
    text: plainBody(item.content?.encoded ?? item.description ?? item.itunes?.summary, 'html'),
    publishedMs: firstDate([
      item.pubDate,
      ...(item.dc?.dates ?? []),
      ...(item.dcterms?.issued ?? []),
      item.atom?.published,
    ]),
    updatedMs: firstDate([item.atom?.updated, ...(item.dcterms?.modified ?? [])]),
    author: authorOf(
      author?.name ?? item.dc?.creators?.[0] ?? item.itunes?.author ?? author?.email,
      author?.link,
      base,
    ),
    language: languageTag(item.dc?.languages?.[0] ?? item.xml?.lang ?? context.language),
    categories: (item.categories ?? []).flatMap(({ name }) => (name ? [name] : [])),
    enclosures: (item.enclosures ?? []).flatMap(({ url, type }) => enclosure(url, type, undefined, base)),
    inReplyTo: item.thr?.inReplyTos?.[0]?.ref,
  });
}

export function rdfItem(item: RdfItem, context: ItemContext): FeedItem {
  const base = webBase(context.base, item.xml?.base);
  return itemOf({
    id: item.rdf?.about,
    link: webLink(item.link ?? item.rdf?.about, base),
    title: plainTitle(item.title ?? item.dc?.titles?.[0], 'html'),
    text: plainBody(item.content?.encoded ?? item.description ?? item.dc?.descriptions?.[0], 'html'),
    publishedMs: firstDate([...(item.dc?.dates ?? []), ...(item.dcterms?.issued ?? [])]),
    updatedMs: firstDate(item.dcterms?.modified ?? []),
    author: authorOf(item.dc?.creators?.[0], undefined, base),
    language: languageTag(item.dc?.languages?.[0] ?? item.xml?.lang ?? context.language),
    categories: item.dc?.subjects ?? [],
    enclosures: [],
    inReplyTo: undefined,
  });
}

export function atomItem(entry: AtomEntry, context: ItemContext): FeedItem {
  const base = webBase(context.base, entry.xml?.base);
  const { content, summary } = entry;
  const body = content?.value ? content : summary;
  const author = entry.authors?.[0] ?? entry.source?.authors?.[0];
  return itemOf({
    id: entry.id,
    link: webLink(alternate(entry.links) ?? content?.src, base),
    title: plainTitle(entry.title?.value, entry.title?.type),
    // Base64 and other media types are not text a reader could be shown.
    text: isText(body?.type) ? plainBody(body?.value, body?.type) : plainBody(summary?.value, summary?.type),
    publishedMs: firstDate([entry.published, ...(entry.dc?.dates ?? []), entry.updated]),
    updatedMs: firstDate([entry.updated]),
    author: authorOf(author?.name ?? entry.dc?.creators?.[0] ?? author?.email, author?.uri, base),
    language: languageTag(content?.xml?.lang ?? entry.xml?.lang ?? context.language),
    categories: (entry.categories ?? []).flatMap(({ label, term }) => label ?? term ?? []),
    enclosures: (entry.links ?? [])
      .filter(({ rel }) => rel === 'enclosure')
      .flatMap(({ href, type, title }) => enclosure(href, type, title, base)),
    inReplyTo: entry.thr?.inReplyTos?.[0]?.ref,
  });
}

export function jsonItem(item: JsonItem, context: ItemContext): FeedItem {
  const { base } = context;
  const author = item.authors?.[0];
  return itemOf({
    id: item.id,
    link: webLink(item.url ?? item.external_url, base),
    title: plainTitle(item.title, 'text'),
    text: item.content_html
      ? plainBody(item.content_html, 'html')
      : plainBody(item.content_text ?? item.summary, 'text'),
    publishedMs: firstDate([item.date_published, item.date_modified]),
    updatedMs: firstDate([item.date_modified]),
    author: authorOf(author?.name, author?.url, base),
    language: languageTag(item.language ?? context.language),
    categories: item.tags ?? [],
    enclosures: (item.attachments ?? []).flatMap(({ url, mime_type, title }) =>
      enclosure(url, mime_type, title, base),
    ),
    inReplyTo: undefined,
  });
}

function itemOf(loose: Loose): FeedItem {
  const known = Object.fromEntries(Object.entries(loose).filter(([, value]) => value !== undefined));
  return { text: '', categories: [], enclosures: [], ...known };
}

interface Link {
  readonly href?: string;
  readonly rel?: string;
  readonly type?: string;
}

/** The entry’s own page: an alternate link, one in HTML before others. */
function alternate(links: readonly Link[] | undefined): string | undefined {
  const pages = (links ?? []).filter(({ rel, href }) => href && (rel === undefined || rel === 'alternate'));
  return (pages.find(({ type }) => type === undefined || type.includes('html')) ?? pages[0])?.href;
}

function authorOf(name: string | undefined, url: string | undefined, base: string): FeedItem['author'] {
  const plain = plainTitle(name, 'text')?.slice(0, 256).toWellFormed();
  const page = webLink(url, base);
  return plain || page ? { ...(plain ? { name: plain } : {}), ...(page ? { url: page } : {}) } : undefined;
}

function enclosure(
  href: string | undefined,
  type: string | undefined,
  title: string | undefined,
  base: string,
): FeedItem['enclosures'] {
  const url = webLink(href, base);
  return url ? [{ url, ...(type ? { mediaType: type } : {}), ...(title ? { title } : {}) }] : [];
}

const isText = (type: string | undefined): boolean =>
  type === undefined || ['text', 'html', 'xhtml'].includes(type) || /^text\/|\+xml$|\/xml$/.test(type);

function firstDate(values: readonly (string | undefined)[]): number | undefined {
  for (const value of values) {
    const ms = feedDate(value);
    if (ms !== undefined) return ms;
  }
  return undefined;
}
