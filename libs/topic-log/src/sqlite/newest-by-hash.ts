/**
 * The newest offset of each key met, by the key’s hash. Several keys may share a hash, so a hash has one offset or,
 * rarely, a few.
 */
export interface NewestByHash {
  /** False for nearly all hashes that are not here; cheap enough to ask for every record of a log. */
  mayHave(hash: number): boolean;
  find(hash: number): readonly number[];
  add(hash: number, offset: number): void;
  replace(hash: number, older: number, newer: number): void;
}

const NONE: readonly number[] = [];

/** Open addressing over two typed arrays, at most half full: 12 bytes × 2 to 4 per key. */
export function createNewestByHash(keysMax: number): NewestByHash {
  const slots = 2 ** Math.ceil(Math.log2(Math.max(2, keysMax * 2)));
  const hashes = new Uint32Array(slots);
  const offsets = new Float64Array(slots);
  /** Further offsets of a hash that several keys share. */
  const shared = new Map<number, number[]>();

  const slotOf = (hash: number): number => {
    let slot = Math.imul(hash, 0x9e3779b1) >>> 0;
    for (slot &= slots - 1; hashes[slot] !== 0 && hashes[slot] !== hash; ) slot = (slot + 1) & (slots - 1);
    return slot;
  };

  return {
    mayHave: (hash) => hashes[slotOf(hash)] !== 0,
    find(hash) {
      const slot = slotOf(hash);
      if (hashes[slot] === 0) return NONE;
      return [offsets[slot]!, ...(shared.get(hash) ?? NONE)];
    },
    add(hash, offset) {
      const slot = slotOf(hash);
      if (hashes[slot] === 0) {
        hashes[slot] = hash;
        offsets[slot] = offset;
      } else shared.set(hash, [...(shared.get(hash) ?? []), offset]);
    },
    replace(hash, older, newer) {
      const slot = slotOf(hash);
      if (offsets[slot] === older) offsets[slot] = newer;
      else
        shared.set(
          hash,
          (shared.get(hash) ?? []).map((offset) => (offset === older ? newer : offset)),
        );
    },
  };
}
