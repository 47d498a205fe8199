/** Cells tried for a state with several children before it goes to the end: bounds the building time. */
const TRIES_MAX = 64;
const FREE = -1;

/**
 * A growing double array. Free cells form a doubly linked list so that placing a state costs what it needs, not what
 * is already there.
 */
export class DoubleArray {
  private base: number[] = [0];
  private check: number[] = [0];
  private next: number[] = [0];
  private previous: number[] = [0];

  get size(): number {
    return this.check.length;
  }

  /** The child of `state` on `symbol`, 0 where there is none. */
  child(state: number, symbol: number): number {
    const to = this.base[state]! + symbol;
    return to < this.check.length && this.check[to] === state ? to : 0;
  }

  /** Finds room for the children of `state` (ascending symbols) and returns its base. */
  place(symbols: readonly number[], state: number): number {
    const first = symbols[0]!;
    let tries = 0;
    let base = Math.max(1, this.size - first);
    for (let cell = this.next[0]!; cell !== 0 && tries < TRIES_MAX; cell = this.next[cell]!) {
      tries++;
      const candidate = cell - first;
      if (candidate >= 1 && symbols.every((symbol) => this.isFree(candidate + symbol))) {
        base = candidate;
        break;
      }
    }
    this.grow(base + symbols.at(-1)! + 1);
    this.base[state] = base;
    for (const symbol of symbols) this.take(base + symbol, state);
    return base;
  }

  /** Base and check interleaved, padded with free cells so that no look-up leaves the array. */
  packed(size: number): Int32Array {
    const cells = new Int32Array(size * 2);
    for (let i = 0; i < size; i++) {
      cells[2 * i] = this.base[i] ?? 0;
      cells[2 * i + 1] = this.check[i] ?? FREE;
    }
    return cells;
  }

  private isFree(cell: number): boolean {
    return cell >= this.size || this.check[cell] === FREE;
  }

  /** New cells go to the head of the free list: near the newest states, and long-free holes are tried last. */
  private grow(size: number): void {
    for (let cell = this.size; cell < size; cell++) {
      const head = this.next[0]!;
      this.base.push(0);
      this.check.push(FREE);
      this.next.push(head);
      this.previous.push(0);
      this.previous[head] = cell;
      this.next[0] = cell;
    }
  }

  private take(cell: number, owner: number): void {
    this.check[cell] = owner;
    this.next[this.previous[cell]!] = this.next[cell]!;
    this.previous[this.next[cell]!] = this.previous[cell]!;
  }
}
