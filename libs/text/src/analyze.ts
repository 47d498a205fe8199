import type { Watch } from '@foreshock/model/config';
import type { Understanding } from '@foreshock/model/match';
import type { Matcher, MatchInput } from './matcher.ts';
import type { Understander } from './understand.ts';

/** What `foreshock analyze` prints of one post. */
export type Analysis = Pick<Understanding, 'sentiment' | 'language' | 'issues' | 'intent'> & {
  /** Ids of the watches that have it. */
  readonly matched: string[];
};

/** A post given as a record: `content`, or `text` where that is what it is called. */
export type PostRecord = Omit<MatchInput, 'content'> & { readonly content?: string; readonly text?: string };

/** The watches a matcher was compiled from. */
export interface Matching {
  readonly matcher: Matcher;
  readonly watches: readonly Pick<Watch, 'id'>[];
}

/**
 * Understands one post by itself. A string is a line of input: a JSON object with `content` or `text`, or else plain
 * text. Any string is a post; nothing is refused.
 */
export function analyzePost(
  post: string | PostRecord,
  understander: Understander,
  matching?: Matching,
): Analysis {
  const { content, ...rest } = inputOfPost(post);
  const { sentiment, language, issues, intent } = understander.understand({
    content,
    language: rest.language,
  });
  const hits = matching?.matcher.match({ ...rest, content, language }) ?? [];
  return {
    sentiment,
    language,
    issues,
    intent,
    matched: hits.map((hit) => matching!.watches[hit.watch]!.id),
  };
}

/** What matching reads of a post: of a line of input as `analyzePost` takes it, or of a record. */
export const inputOfPost = (post: string | PostRecord): MatchInput =>
  typeof post === 'string' ? readLine(post) : { ...post, content: post.content ?? post.text ?? '' };

function readLine(line: string): MatchInput {
  if (!/^\s*\{/.test(line)) return { content: line };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { content: line };
  }
  if (typeof value !== 'object' || value === null) return { content: line };
  const record = new Map(Object.entries(value));
  const text = (name: string): string | undefined => {
    const field: unknown = record.get(name);
    return typeof field === 'string' ? field : undefined;
  };
  const content = text('content') ?? text('text');
  if (content === undefined) return { content: line };
  return {
    content,
    language: text('language'),
    name: text('name'),
    summary: text('summary'),
    url: text('url'),
    source: text('source'),
    tag: tagsOf(record.get('tag')),
  };
}

/** The tags of a mention that are as the schema has them. */
function tagsOf(value: unknown): MatchInput['tag'] {
  if (!Array.isArray(value)) return undefined;
  return value.slice(0, 100).flatMap((tag: unknown) => {
    if (typeof tag !== 'object' || tag === null) return [];
    const { type, name, href } = tag as Record<string, unknown>;
    if (type !== 'Hashtag' && type !== 'Mention' && type !== 'Link') return [];
    return [
      { type, ...(typeof name === 'string' ? { name } : {}), ...(typeof href === 'string' ? { href } : {}) },
    ] as NonNullable<MatchInput['tag']>;
  });
}
