import { pick, type Random } from './launch-night-random.ts';

/** Named lists of phrases. A phrase may hold `{name}` (one of that list) and `[a|b|]` (one of these). */
export type Bank = Readonly<Record<string, readonly string[]>>;

const DEPTH_MAX = 8;

/**
 * Composes one text. Unknown names throw: a bank with a hole is a mistake of ours, never input. Innermost brackets
 * are chosen first, so alternatives may hold names and other alternatives.
 */
export function compose(random: Random, bank: Bank, phrase: string): string {
  let text = phrase;
  for (let depth = 0; depth <= DEPTH_MAX; depth++) {
    const before = text;
    text = text.replace(/\[([^[\]]*)\]/g, (_, choices: string) => pick(random, choices.split('|')));
    text = text.replace(/\{([a-z0-9_]+)\}/g, (_, name: string) => {
      const list = bank[name];
      if (!list) throw new Error(`launch night: no phrases named ${name}`);
      return pick(random, list);
    });
    if (text === before) return tidy(text);
  }
  throw new Error(`launch night: phrases refer to each other without end: ${phrase}`);
}

/** Left-out alternatives leave stray spaces, and phrases that end in a stop meet closings with their own. */
function tidy(text: string): string {
  return text
    .replace(/ {2,}/g, ' ')
    .replace(/ ([.,!?;:])(?=\s|$)/g, '$1')
    .replace(/\?\.(?=\s|$)/g, '?')
    .replace(/\.\s?([!?]+|\.\.\.)$/, '$1')
    .trim();
}
