import { watchLife } from '@foreshock/detect/testing/watch-life';
import type { WatchRules } from '@foreshock/detect/watch-fold';
import { expect, test } from 'vitest';
import { BLOCK_MINUTES, backgroundOf, randomOf } from './background.ts';
import { leanWatch } from './lean-watch.ts';

const DAYS = 9;
const SEEDS = [1, 2, 3, 4];
const PAGE = { days: 0.03, people: 5 };
const RULES: WatchRules = {
  page: PAGE,
  latenessMinutes: 30,
  blindAfterMs: 300_000,
  partitions: 1,
  troubles: ['issue:a', 'issue:b', 'issue:c', 'issue:d'],
  sources: undefined,
};

/** Openings the fold itself tells, posts of a block spread over its minutes; one of a watch at a time. */
function pagesOfFold(seed: number): number {
  const life = watchLife(RULES);
  const random = randomOf(-seed);
  const next = backgroundOf(seed, { complaintsAnHour: 4 });
  let author = 0;
  for (let block = 0; block < DAYS * 144; block++) {
    const { calm, negative, issues, lump } = next();
    const at = () => block * BLOCK_MINUTES + (lump ? 0 : random() * BLOCK_MINUTES);
    const posts = Array.from({ length: calm + negative }, (_, i) => ({
      minute: at(),
      author: author++,
      negative: i < negative,
      issues: [...(i < issues[0] ? ['a'] : []), ...(i >= negative - issues[1] && i < negative ? ['b'] : [])],
    })).sort((a, b) => a.minute - b.minute);
    let passed = block * BLOCK_MINUTES;
    for (const post of posts) {
      for (; passed < post.minute; passed++) life.status(passed);
      life.post(post);
    }
    for (; passed < (block + 1) * BLOCK_MINUTES; passed++) life.status(passed);
  }
  const on = new Set<string>();
  let endedAt = Number.NEGATIVE_INFINITY;
  let pages = 0;
  for (const burst of life.bursts) {
    if (burst.phase === 'end') {
      on.delete(burst.burst);
      endedAt = burst.at;
    } else if (burst.phase === 'onset' && burst.level === 'page') {
      if (on.size === 0 && burst.at - endedAt > 3_600_000) pages++;
      on.add(burst.burst);
    }
  }
  return pages;
}

function pagesOfLean(seed: number): number {
  const watch = leanWatch(PAGE, { random: randomOf(-seed), troubles: RULES.troubles.length });
  const next = backgroundOf(seed, { complaintsAnHour: 4 });
  let pages = 0;
  for (let block = 0; block < DAYS * 144; block++) pages += watch.next(next()).length;
  return pages;
}

test('the lean watch pages about as often as the fold it stands for', { timeout: 120_000 }, () => {
  const fold = SEEDS.reduce((sum, seed) => sum + pagesOfFold(seed), 0);
  const lean = SEEDS.reduce((sum, seed) => sum + pagesOfLean(seed), 0);
  expect(fold).toBeGreaterThan(20);
  expect(lean / fold).toBeGreaterThan(0.6);
  expect(lean / fold).toBeLessThan(1.6);
});
