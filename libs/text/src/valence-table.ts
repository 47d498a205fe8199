/**
 * Words and what they are worth, by the hash of their folded letters: looking one up costs no string. Two words of
 * one 32-bit hash would share an entry; among 12,000 entries a stranger meets one once in 350,000 words.
 */
export interface ValenceTable {
  /** Hash of the entry in each slot; 0 where the slot is free. */
  readonly keys: Int32Array;
  readonly slots: Int32Array;
  readonly mask: number;
  /** `columns` values an entry, −4 (worst) to 4 (best). */
  readonly values: Float64Array;
  readonly columns: number;
  /** What else an entry is: bits whose meaning the maker of the table knows. */
  readonly flags: Uint16Array;
}

export const HASH_SEED = 0x811c9dc5 | 0;
export const hashUnit = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);

/** The hash of several words in a row, from that of the words before and that of the next one. */
export const hashNext = (before: number, word: number): number =>
  Math.imul(Math.imul(before, 31) ^ word, 0x5bd1e995) ^ (before >>> 13);

/** The hash of text that is folded already. */
export function hashOf(folded: string): number {
  let hash = HASH_SEED;
  for (let i = 0; i < folded.length; i++) hash = hashUnit(hash, folded.charCodeAt(i));
  return hash;
}

/** The entry of a hash, −1 where there is none. */
export function findEntry(table: ValenceTable, hash: number): number {
  const key = hash === 0 ? 1 : hash;
  const { keys, mask } = table;
  let slot = (key ^ (key >>> 15)) & mask;
  for (let found = keys[slot]!; found !== 0; found = keys[slot]!) {
    if (found === key) return table.slots[slot]!;
    slot = (slot + 1) & mask;
  }
  return -1;
}

export interface ValenceEntry {
  readonly values: number[];
  flags: number;
}

/** Packs entries by hash. At most half of the slots are taken. */
export function packTable(entries: ReadonlyMap<number, ValenceEntry>, columns: number): ValenceTable {
  let size = 16;
  while (size < entries.size * 2) size *= 2;
  const table: ValenceTable = {
    keys: new Int32Array(size),
    slots: new Int32Array(size),
    mask: size - 1,
    values: new Float64Array(entries.size * columns),
    columns,
    flags: new Uint16Array(entries.size),
  };
  let index = 0;
  for (const [hash, { values, flags }] of entries) {
    const key = hash === 0 ? 1 : hash;
    let slot = (key ^ (key >>> 15)) & table.mask;
    while (table.keys[slot] !== 0) slot = (slot + 1) & table.mask;
    table.keys[slot] = key;
    table.slots[slot] = index;
    table.values.set(values, index * columns);
    table.flags[index] = flags;
    index++;
  }
  return table;
}
