import { pick, type Random } from './launch-night-random.ts';

const BRAND = /orion/i;

/** A word that may be misspelt: long enough, only letters, not the brand (a misspelt brand would not be found). */
function swapLetters(random: Random, text: string): string {
  const words = text.split(' ');
  const fit = words.flatMap((word, at) => (/^[a-z]{5,}$/.test(word) && !BRAND.test(word) ? [at] : []));
  if (fit.length === 0) return text;
  const at = pick(random, fit);
  const word = words[at]!;
  const cut = 1 + Math.floor(random() * (word.length - 2));
  words[at] = word.slice(0, cut) + word[cut + 1] + word[cut] + word.slice(cut + 2);
  return words.join(' ');
}

const stretch = (random: Random, text: string): string =>
  text.replace(
    /\b(so|no|why|wow|please|ugh|love|never|still)\b/i,
    (word) => word + word.at(-1)!.repeat(2 + Math.floor(random() * 5)),
  );

const MARKUP = [
  (text: string) => `<b>${text}</b>`,
  (text: string) => `${text} <br/>`,
  (text: string) => `${text} &amp; more`,
  (text: string) => `**${text}**`,
  (text: string) => `${text} <script>alert("boo")</script>`,
  (text: string) => `${text} </td><td>`,
  (text: string) => `> quoted\n${text}`,
];

/** Posts as people leave them: mostly clean, now and then misspelt, stretched, shouted, or with scraps of markup. */
export function roughen(random: Random, text: string): string {
  const dice = random();
  if (dice < 0.04) return swapLetters(random, text);
  if (dice < 0.08) return stretch(random, text);
  if (dice < 0.1) return text.toUpperCase();
  if (dice < 0.16) return text.toLowerCase();
  if (dice < 0.17) return pick(random, MARKUP)(text);
  if (dice < 0.174) return text.replace(/(?<!orion) (?!x\b)/i, '\u200b ');
  if (dice < 0.2) return text.replaceAll('’', "'").replace(/[.!]$/, '');
  if (dice < 0.23) return `${text} https://pics.example/${Math.floor(random() * 1e9).toString(36)}`;
  return text;
}
