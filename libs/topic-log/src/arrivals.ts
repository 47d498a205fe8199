/** Wakes those who wait for a partition’s next records. In memory: a wake-up costs no polling and no time. */
export class Arrivals {
  #waiting = new Set<() => void>();

  onNext(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  announce(): void {
    if (this.#waiting.size === 0) return;
    const woken = this.#waiting;
    this.#waiting = new Set();
    for (const wake of woken) wake();
  }
}
