import { isSeparator, isSpacedLetter } from './characters.ts';

/**
 * Aho–Corasick over columns (folded units that occur in some pattern). Patterns start only where a word may start, so
 * there are two roots: at a boundary, and within a word, where nothing starts. States are numbered breadth first;
 * the first ones, where nearly all of a text is spent, have a full row of next states with the failure links
 * resolved, the deeper ones only their children. Memory: 18 bytes a state, about 15 states a phrase, and at most 1 MB
 * of rows: 10,000 phrases, 4 MB.
 *
 * Next states are written as twice the state, plus 1 where a pattern ends there.
 */
export interface Automaton {
  /** Column of each folded unit that is in some pattern; 0 for the others. */
  readonly columns: Uint16Array;
  /** Per column whether it stands for letters of scripts with spaces. */
  readonly spaced: readonly boolean[];
  /** Rows of `1 << rowShift` next states, for states below `denseStates`. */
  readonly rows: Uint16Array;
  readonly rowShift: number;
  readonly denseStates: number;
  /** The children of state `s` are the states `firstChild[s]` up to `firstChild[s + 1]`. */
  readonly firstChild: Int32Array;
  /** The column that leads to each state from its parent. */
  readonly column: Uint16Array;
  readonly fail: Int32Array;
  /** 1 + index of the pattern that ends here, 0 where none does. */
  readonly ends: Int32Array;
  /** The next state on the failure chain where a pattern ends; 0 at its end. */
  readonly nextEnd: Int32Array;
  readonly states: number;
}

/** Columns of units that are in no pattern: of no word, and letters. Then any run of separators. */
export const OTHER_COLUMN = 0;
export const LETTER_COLUMN = 1;
export const SEPARATOR_COLUMN = 2;
const COLUMNS_MAX = 0xff00;

/** The start, and where nothing may start before the next boundary. */
export const BOUNDARY_STATE = 0;
const WITHIN_WORD_STATE = 1;

/** Cells of full rows: 1 MB. Two rows, those of the roots, there are always. */
const ROW_CELLS_MAX = 0x80000;

/** In a row: the next state is none that a row can name, see `stepDeep`. */
export const DEEP = 0xffff;

/** Builds the automaton of `patterns`: folded, distinct, not empty, each separator run written as one space. */
export function buildAutomaton(patterns: readonly string[]): Automaton {
  const columns = new Uint16Array(0x10000);
  const spaced = [false, true, false];
  const coded = patterns.map((pattern, index) => {
    let code = '';
    for (let i = 0; i < pattern.length; i++) code += String.fromCharCode(columnOf(pattern.charCodeAt(i)));
    return { code, index };
  });
  coded.sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
  const trie = buildTrie(coded, spaced);
  return { columns, spaced, ...trie, ...fillRows(trie, spaced) };

  function columnOf(unit: number): number {
    if (isSeparator(unit)) columns[unit] = SEPARATOR_COLUMN;
    else if (columns[unit] === 0) {
      if (spaced.length >= COLUMNS_MAX)
        throw new Error('more different characters in phrases than there are columns');
      columns[unit] = spaced.length;
      spaced.push(isSpacedLetter(unit));
    }
    return columns[unit]!;
  }
}

type Trie = Pick<Automaton, 'firstChild' | 'column' | 'fail' | 'ends' | 'nextEnd' | 'states'>;

/** Each state is the range of sorted patterns that share its path; the queue of states is their numbering. */
function buildTrie(
  coded: readonly { readonly code: string; readonly index: number }[],
  spaced: readonly boolean[],
): Trie {
  const capacity = coded.reduce((sum, { code }) => sum + code.length, 3);
  const from = new Int32Array(capacity);
  const to = new Int32Array(capacity);
  const depth = new Int32Array(capacity);
  const firstChild = new Int32Array(capacity + 1);
  const column = new Uint16Array(capacity);
  const fail = new Int32Array(capacity);
  const ends = new Int32Array(capacity);
  const nextEnd = new Int32Array(capacity);
  const trie: Trie = { firstChild, column, fail, ends, nextEnd, states: 0 };
  to[BOUNDARY_STATE] = coded.length;
  let states = 2;
  for (let state = 0; state < states; state++) {
    firstChild[state] = states;
    let at = from[state]!;
    const end = to[state]!;
    const length = depth[state]!;
    if (at < end && coded[at]!.code.length === length) {
      ends[state] = coded[at]!.index + 1;
      at++;
    }
    while (at < end) {
      const symbol = coded[at]!.code.charCodeAt(length);
      if (Number.isNaN(symbol)) throw new Error('two equal patterns');
      from[states] = at;
      while (at < end && coded[at]!.code.charCodeAt(length) === symbol) at++;
      to[states] = at;
      depth[states] = length + 1;
      column[states] = symbol;
      states++;
    }
  }
  firstChild[states] = states;
  link({ ...trie, states }, spaced);
  const cut = <T extends Int32Array | Uint16Array>(array: T, length: number): T =>
    array.slice(0, length) as T;
  return {
    firstChild: cut(firstChild, states + 1),
    column: cut(column, states),
    fail: cut(fail, states),
    ends: cut(ends, states),
    nextEnd: cut(nextEnd, states),
    states,
  };
}

/** Sets the failure links, shallow states first. A link to a root tells whether the state's last character is in a word. */
function link(trie: Trie, spaced: readonly boolean[]): void {
  const { firstChild, column, fail, ends, nextEnd, states } = trie;
  for (let state = 0; state < states; state++)
    for (let child = firstChild[state]!; child < firstChild[state + 1]!; child++) {
      const symbol = column[child]!;
      let target = spaced[symbol]! ? WITHIN_WORD_STATE : BOUNDARY_STATE;
      if (state !== BOUNDARY_STATE)
        for (let suffix = fail[state]!; ; suffix = fail[suffix]!) {
          const next = childOf(trie, suffix, symbol, suffix === WITHIN_WORD_STATE && !spaced[symbol]!);
          if (next !== 0) target = next;
          if (next !== 0 || suffix <= WITHIN_WORD_STATE) break;
        }
      fail[child] = target;
    }
  for (let state = 2; state < states; state++) {
    const next = fail[state]!;
    nextEnd[state] = ends[next] !== 0 ? next : nextEnd[next]!;
  }
}

/** The child of `state` on `symbol`, 0 where there is none. `asBoundary`: the word is over, its root is the other one. */
function childOf(trie: Trie, state: number, symbol: number, asBoundary: boolean): number {
  const parent = asBoundary ? BOUNDARY_STATE : state;
  for (let child = trie.firstChild[parent]!; child < trie.firstChild[parent + 1]!; child++)
    if (trie.column[child] === symbol) return child;
  return 0;
}

function fillRows(
  trie: Trie,
  spaced: readonly boolean[],
): Pick<Automaton, 'rows' | 'rowShift' | 'denseStates'> {
  const { firstChild, column, fail, states } = trie;
  const rowShift = Math.ceil(Math.log2(spaced.length));
  const denseStates = Math.min(states, DEEP >> 1, Math.max(2, ROW_CELLS_MAX >> rowShift));
  const rows = new Uint16Array(denseStates << rowShift);
  for (let state = 0; state < denseStates; state++) {
    const row = state << rowShift;
    for (let symbol = 0; symbol < spaced.length; symbol++) {
      if (state > WITHIN_WORD_STATE) rows[row + symbol] = rows[(fail[state]! << rowShift) + symbol]!;
      else if (state === WITHIN_WORD_STATE && !spaced[symbol]!) rows[row + symbol] = rows[symbol]!;
      else rows[row + symbol] = (spaced[symbol]! ? WITHIN_WORD_STATE : BOUNDARY_STATE) * 2;
    }
    for (let child = firstChild[state]!; child < firstChild[state + 1]!; child++)
      rows[row + column[child]!] = child < denseStates ? markedState(trie, child) : DEEP;
    // A longer run of separators is no more than one.
    if (state > WITHIN_WORD_STATE && column[state] === SEPARATOR_COLUMN)
      rows[row + SEPARATOR_COLUMN] = state * 2;
  }
  return { rows, rowShift, denseStates };
}

const markedState = (trie: Pick<Trie, 'ends' | 'nextEnd'>, state: number): number =>
  state * 2 + (trie.ends[state] !== 0 || trie.nextEnd[state] !== 0 ? 1 : 0);

/** The next state, marked, where no row says it. */
export function stepDeep(automaton: Automaton, from: number, symbol: number): number {
  const { firstChild, column, fail, rows, rowShift, denseStates } = automaton;
  if (symbol === SEPARATOR_COLUMN && column[from] === SEPARATOR_COLUMN) return from * 2;
  for (let state = from; ; state = fail[state]!) {
    if (state < denseStates) {
      const next = rows[(state << rowShift) + symbol]!;
      if (next !== DEEP) return next;
    }
    const end = firstChild[state + 1]!;
    for (let child = firstChild[state]!; child < end; child++)
      if (column[child] === symbol) return markedState(automaton, child);
  }
}
