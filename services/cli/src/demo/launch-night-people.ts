import { normal, pick, type Random, randomOf } from './launch-night-random.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly handle: string;
  readonly followers: number;
}

const FIRST = [
  'amber',
  'quiet',
  'north',
  'paper',
  'velvet',
  'rusty',
  'lucky',
  'dusty',
  'solar',
  'minty',
  'crispy',
  'brisk',
  'mellow',
  'tiny',
  'grand',
  'foggy',
  'hazel',
  'copper',
  'polite',
  'sleepy',
  'clever',
  'plain',
  'salty',
  'sunny',
];
const LAST = [
  'otter',
  'teapot',
  'lantern',
  'harbour',
  'walnut',
  'pixel',
  'sparrow',
  'biscuit',
  'compass',
  'marble',
  'thimble',
  'radio',
  'cactus',
  'pebble',
  'meadow',
  'tractor',
  'noodle',
  'anchor',
  'violin',
  'button',
  'puddle',
  'ladder',
  'saucer',
  'comet',
];

/** An invented account. The key decides everything about it, so it is the same person wherever it speaks. */
export function personOf(seed: number, key: string): Person {
  const random = randomOf(seed, `person/${key}`);
  const handle = `synthetic_${pick(random, FIRST)}_${pick(random, LAST)}_${Math.floor(random() * 1_679_616).toString(36)}`;
  return {
    // Not the key itself: an author's id must not tell which part of the plan it belongs to.
    id: `synthetic-${Math.floor(random() * 2 ** 32).toString(36)}${Math.floor(random() * 2 ** 32).toString(36)}`,
    name: `${handle.slice('synthetic_'.length).replaceAll('_', ' ')} (synthetic)`,
    handle,
    followers: Math.min(2_000_000, Math.round(Math.exp(5 + 1.6 * normal(random)))),
  };
}

/** Who speaks next in a part of the night: mostly somebody new, else one of `regulars`. */
export interface Crowd {
  next(random: Random): string;
}

export function crowdOf(part: string, regulars: { share: number; count: number; name: string }): Crowd {
  let met = 0;
  return {
    next(random) {
      if (random() < regulars.share) return `${regulars.name}-${Math.floor(random() * regulars.count)}`;
      met += 1;
      return `${part}-${met}`;
    },
  };
}

/** A crowd that mostly grows, and sometimes hears one of its last fifty again. */
export function growingCrowdOf(part: string, newShare: number): Crowd {
  let met = 0;
  return {
    next(random) {
      if (met > 0 && random() >= newShare) return `${part}-${met - Math.floor(random() * Math.min(met, 50))}`;
      met += 1;
      return `${part}-${met}`;
    },
  };
}
