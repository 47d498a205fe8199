/**
 * One watch at the pace of ten-minute blocks: the engine’s baselines, expectations, rarity and rules of opening and
 * ending, without its posts, cells and clocks. Where a block comes near to paging it is taken apart into minutes, as
 * the engine looks every minute. Hours of the real fold become seconds, so that a promise of one page a week over a
 * thousand watches can be held against hundreds of pages. `lean-watch.test.ts` holds it against the fold itself.
 */
import {
  emptyBaseline,
  emptyShape,
  learn,
  learnShape,
  rarityDays,
  type ScaleBaseline,
  expect as usualOf,
} from '@foreshock/detect/baseline';
import { givenCalm } from '@foreshock/detect/expectation';
import { CALM_MINUTES, CLOSE_PART, type PageRule } from '@foreshock/detect/judge';
import { LEARNING_MINUTES, SCALES_MINUTES } from '@foreshock/detect/watch-state';
import { BLOCK_MINUTES, type Block, type Random } from './background.ts';

/** Blocks of the longest window, and one more. */
const KEPT = SCALES_MINUTES[SCALES_MINUTES.length - 1]! / BLOCK_MINUTES + 2;
/** What is learned is what no allowed lateness may change any more. */
const LATENESS_BLOCKS = 3;
const REOPEN_MINUTES = 60;
/** Window of the screen, in deviations above the mean: what is below it is nobody’s page. */
const SCREEN = 2.5;

interface LeanSeries {
  readonly of: (block: Block) => number;
  readonly baselines: ScaleBaseline[];
  /** Counts by block number modulo `KEPT`, and by minute where they were taken apart. */
  readonly counts: number[];
  readonly minutes: (readonly number[] | undefined)[];
  burst: { lastUnusual: number; scale: number } | undefined;
  span: { from: number; to: number } | undefined;
}

export interface LeanPage {
  /** End of the minute that decided, from the start of the watch. */
  readonly minute: number;
  readonly series: number;
}

export interface LeanWatch {
  /** Takes the next ten minutes; the pages they bring. */
  readonly next: (block: Block) => LeanPage[];
}

const seriesOf = (of: LeanSeries['of']): LeanSeries => ({
  of,
  baselines: SCALES_MINUTES.map(() => emptyBaseline()),
  counts: new Array<number>(KEPT).fill(0),
  minutes: new Array<undefined>(KEPT).fill(undefined),
  burst: undefined,
  span: undefined,
});

/** `troubles`: how many the watch has beside its complaints; the first two have posts. */
export function leanWatch(
  rule: PageRule,
  { random, troubles }: { random: Random; troubles: number },
): LeanWatch {
  const shape = emptyShape();
  const calm = seriesOf((block) => block.calm);
  const all = seriesOf((block) => block.calm + block.negative);
  const judged = [
    seriesOf((block) => block.negative),
    seriesOf((block) => block.issues[0]),
    seriesOf((block) => block.issues[1]),
  ];
  let block = 0;
  let openUntil = Number.NEGATIVE_INFINITY;
  const place = (at: number) => at % KEPT;

  const sum = (series: LeanSeries, last: number, blocks: number): number => {
    let total = 0;
    for (let at = Math.max(0, last - blocks + 1); at <= last; at++) total += series.counts[place(at)]!;
    return total;
  };

  /** Posts of a block by minute: at random, or all in the first. */
  const minutesOf = (series: LeanSeries, at: number, lump: boolean): readonly number[] => {
    const known = series.minutes[place(at)];
    if (known) return known;
    const minutes = new Array<number>(BLOCK_MINUTES).fill(0);
    for (let i = 0; i < series.counts[place(at)]!; i++)
      minutes[lump ? 0 : Math.floor(random() * BLOCK_MINUTES)]! += 1;
    series.minutes[place(at)] = minutes;
    return minutes;
  };

  const learnBlock = (at: number): void => {
    const minute = (at + 1) * BLOCK_MINUTES;
    SCALES_MINUTES.forEach((scale, index) => {
      if (minute % scale !== 0) return;
      const centre = minute - scale / 2;
      if (scale === 60) learnShape(shape, { count: sum(all, at, 6), minute: centre });
      for (const series of [all, ...judged]) {
        const { span } = series;
        const unusual = span !== undefined && minute - 1 >= span.from && minute - 1 - scale < span.to;
        learn(series.baselines[index]!, shape, {
          count: sum(series, at, scale / BLOCK_MINUTES),
          minute: centre,
          scaleMinutes: scale,
          unusual,
        });
      }
    });
  };

  /** What each window is held against during this block. */
  const expectations = (series: LeanSeries) =>
    SCALES_MINUTES.map((scale, index) => {
      const own = series.baselines[index]!;
      const usual = usualOf(own, shape, block * BLOCK_MINUTES + BLOCK_MINUTES / 2 - scale / 2);
      const talk = sum(calm, block - 1, scale / BLOCK_MINUTES);
      const given = givenCalm(
        {
          now: Math.max(0, talk - Math.sqrt(talk)),
          before: Math.max(0, all.baselines[index]!.counts - judged[0]!.baselines[index]!.counts),
        },
        { complaints: own.counts, dispersion: usual.dispersion },
      );
      return given.mean > usual.mean
        ? { mean: given.mean, variance: Math.max(given.variance, usual.variance) }
        : usual;
    });

  /** The minute in which it opened, if it did. */
  const judgeSeries = (series: LeanSeries, lump: boolean): number | undefined => {
    const at = block;
    const mayMatter = sum(series, at, KEPT - 1) >= rule.people;
    if (!mayMatter && !series.burst) return undefined;
    const expected = expectations(series);
    const screened = SCALES_MINUTES.map((scale, index) => {
      const most = sum(series, at, scale / BLOCK_MINUTES + 1);
      const { mean, variance } = expected[index]!;
      return (series.burst ? most >= 3 : most >= rule.people) && most > mean + SCREEN * Math.sqrt(variance);
    });
    if (!screened.includes(true)) {
      endIfCalm(series, (at + 1) * BLOCK_MINUTES - 1);
      return undefined;
    }
    let opened: number | undefined;
    for (let within = 0; within < BLOCK_MINUTES; within++) {
      const minute = at * BLOCK_MINUTES + within;
      if (judgeMinute(series, { minute, within, lump, expected, screened })) opened ??= minute;
    }
    return opened;
  };

  function judgeMinute(
    series: LeanSeries,
    now: {
      minute: number;
      within: number;
      lump: boolean;
      expected: readonly { mean: number; variance: number }[];
      screened: readonly boolean[];
    },
  ): boolean {
    const { minute, within } = now;
    const longest = series.burst
      ? Math.max(60, series.burst.scale)
      : series.span
        ? Math.max(SCALES_MINUTES[0], minute - series.span.to)
        : Number.POSITIVE_INFINITY;
    let most = 0;
    let passing: number | undefined;
    for (const [index, scale] of SCALES_MINUTES.entries()) {
      if (scale > longest) break;
      if (!now.screened[index]) continue;
      const blocks = scale / BLOCK_MINUTES;
      let people = sum(series, block - 1, blocks - 1);
      const newest = minutesOf(series, block, now.lump);
      for (let m = 0; m <= within; m++) people += newest[m]!;
      if (block >= blocks) {
        const oldest = minutesOf(series, block - blocks, false);
        for (let m = within + 1; m < BLOCK_MINUTES; m++) people += oldest[m]!;
      }
      const { extremes, windows } = series.baselines[index]!;
      const rarity = rarityDays(people, now.expected[index]!, {
        scaleMinutes: scale,
        extremes,
        windows,
        troubles: troubles + 1,
      });
      most = Math.max(most, rarity);
      if (passing === undefined && rarity >= rule.days && people >= rule.people) passing = scale;
    }
    const { burst } = series;
    if (burst) {
      if (most >= rule.days / CLOSE_PART) burst.lastUnusual = minute;
      if (series.span) series.span.to = minute;
      endIfCalm(series, minute);
      return false;
    }
    if (passing === undefined || minute < LEARNING_MINUTES) return false;
    series.burst = { lastUnusual: minute, scale: passing };
    series.span = { from: minute, to: minute };
    return true;
  }

  function endIfCalm(series: LeanSeries, minute: number): void {
    if (!series.burst) return;
    if (series.span) series.span.to = minute;
    if (minute - series.burst.lastUnusual >= CALM_MINUTES) series.burst = undefined;
  }

  return {
    next(block_) {
      for (const series of [calm, all, ...judged]) {
        series.counts[place(block)] = series.of(block_);
        series.minutes[place(block)] = undefined;
      }
      const pages: LeanPage[] = [];
      judged.forEach((series, index) => {
        const wasOn = judged.some((one) => one.burst) || block * BLOCK_MINUTES < openUntil;
        const opened = judgeSeries(series, block_.lump);
        if (opened !== undefined && !wasOn) pages.push({ minute: opened + 1, series: index });
        // What comes back within the hour is the same incident; it is told, but it is no new one.
        if (judged.some((one) => one.burst)) openUntil = (block + 1) * BLOCK_MINUTES + REOPEN_MINUTES;
      });
      if (block >= LATENESS_BLOCKS) learnBlock(block - LATENESS_BLOCKS);
      block++;
      return pages;
    },
  };
}
