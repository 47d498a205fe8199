/**
 * `make bench-text`: posts per second of one core for matching and understanding, beside other people's matchers and
 * analysers in the same run. Real tweets where the data folder is there, made-up ones else.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import type { IssuePack } from '@foreshock/model/config';
import { compileMatcher, type MatchInput } from '@foreshock/text/matcher';
import { compilePrefilter } from '@foreshock/text/prefilter';
import { sentimentOf } from '@foreshock/text/sentiment';
import { createUnderstanding } from '@foreshock/text/understand';
import AhoCorasick from 'modern-ahocorasick';
import { parse } from 'yaml';
import { largeRecord, phrasesOf, smallRecord, textMaterial, watchesOf } from './text-material.ts';
import { naturalScore, vaderScore } from './text-peers.ts';

const RUNS = 5;
const SECONDS_PER_RUN = 0.4;
const { posts, strange, real } = textMaterial();
const records = posts.map(smallRecord);
const large = posts.map(largeRecord);
const mean = (sizes: readonly number[]): number =>
  Math.round(sizes.reduce((sum, size) => sum + size, 0) / sizes.length);
const rates = new Map<string, number>();

console.log(
  `${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}; ${posts.length} ${real ? 'real tweets' : 'made-up posts'} of ` +
    `${mean(posts.map((post) => post.length))} units in records of ${mean(records.map((record) => record.length))} and ` +
    `${mean(large.map((record) => record.length))} bytes; posts per CPU second (user + system), median of ${RUNS} runs`,
);
const parsed = (record: Buffer): MatchInput => JSON.parse(record.toString('utf8')) as MatchInput;
measure('bytes → string → JSON.parse', 'parse', records, parsed);
measure('the same of the large records', 'parse large', large, parsed);
const understander = createUnderstanding(bundledPacks());
for (const count of [10, 1_000, 10_000]) notMatched(count);
matched();
analysers();
const share = (a: string, b: string): string => (rates.get(a)! / rates.get(b)!).toFixed(2);
console.log(
  `\n10,000 phrases cost ${share('match 10', 'match 10000')} times what 10 do on the text alone, ` +
    `${share('parsed 10', 'parsed 10000')} with the parse, ${share('whole 10', 'whole 10000')} from the bytes on`,
);
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1_024)} MB`);

/** Posts that no watch has: nearly all of a stream. */
function notMatched(count: number): void {
  const phrases = strange.slice(0, count);
  const watches = watchesOf(phrases, 200);
  const started = performance.now();
  const matcher = compileMatcher(watches);
  const prefilter = compilePrefilter(watches);
  console.log(
    `\n${phrases.length} phrases, ${watches.length} watches, compiled in ${Math.round(performance.now() - started)} ms; nothing matches`,
  );
  measure('match', `match ${count}`, posts, (content) => matcher.match({ content }));
  measure('JSON.parse, match', `parsed ${count}`, records, (record) => matcher.match(parsed(record)));
  const whole = (record: Buffer): unknown => prefilter(record) && matcher.match(parsed(record));
  measure('skipped on the bytes, else that', `whole ${count}`, records, whole);
  measure('the same of the large records', `whole large ${count}`, large, whole);
  const guarded = new RegExp(
    `(?<![\\p{L}\\p{N}\\p{M}])(?:${phrases.map(literal).join('|')})(?![\\p{L}\\p{N}\\p{M}])`,
    'iu',
  );
  measure('V8 RegExp with \\p{L} guards, on the text', `regexp ${count}`, posts, (post) =>
    guarded.test(post),
  );
  const peer = new AhoCorasick(phrases);
  measure('modern-ahocorasick, on the lower-cased text', `peer ${count}`, posts, (post) =>
    peer.search(post.toLowerCase()),
  );
}

/** Posts that a watch has: parsed, matched, understood. */
function matched(): void {
  const every = compileMatcher([{ id: 'all', any: [...new Set(posts.map(aWord))] }]);
  const read = (record: Buffer): unknown => {
    const mention = parsed(record);
    return every.match(mention).length > 0 ? understander.understand(mention) : undefined;
  };
  console.log('\nposts that match');
  measure('understand', 'understand', posts, (content) => understander.understand({ content }));
  measure('JSON.parse, match, understand', 'matched', records, read);
  const watches = watchesOf([...phrasesOf(posts, 0.1), ...strange.slice(0, 500)], 200);
  const matcher = compileMatcher(watches);
  const prefilter = compilePrefilter(watches);
  const hits = records.filter((record) => matcher.match(parsed(record)).length > 0).length;
  measure(
    `${((hits / records.length) * 100).toFixed(1)} % of them match, the rest is skipped`,
    'tenth',
    records,
    (record) => {
      if (!prefilter(record)) return undefined;
      const mention = parsed(record);
      return matcher.match(mention).length > 0 ? understander.understand(mention) : undefined;
    },
  );
}

function analysers(): void {
  console.log('\nmood alone');
  measure('ours', 'mood', posts, (post) => sentimentOf(post, 'en'));
  measure('vader-sentiment', 'vader', posts.slice(0, 500), vaderScore());
  measure('natural, AFINN, stemmed', 'natural', posts.slice(0, 2_000), naturalScore());
}

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

function bundledPacks(): IssuePack[] {
  const folder = resolve(import.meta.dirname, '../../config/issues');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => parse(readFileSync(join(folder, name), 'utf8')) as IssuePack);
}

function aWord(post: string): string {
  return /[a-z]{2,}/i.exec(post)?.[0]?.toLowerCase() ?? 'the';
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
