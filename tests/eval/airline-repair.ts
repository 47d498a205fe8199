/**
 * The public copies of the airline posts carry a word replacement that leaks their labels: wherever a text held
 * “cancel”, “late” or “booking” in any case, even inside a word, a label was put in its place (“Cancelled Flightled”,
 * “chocoLate Flight”, “reFlight Booking Problems”). No original text survived that held one of these words, so every
 * label found is such a replacement and can be put back; only the case of the word is lost.
 */
const REPLACED: readonly (readonly [label: RegExp, word: string])[] = [
  [/(#?)Cancelled Flight(\p{L}*)/gu, 'cancel'],
  [/(#?)Flight Booking Problems(\p{L}*)/gu, 'booking'],
  [/(#?)Late Flight(\p{L}*)/gu, 'late'],
];

export function repairReplacedWords(text: string): string {
  let repaired = text;
  for (const [label, word] of REPLACED)
    repaired = repaired.replace(label, (_, hash: string, rest: string, at: number, whole: string) => {
      const before = whole[at - 1] ?? '';
      const shouted = /^\p{Lu}{2,}$/u.test(rest) || (rest === '' && isShouted(whole, at));
      const begins = hash === '' && (at === 0 || /[.!?]\s+$/.test(whole.slice(0, at)));
      const glued = /\p{L}/u.test(before);
      const cased = shouted
        ? word.toUpperCase()
        : begins && !glued
          ? word[0]!.toUpperCase() + word.slice(1)
          : word;
      return `${hash}${cased}${rest}`;
    });
  return repaired;
}

/** Whether the words on both sides, as far as there are any, are in capitals. */
function isShouted(whole: string, at: number): boolean {
  const before = /(\p{L}+)\P{L}*$/u.exec(whole.slice(0, at))?.[1];
  const after = /^\P{L}*(\p{L}+)/u.exec(
    whole.slice(at).replace(/^#?(Cancelled Flight|Flight Booking Problems|Late Flight)/, ''),
  )?.[1];
  const sides = [before, after].filter((word) => word !== undefined);
  return sides.length > 0 && sides.every((word) => word.length > 1 && word === word.toUpperCase());
}
