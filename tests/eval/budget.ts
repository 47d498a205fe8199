/**
 * `make eval-budget`: so many false pages were promised, how many came? Background in which nothing is wrong, watches
 * in tens, hundreds and a thousand, promises from one page a day to one a week over all of them.
 * `--pages 50` runs until 50 pages are expected in each cell instead of 200; `--watches 10,100` takes some rows.
 */
import { parseArgs } from 'node:util';
import { rarityOfBudget } from '@foreshock/detect/budget';
import { backgroundOf, randomOf } from './background.ts';
import { poissonLimits } from './interval.ts';
import { leanWatch } from './lean-watch.ts';
import { machineText, tableText } from './table.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    pages: { type: 'string', default: '200' },
    watches: { type: 'string', default: '10,100,1000' },
    promises: { type: 'string', default: '1,3.5,7' },
  },
});
const DAY_BLOCKS = 144;
/** Each life of a watch; its first day teaches and is not counted. */
const LIFE_DAYS = 180;
/** Troubles a watch counts beside complaints: the issue packs that come with Foreshock. */
const TROUBLES = 10;
/** Seeds of other evaluations and of tuning lie below. */
const FIRST_SEED = 1_000_000;

interface Cell {
  readonly watches: number;
  readonly daysPerPage: number;
  readonly rarityDays: number;
  readonly watchDays: number;
  readonly expected: number;
  readonly pages: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly seconds: number;
}

/** Pages of one life under a rule, over all its troubles. */
function pagesOfLife(seed: number, days: number): number {
  const background = backgroundOf(seed);
  const watch = leanWatch({ days, people: 5 }, { random: randomOf(-seed), troubles: TROUBLES });
  let pages = 0;
  for (let block = 0; block < LIFE_DAYS * DAY_BLOCKS; block++) pages += watch.next(background()).length;
  return pages;
}

function cellOf(watches: number, daysPerPage: number): Cell {
  const startedMs = performance.now();
  const own = watches * daysPerPage;
  const rarityDays = rarityOfBudget(own);
  const lives = Math.ceil((Number(options.pages) * own) / (LIFE_DAYS - 1));
  let pages = 0;
  for (let life = 0; life < lives; life++) pages += pagesOfLife(FIRST_SEED + life, rarityDays);
  const watchDays = lives * (LIFE_DAYS - 1);
  const expected = watchDays / own;
  const { low, high } = poissonLimits(pages);
  return {
    watches,
    daysPerPage,
    rarityDays,
    watchDays,
    expected,
    pages,
    ratio: pages / expected,
    low: low / expected,
    high: high / expected,
    seconds: (performance.now() - startedMs) / 1_000,
  };
}

/** The bar: never much more than promised, and not by saying nothing. */
const holds = (cell: Cell): boolean => cell.high <= 1.5 && cell.ratio >= 0.3;

function main(): number {
  const cells: Cell[] = [];
  for (const watches of options.watches.split(',').map(Number))
    for (const daysPerPage of options.promises.split(',').map(Number)) {
      const cell = cellOf(watches, daysPerPage);
      cells.push(cell);
      if (options.json) console.log(JSON.stringify({ ...cell, holds: holds(cell) }));
      else process.stderr.write(`${watches} watches, a page in ${daysPerPage} d: ${cell.ratio.toFixed(2)}\n`);
    }
  if (!options.json) {
    console.log(
      `False pages against the promise, on background in which nothing is wrong (${machineText()})\n`,
    );
    console.log(
      tableText(
        ['watches', 'promised', 'rarity, days', 'watch-days', 'expected', 'came', 'of promise', '95 %', 's'],
        cells.map((cell) => [
          `${cell.watches}`,
          `1 in ${cell.daysPerPage} d`,
          cell.rarityDays.toFixed(1),
          `${cell.watchDays}`,
          cell.expected.toFixed(0),
          `${cell.pages}`,
          cell.ratio.toFixed(2),
          `${cell.low.toFixed(2)}–${cell.high.toFixed(2)}${holds(cell) ? '' : ' !'}`,
          cell.seconds.toFixed(0),
        ]),
      ),
    );
  }
  return cells.every(holds) ? 0 : 1;
}

process.exitCode = main();
