import { readFileSync } from 'node:fs';
import { encodeJson } from '@foreshock/model/canonical-json';
import type { Watch } from '@foreshock/model/config';
import { realData } from '../real-data.ts';

export interface TextMaterial {
  /** Real posts where the data folder is there, made-up ones of the same length else. */
  readonly posts: readonly string[];
  /** 10,000 phrases of two or three real words that none of the posts has. */
  readonly strange: readonly string[];
  readonly real: boolean;
}

export function textMaterial(): TextMaterial {
  const tweets = jsonLines('sentiment/tweeteval_test_dev.jsonl');
  const posts = tweets ?? invented(6_000);
  const others = [
    ...(jsonLines('sentiment/amazon_snippets_dev.jsonl') ?? invented(3_000)),
    ...(jsonLines('sentiment/umsab_test_dev.jsonl', 'en') ?? invented(2_000)),
  ];
  const haystack = posts
    .join('\n')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ');
  const found = new Set<string>();
  for (const text of others) {
    const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
    for (let i = 0; i + 2 < words.length && found.size < 10_000; i++) {
      const phrase = words.slice(i, i + 2 + (i % 2)).join(' ');
      if (!haystack.includes(phrase)) found.add(phrase);
    }
  }
  return { posts, strange: [...found], real: tweets !== undefined };
}

/** Phrases that about the given share of the posts has: two words in a row of every so many posts. */
export function phrasesOf(posts: readonly string[], share: number): string[] {
  const found: string[] = [];
  const every = Math.round(1 / share);
  for (let at = 0; at < posts.length; at += every) {
    const words = posts[at]!.toLowerCase().match(/[a-z]{5,}/g) ?? [];
    if (words.length > 0) found.push(words.reduce((long, word) => (word.length > long.length ? word : long)));
  }
  // Frequent words would match far more than their post.
  const count = (phrase: string): number =>
    posts.reduce((sum, post) => sum + (post.toLowerCase().includes(phrase) ? 1 : 0), 0);
  return [...new Set(found)].filter((phrase) => count(phrase) <= 3);
}

/** A mention with what a small source tells of it, some 400 bytes. */
export const smallRecord = (content: string, index: number): Buffer =>
  encodeJson({
    op: 'create',
    source: 'shop',
    eventTime: 1_795_161_600_000 + index,
    id: `shop:${100_000 + index}`,
    v: 1,
    type: 'Note',
    access: 'public',
    nativeId: `${100_000 + index}`,
    published: '2026-11-20T08:00:00.000Z',
    publishedTrust: 'server',
    observed: '2026-11-20T08:00:00.000Z',
    content,
    attributedTo: { id: `u${index}` },
    ingest: { connector: 'push', version: '1', replay: false },
  });

/** A mention as Bluesky tells it, about 1 KB. */
export function largeRecord(content: string, index: number): Buffer {
  const at = '2026-11-20T08:00:00.000Z';
  const did = `did:plc:abcdefghijklmnop${index}`;
  return encodeJson({
    op: 'create',
    source: 'bluesky',
    eventTime: 1_795_161_600_000 + index,
    id: `bluesky:${did}:${index}`,
    v: 1,
    type: 'Note',
    access: 'public',
    nativeId: `at://${did}/app.bsky.feed.post/3k${index}`,
    url: `https://bsky.app/profile/${did}/post/3k${index}`,
    published: at,
    publishedTrust: 'client',
    observed: at,
    content,
    language: 'en',
    languageBy: 'declared',
    attributedTo: {
      id: did,
      name: 'Someone Somewhere',
      preferredUsername: `someone${index}.bsky.social`,
      url: `https://bsky.app/profile/${did}`,
    },
    tag: [{ type: 'Mention', href: 'did:plc:qrstuvwxyz' }],
    interactionStatistic: { likes: 0, replies: 0, shares: 0, at },
    ingest: { connector: 'bluesky', version: '1', cursor: `${1_795_161_600_000_000 + index}`, replay: false },
  });
}

export const watchesOf = (phrases: readonly string[], count: number): Watch[] =>
  Array.from({ length: Math.min(count, phrases.length) }, (_, index) => ({
    id: `watch-${index}`,
    any: phrases.filter((_phrase, at) => at % count === index),
  }));

function jsonLines(path: string, lang?: string): string[] | undefined {
  const file = realData(path);
  if (file === undefined) return undefined;
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { text: string; lang?: string })
    .filter((row) => lang === undefined || row.lang === lang)
    .map((row) => row.text);
}

/** Text of made-up words with the lengths of English ones, the same every time. */
function invented(count: number): string[] {
  let state = count;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const word = (): string =>
    Array.from({ length: 2 + next(7) }, () => 'etaoinshrdlucmfwyp'[next(18)]).join('');
  const vocabulary = Array.from({ length: 4_000 }, word);
  return Array.from({ length: count }, () =>
    Array.from({ length: 15 }, () => vocabulary[next(next(4_000) + 1)]).join(' '),
  );
}
