import { hash } from 'node:crypto';
import type { SourceMention } from '@foreshock/model/source';
import { plainText } from '../plain-text.ts';
import type { FeedItem } from './feed-document.ts';

export type ItemRefusal = 'no-words' | 'bad-identity';

/** What an item’s mention takes from the feed it is in. */
export interface ItemOrigin {
  /** The configured URL: it stays when the feed moves. */
  readonly feedUrl: string;
  readonly feedTitle?: string;
  readonly observedMs: number;
}

const ID_CHARS_MAX = 400;
const NAME_CHARS_MAX = 256;
const URL_CHARS_MAX = 2_048;

/**
 * What tells an item from every other of its feed: the publisher’s id, else its link, else its title and date.
 * Undefined for an item that has none of them and no text either.
 */
export function itemIdentity(item: FeedItem): string | undefined {
  const given = item.id?.trim() || item.link;
  if (given) return given;
  if (!item.title && !item.text) return undefined;
  return `sha256-${digest(JSON.stringify([item.title ?? item.text, item.publishedMs ?? null]))}`;
}

/** What is compared to notice an edit: guids are sometimes kept, sometimes changed, when an article is. */
export const itemContent = (item: FeedItem): string =>
  JSON.stringify([item.title ?? '', item.text, item.link ?? '']);

/**
 * The mention an item is. Ids that are addresses are unique on their host, so that an article found in two feeds of
 * one site is one mention; bare ones (`17`) are unique in their feed only.
 */
export function itemMention(
  item: FeedItem,
  origin: ItemOrigin,
  as: { readonly op: 'create' | 'update'; readonly replay: boolean },
): SourceMention | ItemRefusal {
  const identity = itemIdentity(item);
  if (identity === undefined) return 'no-words';
  if (!item.title && !item.text) return 'no-words';
  const feed = new URL(origin.feedUrl);
  const instance = /^[a-z][a-z0-9+.-]*:/i.test(identity)
    ? feed.host
    : `${feed.host}/${digest(origin.feedUrl).slice(0, 8)}`;
  const nativeId = identity.length > ID_CHARS_MAX ? `sha256-${digest(identity)}` : identity;
  if (/\p{Cc}/u.test(nativeId) || !nativeId.isWellFormed() || instance.length > 80) return 'bad-identity';
  const observed = new Date(origin.observedMs).toISOString();
  const url = item.link && item.link.length <= URL_CHARS_MAX ? item.link : undefined;
  const tag = hashtags(item.categories);
  const attachment = attachments(item);
  return {
    id: mentionId(instance, nativeId),
    op: as.op,
    type: 'Article',
    source: 'feed',
    instance,
    access: 'public',
    nativeId,
    ...(url ? { url } : {}),
    ...(item.publishedMs === undefined
      ? { published: observed, publishedTrust: 'inferred' as const }
      : { published: new Date(item.publishedMs).toISOString(), publishedTrust: 'client' as const }),
    ...(as.op === 'update' ? { updated: new Date(item.updatedMs ?? origin.observedMs).toISOString() } : {}),
    observed,
    ...(item.title ? { name: item.title } : {}),
    content: item.text,
    ...(item.language ? { language: item.language, languageBy: 'declared' as const } : {}),
    attributedTo: author(item, feed.host),
    ...(item.inReplyTo && item.inReplyTo.length <= ID_CHARS_MAX && !/\p{Cc}/u.test(item.inReplyTo)
      ? { inReplyTo: mentionId(instance, item.inReplyTo) }
      : {}),
    ...(tag.length > 0 ? { tag } : {}),
    ...(attachment.length > 0 ? { attachment } : {}),
    audience: { id: plainText(`${feed.host}${feed.pathname}`, NAME_CHARS_MAX), ...named(origin.feedTitle) },
    ingest: { connector: 'feed', version: '1', replay: as.replay },
  };
}

const mentionId = (instance: string, nativeId: string): string => `feed:${instance}:${nativeId}`;

/**
 * Who speaks. A name is somebody’s only on its site; without one the site speaks for itself: ten articles of one
 * publisher are one voice, the same story at ten publishers is ten.
 */
function author(item: FeedItem, feedHost: string): NonNullable<SourceMention['attributedTo']> {
  const host = (item.link ? new URL(item.link).host : feedHost).slice(0, 200);
  const { name, url } = item.author ?? {};
  return {
    id: name ? `${host}/${plainText(name, NAME_CHARS_MAX)}` : (url ?? host).slice(0, 500),
    ...named(name),
    ...(url && url.length <= URL_CHARS_MAX ? { url } : {}),
  };
}

const named = (name: string | undefined) => (name ? { name: plainText(name, NAME_CHARS_MAX) } : {});

function hashtags(categories: readonly string[]): NonNullable<SourceMention['tag']> {
  const names = categories.map((name) => plainText(name.replace(/^#/, '').trim(), NAME_CHARS_MAX));
  return [...new Set(names)]
    .filter((name) => name !== '')
    .slice(0, 20)
    .map((name) => ({ type: 'Hashtag', name }));
}

function attachments(item: FeedItem): NonNullable<SourceMention['attachment']> {
  return item.enclosures
    .filter(({ url }) => url.length <= URL_CHARS_MAX)
    .slice(0, 20)
    .map(({ url, mediaType, title }) => ({
      url,
      ...(mediaType && mediaType.length <= 128 ? { mediaType: plainText(mediaType, 128) } : {}),
      ...(title ? { name: plainText(title, 1_024) } : {}),
    }));
}

const digest = (text: string): string => hash('sha256', text, 'hex').slice(0, 32);
