/**
 * How many people: the largest number of distinct authors who can each be given a distinct text of their own.
 * One loud author is one; one wire copied by four hundred accounts is one; both together are two. It never falls
 * when a post is added and does not depend on the order of posts, so it may be judged as posts arrive. Beyond
 * `PAIRS_EXACT` pairs in a minute it is an estimate: that neither falls nor depends on order either, but it may start
 * up to a tenth below or above the exact number it takes over from.
 */

/** One minute of one series. Exact to `PAIRS_EXACT` author–text pairs, then two mergeable sketches. */
export interface Cell {
  posts: number;
  /** Posts that were reposts. */
  reposts: number;
  replayed: number;
  negative: number;
  /** Event time of the first post of this minute, ms. */
  firstAt: number;
  /** Parallel: author and text of each distinct pair, while exact. */
  authors: number[];
  texts: number[];
  sketch: { authors: Uint8Array; texts: Uint8Array } | null;
  /** Distinct pairs by source, while exact, then posts: for the channel split. */
  sources: Map<string, number>;
}

export const PAIRS_EXACT = 32;
/** 512 registers: standard error 1.04/√512 = 4.6 %. Two sketches a minute, 1 KB where more than 32 pairs came. */
const REGISTERS = 512;

export const emptyCell = (): Cell => ({
  posts: 0,
  reposts: 0,
  replayed: 0,
  negative: 0,
  firstAt: Number.MAX_SAFE_INTEGER,
  authors: [],
  texts: [],
  sketch: null,
  sources: new Map(),
});

/** A post’s author and text, both 52-bit hashes. A text too short to be a copy has its author’s hash. */
export interface Pair {
  readonly author: number;
  readonly text: number;
}

/** Adds a pair. True if it may have raised the number of people. */
export function addPair(cell: Cell, pair: Pair): boolean {
  if (cell.sketch) {
    const a = addToSketch(cell.sketch.authors, pair.author);
    const b = addToSketch(cell.sketch.texts, pair.text);
    return a || b;
  }
  for (let i = 0; i < cell.authors.length; i++)
    if (cell.authors[i] === pair.author && cell.texts[i] === pair.text) return false;
  cell.authors.push(pair.author);
  cell.texts.push(pair.text);
  if (cell.authors.length > PAIRS_EXACT) toSketch(cell);
  return true;
}

function toSketch(cell: Cell): void {
  const sketch = { authors: new Uint8Array(REGISTERS), texts: new Uint8Array(REGISTERS) };
  for (const author of cell.authors) addToSketch(sketch.authors, author);
  for (const text of cell.texts) addToSketch(sketch.texts, text);
  cell.sketch = sketch;
  cell.authors = [];
  cell.texts = [];
}

/** HyperLogLog (Flajolet et al. 2007): low 9 bits choose the register, the rest give the rank. */
function addToSketch(registers: Uint8Array, hash: number): boolean {
  const index = hash % REGISTERS;
  const rest = Math.floor(hash / REGISTERS);
  const low = rest % 4_294_967_296;
  const rank = low === 0 ? 33 : Math.clz32(low) + 1;
  if (rank <= registers[index]!) return false;
  registers[index] = rank;
  return true;
}

function estimate(registers: Uint8Array): number {
  let sum = 0;
  let zeros = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) zeros++;
  }
  const raw = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS * REGISTERS) / sum;
  return raw <= 2.5 * REGISTERS && zeros > 0 ? REGISTERS * Math.log(REGISTERS / zeros) : raw;
}

/**
 * People over several cells: exact while all are exact, else the lesser of the two sketches’ estimates, but never more
 * than posts.
 */
export function peopleIn(cells: readonly (Cell | null)[]): number {
  if (cells.some((cell) => cell?.sketch)) return Math.round(sketchedPeople(cells));
  const edges = new Map<number, Set<number>>();
  const texts = new Set<number>();
  let pairs = 0;
  for (const cell of cells) {
    if (!cell) continue;
    for (let i = 0; i < cell.authors.length; i++) {
      const author = cell.authors[i]!;
      const text = cell.texts[i]!;
      const own = edges.get(author) ?? new Set<number>();
      if (own.size === 0) edges.set(author, own);
      if (!own.has(text)) pairs++;
      own.add(text);
      texts.add(text);
    }
  }
  // Nobody wrote twice: as many people as texts. No text came twice: as many people as authors.
  if (pairs === edges.size) return texts.size;
  if (pairs === texts.size) return edges.size;
  return largestMatching(edges);
}

function sketchedPeople(cells: readonly (Cell | null)[]): number {
  const authors = new Uint8Array(REGISTERS);
  const texts = new Uint8Array(REGISTERS);
  let most = 0;
  for (const cell of cells) {
    if (!cell) continue;
    most += cell.sketch ? cell.posts - cell.reposts : cell.authors.length;
    if (cell.sketch) {
      for (let i = 0; i < REGISTERS; i++) {
        authors[i] = Math.max(authors[i]!, cell.sketch.authors[i]!);
        texts[i] = Math.max(texts[i]!, cell.sketch.texts[i]!);
      }
    } else {
      for (const author of cell.authors) addToSketch(authors, author);
      for (const text of cell.texts) addToSketch(texts, text);
    }
  }
  return Math.min(estimate(authors), estimate(texts), most);
}

/** Size of a maximum matching between authors and texts, by augmenting paths. */
function largestMatching(edges: ReadonlyMap<number, ReadonlySet<number>>): number {
  const writerOf = new Map<number, number>();
  let matched = 0;
  for (const author of edges.keys()) if (augment(edges, author, writerOf)) matched++;
  return matched;
}

/** Finds one augmenting path from `start`, breadth first so that long chains cannot overflow the stack. */
function augment(
  edges: ReadonlyMap<number, ReadonlySet<number>>,
  start: number,
  writerOf: Map<number, number>,
): boolean {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (let head = 0; head < queue.length; head++) {
    const author = queue[head]!;
    for (const text of edges.get(author)!) {
      if (cameFrom.has(text)) continue;
      cameFrom.set(text, author);
      const writer = writerOf.get(text);
      if (writer !== undefined) {
        queue.push(writer);
        continue;
      }
      reassign(edges, text, start, cameFrom, writerOf);
      return true;
    }
  }
  return false;
}

/** Walks the path back from the free text to `start`, giving each author on it the text found for it. */
function reassign(
  edges: ReadonlyMap<number, ReadonlySet<number>>,
  free: number,
  start: number,
  cameFrom: ReadonlyMap<number, number>,
  writerOf: Map<number, number>,
): void {
  let text = free;
  for (;;) {
    const author = cameFrom.get(text)!;
    let previous: number | undefined;
    for (const own of edges.get(author)!) if (writerOf.get(own) === author) previous = own;
    writerOf.set(text, author);
    if (author === start || previous === undefined) return;
    text = previous;
  }
}
