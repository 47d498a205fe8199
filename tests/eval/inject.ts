/**
 * `make eval-inject`: how long until a burst of complaints is paged? Bursts of 2 to 10 times the usual over usual
 * rates of 1 to 1,000 complaints an hour, at a stated budget, beside the detectors of practice at the same rate of
 * false alarms: each has one threshold for all watches, set on the same calm background to be false as often as ours.
 * `--lives 20` takes fewer lives per cell; `--json` prints a line a cell.
 */
import { parseArgs } from 'node:util';
import { rarityOfBudget } from '@foreshock/detect/budget';
import { countStatistics } from '@foreshock/detect/reference/count-statistics';
import { BLOCK_MINUTES, type Block, backgroundOf, poisson, randomOf } from './background.ts';
import { leanWatch } from './lean-watch.ts';
import { machineText, tableText } from './table.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    lives: { type: 'string', default: '60' },
    days: { type: 'string', default: '60' },
  },
});
const BASELINES = [1, 10, 100, 1_000];
const TIMES = [2, 3, 5, 10];
const DAY_BLOCKS = 144;
/** Two false pages a week over ten watches. */
const DAYS_PER_PAGE = 35;
const RULE = { days: rarityOfBudget(DAYS_PER_PAGE), people: 5 };
const TROUBLES = 10;
const LEARN_DAYS = 14;
/** A burst lasts this long; what is not paged by then is missed. */
const BURST_BLOCKS = 12 * 6;
/** Part of the complaints of a burst that names its issue. */
const NAMED = 0.7;
const FIRST_SEED = 2_000_000;
const QUIET_MINUTES = 60;

const seedOf = (baseline: number, life: number): number => FIRST_SEED + Math.log10(baseline) * 100_000 + life;
const freshWatch = (seed: number) => leanWatch(RULE, { random: randomOf(-seed), troubles: TROUBLES });

/** Indices of the buckets that start an alarm: those above the threshold after an hour below it. */
function alarmsOf(values: readonly number[], bucketMinutes: number, threshold: number): number[] {
  const alarms: number[] = [];
  let loud = Number.NEGATIVE_INFINITY;
  values.forEach((value, bucket) => {
    if (value <= threshold) return;
    if ((bucket - loud) * bucketMinutes > QUIET_MINUTES) alarms.push(bucket);
    loud = bucket;
  });
  return alarms;
}

/** What a statistic says of each bucket, fewer than five complaints never alarming, as with ours. */
function valuesOf(index: number, blocks: readonly Block[]): number[] {
  const statistic = countStatistics()[index]!;
  const size = statistic.bucketMinutes / BLOCK_MINUTES;
  const values: number[] = [];
  for (let at = 0; at + size <= blocks.length; at += size) {
    let count = 0;
    for (let i = at; i < at + size; i++) count += blocks[i]!.negative;
    const value = statistic.next(count);
    values.push(count >= RULE.people ? value : 0);
  }
  return values;
}

/** Calm lives: how often ours is false, and the threshold at which each statistic is false as often. */
function calibrate(lives: number, days: number) {
  const index = countStatistics().map((_, i) => i);
  const calm = index.map((): number[][] => []);
  let pages = 0;
  for (const baseline of BASELINES)
    for (let life = 0; life < lives; life++) {
      const seed = seedOf(baseline, life) + 50_000;
      const next = backgroundOf(seed, { complaintsAnHour: baseline });
      const blocks = Array.from({ length: days * DAY_BLOCKS }, next);
      const watch = freshWatch(seed);
      blocks.forEach((block, at) => {
        const opened = watch.next(block);
        if (at >= LEARN_DAYS * DAY_BLOCKS) pages += opened.length;
      });
      for (const i of index) {
        const size = countStatistics()[i]!.bucketMinutes / BLOCK_MINUTES;
        calm[i]!.push(valuesOf(i, blocks).slice((LEARN_DAYS * DAY_BLOCKS) / size));
      }
    }
  const thresholds = index.map((i) => {
    const { bucketMinutes } = countStatistics()[i]!;
    let low = 0;
    let high = 1_000;
    for (let step = 0; step < 40; step++) {
      const middle = (low + high) / 2;
      const alarms = calm[i]!.reduce((sum, one) => sum + alarmsOf(one, bucketMinutes, middle).length, 0);
      if (alarms > pages) low = middle;
      else high = middle;
    }
    return high;
  });
  return { pages, watchDays: BASELINES.length * lives * (days - LEARN_DAYS), thresholds };
}

/** Minutes from the start of a burst to the first alarm, by detector; undefined where it was missed. */
function delaysOf(
  seed: number,
  burst: { baseline: number; times: number },
  thresholds: readonly number[],
): (number | undefined)[] {
  const random = randomOf(seed + 7);
  const next = backgroundOf(seed, { complaintsAnHour: burst.baseline });
  const from = LEARN_DAYS * DAY_BLOCKS + Math.floor(random() * 7 * DAY_BLOCKS);
  const watch = freshWatch(seed);
  const blocks: Block[] = [];
  let ours: number | undefined;
  for (let at = 0; at < from + BURST_BLOCKS; at++) {
    const block = next();
    if (at >= from) {
      const more = poisson(random, ((burst.times - 1) * burst.baseline * BLOCK_MINUTES) / 60);
      block.negative += more;
      for (let i = 0; i < more; i++) if (random() < NAMED) block.issues[0] += 1;
    }
    blocks.push(block);
    const pages = watch.next(block);
    if (at >= from && pages.length > 0)
      ours ??= Math.min(...pages.map((page) => page.minute)) - from * BLOCK_MINUTES;
  }
  const theirs = thresholds.map((threshold, i) => {
    const { bucketMinutes } = countStatistics()[i]!;
    const alarm = alarmsOf(valuesOf(i, blocks), bucketMinutes, threshold)
      .map((bucket) => (bucket + 1) * bucketMinutes - from * BLOCK_MINUTES)
      .find((minutes) => minutes > 0);
    return alarm;
  });
  return [ours, ...theirs];
}

function main(): number {
  const lives = Number(options.lives);
  const startedMs = performance.now();
  const { pages, watchDays, thresholds } = calibrate(lives, Number(options.days));
  const names = ['foreshock', ...countStatistics().map((one) => one.name)];
  const cells = BASELINES.flatMap((baseline) =>
    TIMES.map((times) => {
      const all = Array.from({ length: lives }, (_, life) =>
        delaysOf(seedOf(baseline, life), { baseline, times }, thresholds),
      );
      const detectors = names.map((name, i) => {
        const minutes = all.map((one) => one[i] ?? Number.POSITIVE_INFINITY);
        return {
          name,
          found: minutes.filter(Number.isFinite).length / lives,
          median: delayQuantile(minutes, 0.5),
          p90: delayQuantile(minutes, 0.9),
        };
      });
      return { baseline, times, detectors };
    }),
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  if (options.json) {
    console.log(
      JSON.stringify({ budgetDaysPerPage: DAYS_PER_PAGE, rarity: RULE.days, pages, watchDays, thresholds }),
    );
    for (const cell of cells) console.log(JSON.stringify(cell));
    return 0;
  }
  console.log(
    `Minutes until a burst is paged, median / p90 of ${lives} lives a cell; – is missed within 12 h (${machineText()})\n` +
      `Budget: one false page in ${DAYS_PER_PAGE} d a watch. On calm background ours came once in ` +
      `${(watchDays / Math.max(pages, 1)).toFixed(0)} d (${pages} in ${watchDays} watch-days); so do the others, by their thresholds: ` +
      `${thresholds.map((threshold, i) => `${names[i + 1]} ${threshold.toFixed(1)}`).join(', ')}.\n`,
  );
  console.log(
    tableText(
      ['an hour', 'times', ...names],
      cells.map(({ baseline, times, detectors }) => [
        `${baseline}`,
        `${times}×`,
        ...detectors.map(({ median, p90 }) => `${minutesText(median)} / ${minutesText(p90)}`),
      ]),
    ),
  );
  console.log(`\n${seconds.toFixed(0)} s.`);
  return 0;
}

/** A quantile that a missed burst makes infinite: no interpolation into infinity. */
const delayQuantile = (minutes: readonly number[], share: number): number | null => {
  const sorted = minutes.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  return Number.isFinite(value) ? value : null;
};
const minutesText = (minutes: number | null): string => (minutes === null ? '–' : minutes.toFixed(0));

process.exitCode = main();
