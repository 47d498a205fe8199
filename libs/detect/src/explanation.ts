import type { Explanation, Figures } from '@foreshock/model/signal';
import { usualShare } from './expectation.ts';
import { type Cell, peopleIn } from './people.ts';
import { risenTerms } from './terms.ts';
import { isLearning, MINUTE_MS, type SeriesState, type WatchState, windowCells } from './watch-state.ts';

/** Everything measured about the window of `scale` minutes that ends with `minute`. */
export interface Verdict {
  readonly minute: number;
  readonly scale: number;
  readonly people: number;
  readonly rarityDays: number;
  readonly threshold: number;
  readonly mean: number;
  readonly variance: number;
}

export function figuresOf(state: WatchState, series: SeriesState, verdict: Verdict): Figures {
  const cells = windowCells(state, series, verdict.minute, verdict.scale);
  const all = state.series.get('all');
  const allCells = all ? windowCells(state, all, verdict.minute, verdict.scale) : [];
  const allPeople = Math.max(peopleIn(allCells), verdict.people);
  const allPosts = sumOf(allCells, (cell) => cell.posts);
  const posts = sumOf(cells, (cell) => cell.posts);
  const spread = 1.64 * Math.sqrt(verdict.variance);
  return {
    windowMs: verdict.scale * MINUTE_MS,
    from: (verdict.minute - verdict.scale + 1) * MINUTE_MS,
    to: (verdict.minute + 1) * MINUTE_MS,
    posts,
    people: verdict.people,
    threshold: verdict.threshold,
    expected: rounded(verdict.mean),
    low: Math.max(0, Math.floor(verdict.mean - spread)),
    high: Math.ceil(verdict.mean + spread),
    // Under a budget a rarity may be hours: they must not round to nothing.
    rarityDays: rounded(verdict.rarityDays, verdict.rarityDays < 3 ? 1_000 : 10),
    share: allPeople > 0 ? rounded(verdict.people / allPeople, 1_000) : 0,
    usualShare: rounded(usualShare(state, series.name), 1_000),
    negativeShare: allPosts > 0 ? rounded(sumOf(allCells, (cell) => cell.negative) / allPosts, 1_000) : 0,
    usualNegativeShare: rounded(usualShare(state, 'negative'), 1_000),
    copies: Math.max(0, posts - distinctTexts(cells)),
    learning: isLearning(state),
    learnedDays: rounded(state.sightedMinutes / 1_440),
  };
}

/** Distinct texts while exact; posts where a minute overflowed into sketches. */
function distinctTexts(cells: readonly (Cell | null)[]): number {
  const texts = new Set<number>();
  let sketched = 0;
  for (const cell of cells) {
    if (cell?.sketch) sketched += cell.posts - cell.reposts;
    else for (const text of cell?.texts ?? []) texts.add(text);
  }
  return texts.size + sketched;
}

export function explain(
  state: WatchState,
  series: SeriesState,
  verdict: Verdict,
  context: { figures: Figures; pageDays: number },
): Explanation {
  const cells = windowCells(state, series, verdict.minute, verdict.scale);
  const channels = channelsOf(cells, verdict.people);
  const all = state.series.get('all');
  const hourPosts = all ? sumOf(windowCells(state, all, verdict.minute, 60), (cell) => cell.posts) : 0;
  const phrases = risenTerms(state.terms, hourPosts, 5);
  const inWindow = series.candidates.filter(
    (post) => post.at >= context.figures.from && post.at < context.figures.to,
  );
  const first = [...inWindow].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).slice(0, 3);
  const shared = [...inWindow]
    .sort((a, b) => b.shares - a.shares || b.at - a.at || (a.id < b.id ? -1 : 1))
    .slice(0, 3);
  return {
    sentence: sentenceOf(context.figures, context.pageDays, channels, wiresIn(cells)),
    channels,
    phrases,
    firstPosts: first.map((post) => post.id),
    mostShared: shared.map((post) => post.id),
    without: counterfactuals(verdict, { channels, phrases }),
  };
}

/** Texts that several accounts put out as they stand, and how many accounts that were. */
export interface Wires {
  readonly texts: number;
  readonly authors: number;
}

const NO_WIRES: Wires = { texts: 0, authors: 0 };
/** From so many accounts on, the same words are no coincidence of two. */
const WIRE_AUTHORS = 3;

/** Of minutes that are still exact; a sketched minute knows no single text. */
export function wiresIn(cells: readonly (Cell | null)[]): Wires {
  const authorsOf = new Map<number, Set<number>>();
  for (const cell of cells)
    cell?.texts.forEach((text, i) => {
      const authors = authorsOf.get(text) ?? new Set<number>();
      authorsOf.set(text, authors.add(cell.authors[i]!));
    });
  const wires = [...authorsOf.values()].filter((authors) => authors.size >= WIRE_AUTHORS);
  return { texts: wires.length, authors: new Set(wires.flatMap((authors) => [...authors])).size };
}

/** “37 people in 10 minutes, expected 4 (2–9): this happens here once in 41 days; you page at 30.” */
export function sentenceOf(
  figures: Figures,
  pageDays: number,
  channels: readonly { source: string; share: number }[],
  wires: Wires = NO_WIRES,
): string {
  const copied =
    wires.texts > 0
      ? ` (${wires.texts === 1 ? '1 text' : `${wires.texts} texts`} copied by ${wires.authors} accounts)`
      : '';
  const posts =
    figures.posts > figures.people
      ? `${figures.posts} posts by ${persons(figures.people)}${copied}`
      : persons(figures.people);
  const expected =
    figures.expected < 1
      ? 'fewer than 1'
      : `${Math.round(figures.expected)} (${figures.low}–${figures.high})`;
  const rarity = figures.learning
    ? 'still learning what is usual here'
    : `this happens here ${onceIn(figures.rarityDays)}; you page at ${days(pageDays)}`;
  const negative = `${percent(figures.negativeShare)} of posts negative, usually ${percent(figures.usualNegativeShare)}`;
  const where = channels
    .slice(0, 3)
    .map((channel) => `${channel.source} ${percent(channel.share)}`)
    .join(', ');
  const told = `${posts} in ${figures.windowMs / MINUTE_MS} minutes, expected ${expected}: ${rarity}. ${negative}.`;
  return where === '' ? told : `${told} ${where}.`;
}

const persons = (count: number): string => (count === 1 ? '1 person' : `${count} people`);
const percent = (share: number): string => `${Math.round(share * 100)}%`;

function days(count: number): string {
  if (count >= 1) return `${Math.round(count)} d`;
  return count * 24 >= 1 ? `${Math.round(count * 24)} h` : `${Math.round(count * 1_440)} min`;
}

function onceIn(rarityDays: number): string {
  if (rarityDays >= 3_650) return 'less than once in ten years';
  if (rarityDays >= 730) return `once in ${Math.round(rarityDays / 365)} years`;
  if (rarityDays >= 1.5) return `once in ${Math.round(rarityDays)} days`;
  const hours = Math.round(rarityDays * 24);
  return hours > 1 ? `once in ${hours} hours` : 'once in an hour';
}

function channelsOf(cells: readonly (Cell | null)[], people: number): Explanation['channels'] {
  const bySource = new Map<string, number>();
  let total = 0;
  for (const cell of cells)
    for (const [source, count] of cell?.sources ?? []) {
      bySource.set(source, (bySource.get(source) ?? 0) + count);
      total += count;
    }
  return [...bySource]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, 8)
    .map(([source, count]) => ({
      source,
      people: Math.round((people * count) / total),
      share: rounded(count / total, 1_000),
    }));
}

/** Would it still have fired without the loudest author, the strongest source, the leading phrase? */
function counterfactuals(
  verdict: Verdict,
  parts: Pick<Explanation, 'channels' | 'phrases'>,
): Explanation['without'] {
  const fires = (people: number) => people >= verdict.threshold;
  const withoutAuthor = Math.max(0, verdict.people - 1);
  const without: Explanation['without'] = [
    { what: 'author', name: 'the loudest author', people: withoutAuthor, fires: fires(withoutAuthor) },
  ];
  const source = parts.channels[0];
  if (source) {
    const people = Math.max(0, verdict.people - source.people);
    without.push({ what: 'source', name: source.source, people, fires: fires(people) });
  }
  const phrase = parts.phrases[0];
  if (phrase) {
    const people = Math.max(0, verdict.people - phrase.people);
    without.push({ what: 'phrase', name: phrase.phrase, people, fires: fires(people) });
  }
  return without;
}

const sumOf = (cells: readonly (Cell | null)[], of: (cell: Cell) => number): number =>
  cells.reduce((sum, cell) => sum + (cell ? of(cell) : 0), 0);

const rounded = (x: number, parts = 10): number => Math.round(x * parts) / parts;
