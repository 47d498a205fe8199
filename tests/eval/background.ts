/**
 * Talk in which nothing is wrong, for the evaluations of false pages and of delays. Invented, with what usually fools
 * a detector: hours of the day, weekends, holidays, moods that come and go over hours, answers to answers, bots, and
 * feeds that deliver an hour at once. The figures below were written down before a detector had run on them and are
 * not changed to suit one.
 */
export const BACKGROUND = {
  /** People a day: log-normal over watches. */
  peopleADayMedian: 150,
  peopleADaySpread: 1.5,
  peopleADayLeast: 3,
  peopleADayMost: 20_000,
  /** Part that complains: log-uniform. */
  complaintsLeast: 0.03,
  complaintsMost: 0.25,
  /** Parts of the complaints that name each of two issues. */
  issues: [0.4, 0.15],
  /** Height of the day’s wave, and weekends against weekdays. */
  wave: [0.3, 0.9],
  weekend: [0.5, 1.3],
  /** One day in so many is a holiday, at this part of its usual talk. */
  holidayEvery: 30,
  holiday: [0.4, 2],
  /** Log level that wanders: standard deviation and hours it lasts, of all talk and of the part that complains. */
  mood: [0.1, 0.4],
  moodHours: 3,
  temper: [0.05, 0.25],
  temperHours: 6,
  /** Answers a post draws in the ten minutes after it, and how many of a complaint’s are complaints. */
  answers: [0, 0.3],
  agreeing: 0.5,
  /** Watches with bots; a batch every so many days; people it counts as, its copies collapsed; part negative. */
  botWatches: 0.3,
  botEveryDays: 2,
  botPeople: [1, 4],
  botNegative: 0.2,
  /** Watches where part of the talk comes through a feed that delivers once an hour. */
  feedWatches: 0.3,
  feedPart: 0.3,
} as const;

export const BLOCK_MINUTES = 10;
const DAY_BLOCKS = 144;
const HOUR_BLOCKS = 6;

/** People of ten minutes. */
export interface Block {
  calm: number;
  negative: number;
  /** By issue: part of `negative`. */
  issues: [number, number];
  /** Delivered all in the first minute of these ten. */
  lump: boolean;
}

export type Random = () => number;

/** Mulberry32: one stream per watch, equal on every machine. */
export function randomOf(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export function poisson(random: Random, mean: number): number {
  if (mean <= 0) return 0;
  if (mean > 200) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const floor = Math.exp(-Math.min(mean, 30));
  let left = mean;
  let count = 0;
  // By parts of at most 30, for the exponential of a large mean is nothing.
  while (left > 0) {
    const part = Math.min(left, 30);
    const stop = left >= 30 ? floor : Math.exp(-part);
    let product = random();
    while (product > stop) {
      count++;
      product *= random();
    }
    left -= part;
  }
  return count;
}

function binomial(random: Random, count: number, chance: number): number {
  let hits = 0;
  for (let i = 0; i < count; i++) if (random() < chance) hits++;
  return hits;
}

const between = (random: Random, [least, most]: readonly [number, number]): number =>
  least + (most - least) * random();

export interface BackgroundOptions {
  /** Given: complaints an hour on average, instead of a size drawn. */
  readonly complaintsAnHour?: number;
}

/** Ten minutes after ten minutes of one watch, from a Thursday midnight on. */
export function backgroundOf(seed: number, options: BackgroundOptions = {}): () => Block {
  const random = randomOf(seed);
  const B = BACKGROUND;
  const complaining = B.complaintsLeast * (B.complaintsMost / B.complaintsLeast) ** random();
  const size = Math.exp(Math.log(B.peopleADayMedian) + B.peopleADaySpread * normal(random));
  const drawn = Math.min(Math.max(size, B.peopleADayLeast), B.peopleADayMost);
  const perDay =
    options.complaintsAnHour === undefined ? drawn : (options.complaintsAnHour * 24) / complaining;
  const wave = between(random, B.wave);
  const crest = random() * DAY_BLOCKS;
  const weekend = between(random, B.weekend);
  const mood = between(random, B.mood);
  const temper = between(random, B.temper);
  const answers = between(random, B.answers);
  const hasBots = random() < B.botWatches;
  const hasFeed = random() < B.feedWatches;
  const keepMood = Math.exp(-1 / (B.moodHours * HOUR_BLOCKS));
  const keepTemper = Math.exp(-1 / (B.temperHours * HOUR_BLOCKS));
  let block = 0;
  let day = 1;
  let moodNow = normal(random) * mood;
  let temperNow = normal(random) * temper;
  let before = { calm: 0, negative: 0 };
  let held = { calm: 0, negative: 0 };
  return () => {
    const at = block % DAY_BLOCKS;
    if (at === 0) {
      const weekday = Math.floor(block / DAY_BLOCKS) % 7;
      day = weekday === 2 || weekday === 3 ? weekend : 1;
      if (random() < 1 / B.holidayEvery) day *= between(random, B.holiday);
    }
    block++;
    moodNow = moodNow * keepMood + mood * Math.sqrt(1 - keepMood ** 2) * normal(random);
    temperNow = temperNow * keepTemper + temper * Math.sqrt(1 - keepTemper ** 2) * normal(random);
    const shape = 1 + wave * Math.cos((2 * Math.PI * (at - crest)) / DAY_BLOCKS);
    const rate = ((perDay / DAY_BLOCKS) * day * shape * Math.exp(moodNow - mood ** 2 / 2)) / (1 + answers);
    const part = Math.min(0.9, complaining * Math.exp(temperNow - temper ** 2 / 2));
    let calm = poisson(
      random,
      rate * (1 - part) + answers * (before.calm + (1 - B.agreeing) * before.negative),
    );
    let negative = poisson(random, rate * part + answers * B.agreeing * before.negative);
    before = { calm, negative };
    if (hasBots && random() < 1 / (B.botEveryDays * DAY_BLOCKS)) {
      const people = Math.round(between(random, B.botPeople));
      const bad = binomial(random, people, B.botNegative);
      calm += people - bad;
      negative += bad;
    }
    const lump = hasFeed && at % HOUR_BLOCKS === 0;
    if (hasFeed) {
      const late = {
        calm: binomial(random, calm, B.feedPart),
        negative: binomial(random, negative, B.feedPart),
      };
      calm -= late.calm;
      negative -= late.negative;
      held = { calm: held.calm + late.calm, negative: held.negative + late.negative };
      if (lump) {
        calm += held.calm;
        negative += held.negative;
        held = { calm: 0, negative: 0 };
      }
    }
    return {
      calm,
      negative,
      issues: [binomial(random, negative, B.issues[0]), binomial(random, negative, B.issues[1])],
      lump,
    };
  };
}
