import type { ConfigRevision, IssuePack, Watch } from '@foreshock/model/config';
import type { Mention } from '@foreshock/model/mention';
import { poisson, randomOf } from '../../services/cli/src/demo/launch-night-random.ts';
import { textOf } from '../../services/cli/src/demo/launch-night-texts.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const START_MS = Date.UTC(2026, 4, 4);
export const DAYS = 6;
/** When things happen in a scenario: the fifth day at noon. */
export const MOMENT_MS = START_MS + (4 * 24 + 12) * HOUR_MS;

const POSTS_AN_HOUR = 24;
/** One usual complaint about stock in so many posts: some six a day. */
const COMPLAINT_SHARE = 0.01;

const pack: IssuePack = {
  id: 'stock',
  name: 'Stock',
  description: 'None left.',
  language: 'en',
  phrases: ['sold out', 'out of stock', 'unavailable', 'none left'],
  examples: ['it is sold out'],
  counterExamples: ['it is here'],
};

const watches: Watch[] = [
  { id: 'orion-x', any: ['orion x', '#orionx', 'orionx'] },
  { id: 'orion-buds', any: ['orion buds', '#orionbuds', 'orionbuds'] },
];

export const scenarioRevision: ConfigRevision = {
  v: 1,
  revision: 1,
  config: { version: 1, watches, receivers: [{ id: 'console', kind: 'console' }] },
  packs: [pack],
  identityKey: '0123456789abcdef0123456789abcdef',
};

export interface Post {
  readonly id: string;
  readonly atMs: number;
  readonly author: string;
  readonly text: string;
  /** Id of the post that this reposts. */
  readonly reposts?: string;
}

export function mentionOfPost({ id, atMs, author, text, reposts }: Post): Mention {
  const published = new Date(atMs).toISOString();
  return {
    op: reposts ? 'announce' : 'create',
    source: 'x',
    eventTime: atMs,
    id: `x:${id}`,
    v: 1,
    type: 'Note',
    access: 'public',
    nativeId: id,
    published,
    publishedTrust: 'server',
    observed: published,
    content: text,
    attributedTo: { id: author },
    ...(reposts ? { object: `x:${reposts}` } : {}),
    ingest: { connector: 'synthetic', version: '1', replay: false },
  };
}

/** Texts in which somebody cannot buy the thing, no two alike. */
export function complaintTexts(name: string, count: number): string[] {
  const random = randomOf(1, `scenario/${name}`);
  const texts = new Set<string>();
  while (texts.size < count) {
    const text = textOf(random, 'trouble/stock');
    if (/sold out|out of stock|unavailable/i.test(text)) texts.add(text);
  }
  return [...texts];
}

/** Posts evenly over a stretch, each by its own author unless one is given. */
export function spread(
  name: string,
  {
    texts,
    fromMs = MOMENT_MS,
    minutes,
    author,
  }: { texts: readonly string[]; fromMs?: number; minutes: number; author?: string },
): Post[] {
  return texts.map((text, n) => ({
    id: `${name}-${n}`,
    atMs: fromMs + Math.floor((n * minutes * MINUTE_MS) / texts.length),
    author: author ?? `${name}-author-${n}`,
    text,
  }));
}

/** Six ordinary days of both watches: some six complaints a day among some 580 posts. */
export function ordinaryDays({
  factorOf = () => 1,
  seed = 1,
}: {
  factorOf?: (atMs: number) => number;
  seed?: number;
} = {}): Post[] {
  const posts: Post[] = [];
  const random = randomOf(seed, 'scenario/ordinary');
  const complaints = complaintTexts('ordinary', 400);
  for (let hourMs = START_MS; hourMs < START_MS + DAYS * 24 * HOUR_MS; hourMs += HOUR_MS)
    for (let left = poisson(random, POSTS_AN_HOUR * factorOf(hourMs)); left > 0; left--) {
      const id = `ordinary-${posts.length}`;
      const dice = random();
      posts.push({
        id,
        atMs: hourMs + Math.floor(random() * HOUR_MS),
        author: `${id}-author`,
        text:
          dice < COMPLAINT_SHARE
            ? complaints[posts.length % complaints.length]!
            : textOf(random, dice < 0.2 ? 'buds' : dice < 0.6 ? 'praise' : 'question'),
      });
    }
  return posts;
}

export const inOrder = (posts: readonly Post[]): Mention[] =>
  [...posts].sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)).map(mentionOfPost);
