import type { Mention } from '@foreshock/model/mention';
import { plainText } from '../plain-text.ts';
import { isDid } from './at-uri.ts';

type Tag = NonNullable<Mention['tag']>[number];

const TAGS_MAX = 100;
const NAME_CHARS_MAX = 256;
const HREF_CHARS_MAX = 2_048;

/**
 * Tags from a post’s rich-text facets, whose ranges count UTF-8 bytes. A feature that says what it is (a hashtag,
 * a link) is kept even where its range is broken; only the name read from the text is then missing.
 */
export function facetTags(text: string, facets: unknown): Tag[] {
  if (!Array.isArray(facets)) return [];
  const bytes = Buffer.from(text, 'utf8');
  const tags: Tag[] = [];
  for (const facet of facets.slice(0, TAGS_MAX)) {
    if (!isObject(facet) || !Array.isArray(facet['features'])) continue;
    const label = sliceOf(bytes, facet['index']);
    for (const feature of facet['features'].slice(0, TAGS_MAX)) {
      const tag = featureTag(feature, label);
      if (tag && tags.length < TAGS_MAX) tags.push(tag);
    }
  }
  return tags;
}

/** Hashtags that an author set beside the text. */
export function outlineTags(value: unknown): Tag[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, TAGS_MAX)
    .flatMap((name) => (typeof name === 'string' && name ? [hashtag(name)] : []));
}

/** A link, unless it is not one a reader could follow. */
export function linkTag(uri: unknown, name?: string): Tag | undefined {
  if (typeof uri !== 'string' || uri.length > HREF_CHARS_MAX || !/^https?:\/\//i.test(uri)) return undefined;
  if (!URL.canParse(uri)) return undefined;
  return { type: 'Link', ...(name ? { name: plainText(name, NAME_CHARS_MAX) } : {}), href: uri };
}

function featureTag(feature: unknown, label: string | undefined): Tag | undefined {
  if (!isObject(feature)) return undefined;
  switch (feature['$type']) {
    case 'app.bsky.richtext.facet#tag':
      return typeof feature['tag'] === 'string' && feature['tag'] ? hashtag(feature['tag']) : undefined;
    case 'app.bsky.richtext.facet#link':
      return linkTag(feature['uri'], label);
    case 'app.bsky.richtext.facet#mention':
      return isDid(feature['did'])
        ? {
            type: 'Mention',
            ...(label ? { name: plainText(label.replace(/^@/, ''), NAME_CHARS_MAX) } : {}),
            href: `https://bsky.app/profile/${feature['did']}`,
          }
        : undefined;
    default:
      return undefined;
  }
}

const hashtag = (name: string): Tag => ({
  type: 'Hashtag',
  name: plainText(name.replace(/^#/, ''), NAME_CHARS_MAX),
});

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** The text between two byte positions; undefined where they are out of range or cut through a character. */
function sliceOf(bytes: Buffer, index: unknown): string | undefined {
  if (!isObject(index)) return undefined;
  const { byteStart, byteEnd } = index;
  if (!Number.isInteger(byteStart) || !Number.isInteger(byteEnd)) return undefined;
  const [start, end] = [byteStart as number, byteEnd as number];
  if (start < 0 || end <= start || end > bytes.length) return undefined;
  try {
    return strictUtf8.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
