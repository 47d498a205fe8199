/**
 * Posts per second of one core for matching and understanding, with V8's RegExp beside it in the same run.
 * `node tests/bench/text.ts` (real posts where the data folder is there, made-up ones else).
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { encodeJson } from '@foreshock/model/canonical-json';
import type { Watch } from '@foreshock/model/config';
import { compileMatcher, type MatchInput } from '@foreshock/text/matcher';
import { compilePrefilter } from '@foreshock/text/prefilter';
import { createUnderstanding } from '@foreshock/text/understand';
import { realData } from '../real-data.ts';

const POST_UNITS = 300;
const RUNS = 5;
const SECONDS_PER_RUN = 0.5;

const { posts, phrases } = material();
console.log(
  `${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}; ${posts.length} posts of ${POST_UNITS} units; ` +
    `posts per CPU second (user + system), median of ${RUNS} runs`,
);
const rates = new Map<string, number>();
const records = posts.map(recordOf);
console.log(
  `records of ${Math.round(records.reduce((sum, { length }) => sum + length, 0) / records.length)} bytes`,
);
measure('bytes → string → JSON.parse', 'parse', records, (record) => JSON.parse(record.toString('utf8')));
for (const count of [10, 1_000, 10_000]) {
  const some = phrases.slice(0, count);
  const watches = watchesOf(some, Math.min(200, count));
  const started = performance.now();
  const matcher = compileMatcher(watches);
  const compileMs = Math.round(performance.now() - started);
  const guarded = new RegExp(
    `(?<![\\p{L}\\p{N}\\p{M}])(?:${some.map(literal).join('|')})(?![\\p{L}\\p{N}\\p{M}])`,
    'iu',
  );
  const prefilter = compilePrefilter(watches);
  const kept = records.filter((record) => prefilter(record)).length;
  const parseAndMatch = (record: Buffer): unknown =>
    matcher.match(JSON.parse(record.toString('utf8')) as MatchInput);
  console.log(`${count} phrases, ${watches.length} watches, compiled in ${compileMs} ms`);
  measure('match a post that nothing matches', `match ${count}`, posts, (post) =>
    matcher.match({ content: post }),
  );
  measure('V8 RegExp with \\p{L} guards', `regexp ${count}`, posts, (post) => guarded.test(post));
  measure(
    `prefilter over bytes (lets ${kept} of ${records.length} through)`,
    `prefilter ${count}`,
    records,
    prefilter,
  );
  measure('bytes → string → JSON.parse → match', `parsed ${count}`, records, parseAndMatch);
  measure('prefilter, then that for what it lets through', `whole ${count}`, records, (record) =>
    prefilter(record) ? parseAndMatch(record) : undefined,
  );
}
const understander = createUnderstanding([]);
measure('understand', 'understand', posts, (content) => understander.understand({ content }));
const cost = rates.get('match 10')! / rates.get('match 10000')!;
const whole = rates.get('whole 10')! / rates.get('whole 10000')!;
console.log(
  `10,000 phrases cost ${cost.toFixed(2)} times what 10 do; from bytes on ${whole.toFixed(2)} times`,
);

function measure<T>(label: string, key: string, inputs: readonly T[], read: (input: T) => unknown): void {
  for (const input of inputs) read(input);
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = process.cpuUsage();
    let done = 0;
    let used = 0;
    while (used < SECONDS_PER_RUN) {
      for (const input of inputs) read(input);
      done += inputs.length;
      const { user, system } = process.cpuUsage(start);
      used = (user + system) / 1e6;
    }
    runs.push(done / used);
  }
  const median = runs.sort((a, b) => a - b)[RUNS >> 1]!;
  rates.set(key, median);
  console.log(`${Math.round(median).toLocaleString('en').padStart(10)}  ${label}`);
}

/** A mention as a source writes it, about 1 KB. */
function recordOf(content: string, index: number): Buffer {
  const at = '2026-11-20T08:00:00.000Z';
  return encodeJson({
    op: 'create',
    source: 'bluesky',
    eventTime: 1_795_161_600_000 + index,
    id: `bluesky:did:plc:abcdefghijklmnop:${index}`,
    v: 1,
    type: 'Note',
    access: 'public',
    nativeId: `at://did:plc:abcdefghijklmnop/app.bsky.feed.post/3k${index}`,
    url: `https://bsky.app/profile/did:plc:abcdefghijklmnop/post/3k${index}`,
    published: at,
    publishedTrust: 'client',
    observed: at,
    content,
    language: 'en',
    languageBy: 'declared',
    attributedTo: {
      id: `did:plc:abcdefghijklmnop${index}`,
      name: 'Someone Somewhere',
      preferredUsername: `someone${index}.bsky.social`,
      url: `https://bsky.app/profile/did:plc:abcdefghijklmnop${index}`,
    },
    tag: [{ type: 'Mention', href: 'did:plc:qrstuvwxyz' }],
    interactionStatistic: { likes: 0, replies: 0, shares: 0, at },
    ingest: { connector: 'bluesky', version: '1', cursor: `${1_795_161_600_000_000 + index}`, replay: false },
  });
}

/** Posts of 300 units made of whole tweets, and phrases of two or three real words that none of them has. */
function material(): { posts: string[]; phrases: string[] } {
  const tweets = jsonLines('sentiment/tweeteval_test_dev.jsonl') ?? invented(6_000);
  const others = jsonLines('sentiment/umsab_test_dev.jsonl', 'en') ?? invented(3_000);
  const reviews = jsonLines('sentiment/amazon_snippets_dev.jsonl') ?? [];
  const made: string[] = [];
  let post = '';
  for (const tweet of tweets) {
    post += post === '' ? tweet : ` ${tweet}`;
    if (post.length < POST_UNITS) continue;
    made.push(JSON.parse(JSON.stringify(post.slice(0, POST_UNITS))) as string);
    post = '';
  }
  const haystack = made
    .join('\n')
    .toLowerCase()
    .replace(/[\s-]+/g, ' ');
  const found = new Set<string>();
  for (const text of [...reviews, ...others]) {
    const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
    for (let i = 0; i + 2 < words.length && found.size < 10_000; i++) {
      const phrase = words.slice(i, i + 2 + (i % 2)).join(' ');
      if (!haystack.includes(phrase)) found.add(phrase);
    }
  }
  return { posts: made, phrases: [...found] };
}

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

function watchesOf(texts: readonly string[], count: number): Watch[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `watch-${index}`,
    any: texts.filter((_text, at) => at % count === index),
  }));
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
