/** Uniform in [0, 1). */
export type Random = () => number;

/** FNV-1a with a final mix: turns a seed and a name into 32 bits that differ wherever either differs. */
function seedBits(seed: number, name: string): number {
  let bits = 0x811c9dc5;
  for (const text of [String(seed), '\u0000', name])
    for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/**
 * A named stream of random numbers (mulberry32). Every part of the night draws from its own stream, so that
 * leaving a part out leaves the others as they were.
 */
export function randomOf(seed: number, name: string): Random {
  let state = seedBits(seed, name);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}

/** Picks a key with a chance in proportion to its weight. */
export function pickWeighted<K extends string>(random: Random, weights: Readonly<Record<K, number>>): K {
  const entries = Object.entries(weights) as [K, number][];
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) {
    left -= weight;
    if (left < 0) return key;
  }
  return entries.at(-1)![0];
}

/** Standard normal, by Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Poisson count by Knuth's product; means here stay below 20, larger ones are split. */
export function poisson(random: Random, mean: number): number {
  let count = 0;
  for (let left = mean; left > 0; left -= 20) {
    const floor = Math.exp(-Math.min(left, 20));
    for (let product = random(); product > floor; product *= random()) count++;
  }
  return count;
}
