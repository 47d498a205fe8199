import { logTail } from './count-tail.ts';

/**
 * Which words rose. A bounded table of the watch’s terms by hash: distinct people in the current and the five past
 * ten-minute blocks, and a slow share of people. The text of a term is kept only once five people used it within the
 * hour, so a snapshot never holds what fewer said.
 */
export interface TermStat {
  /** Author hashes of the last hour, with the block each was last seen in; at most `AUTHORS_KEPT`. */
  authors: Map<number, number>;
  /** Slow mean of people per block with this term, and of all people per block, since the term was first seen. */
  slow: number;
  text: string | null;
  /** Block in which the slow mean was last brought up to date. */
  block: number;
}

export interface TermTable {
  terms: Map<number, TermStat>;
  /** Slow mean of posts per block, the yardstick for the terms’ shares. */
  postsSlow: number;
  posts: number;
  block: number;
  blocksSeen: number;
}

const BLOCK_MS = 600_000;
const BLOCKS_KEPT = 6;
const TERMS_MAX = 2_000;
const AUTHORS_KEPT = 64;
export const PEOPLE_TO_NAME = 5;
/** A day and a half of blocks: slow against an hour’s burst, quick enough to learn this week’s words. */
const SLOW_BLOCKS = 216;

export const emptyTerms = (): TermTable => ({
  terms: new Map(),
  postsSlow: 0,
  posts: 0,
  block: 0,
  blocksSeen: 0,
});

/** Folds the terms of one counted post. */
export function noteTerms(
  table: TermTable,
  terms: readonly string[],
  author: number,
  eventTime: number,
): void {
  const block = Math.floor(eventTime / BLOCK_MS);
  const who = author % SMALL;
  if (block > table.block) closeBlocks(table, block);
  table.posts++;
  for (const text of terms) {
    const key = termHash(text);
    let stat = table.terms.get(key);
    if (!stat) {
      if (table.terms.size >= TERMS_MAX) continue;
      stat = { authors: new Map(), slow: 0, text: null, block: table.block };
      table.terms.set(key, stat);
    }
    const seen = stat.authors.get(who);
    if (seen === undefined ? stat.authors.size < AUTHORS_KEPT : seen < block) stat.authors.set(who, block);
    if (stat.text === null && stat.authors.size >= PEOPLE_TO_NAME) stat.text = text;
  }
}

/**
 * 30 bits, FNV-1a over the UTF-16 units: small integers keep the table quick, and terms come by the dozen with every
 * post. Of 2,000 terms one pair in 500 tables collides, and then only shares a count.
 */
function termHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & SMALL;
}

const SMALL = 0x3fffffff;

/** Ages every term to `block`; forgets those nobody used for an hour and that were always rare. */
function closeBlocks(table: TermTable, block: number): void {
  const passed = table.block === 0 ? 1 : Math.min(block - table.block, 10_000);
  const keep = (1 - 1 / SLOW_BLOCKS) ** passed;
  table.blocksSeen = table.block === 0 ? 0 : table.blocksSeen + passed;
  table.postsSlow = table.postsSlow * keep + (1 - keep) * (table.posts / passed);
  for (const [key, stat] of table.terms) {
    let fresh = 0;
    for (const [author, seen] of stat.authors) {
      if (seen >= table.block) fresh++;
      if (seen <= block - BLOCKS_KEPT) stat.authors.delete(author);
    }
    stat.slow = stat.slow * keep + (1 - keep) * (fresh / passed);
    if (stat.authors.size < PEOPLE_TO_NAME) stat.text = null;
    if (stat.authors.size === 0 && stat.slow < 0.02) table.terms.delete(key);
  }
  table.block = block;
  table.posts = 0;
}

export interface RisenTerm {
  readonly phrase: string;
  readonly people: number;
  readonly expected: number;
  readonly lift: number;
}

/**
 * Terms used by significantly more people in the last hour than their past suggests for `posts` posts, Bonferroni-
 * corrected for the number of terms tried; by people, at most `limit`.
 */
export function risenTerms(table: TermTable, posts: number, limit: number): RisenTerm[] {
  const tried = Math.max(table.terms.size, 1);
  const usualPosts = Math.max(table.postsSlow, 0.1);
  // Early on the slow means have not filled: divide out what they miss.
  const filled = Math.max(1 - (1 - 1 / SLOW_BLOCKS) ** Math.max(table.blocksSeen, 1), 1 / SLOW_BLOCKS);
  const risen: RisenTerm[] = [];
  for (const stat of table.terms.values()) {
    const people = stat.authors.size;
    if (stat.text === null || people < PEOPLE_TO_NAME) continue;
    const share = (stat.slow / filled + 0.02) / (usualPosts / filled + 1);
    const expected = Math.max(Math.min(share, 1) * posts, 0.05);
    if (logTail(people, expected, expected * 2) + Math.log(tried) > Math.log(0.01)) continue;
    risen.push({ phrase: stat.text, people, expected: round(expected), lift: round(people / expected) });
  }
  risen.sort((a, b) => b.people - a.people || b.lift - a.lift || (a.phrase < b.phrase ? -1 : 1));
  return withoutParts(risen).slice(0, limit);
}

/** “stock” says nothing beside “out of stock” when the same people used both. */
function withoutParts(risen: readonly RisenTerm[]): RisenTerm[] {
  return risen.filter(
    (term) =>
      !risen.some(
        (other) =>
          other !== term &&
          other.phrase.length > term.phrase.length &&
          ` ${other.phrase} `.includes(` ${term.phrase} `) &&
          other.people >= term.people * 0.7,
      ),
  );
}

const round = (x: number): number => Math.round(x * 10) / 10;
