/**
 * From a budget of false pages to a rarity. “Once in 30 days” is a cautious figure: of its two answers the less
 * alarming one counts, every look and every trouble is paid for, and a page takes five people. How cautious was
 * measured on invented background in which nothing is wrong (`make eval-budget`): over watches of all sizes, a rarity
 * of R days pages once in about 20 × R^0.85 days. This is the inverse, with a fifth of the budget in hand.
 */
const DAYS_AT_ONE = 20;
const GROWTH = 0.85;
const SPENT = 0.8;
/** A quarter of an hour: below it nothing is unusual. */
const LEAST_DAYS = 0.01;

/** The rarity, in days, of a watch that may page falsely once in `daysPerPage`. */
export const rarityOfBudget = (daysPerPage: number): number =>
  Math.max(LEAST_DAYS, (daysPerPage / (DAYS_AT_ONE * SPENT)) ** (1 / GROWTH));
