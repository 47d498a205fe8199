import type { Figure } from '@foreshock/model/issue-phrase';

/** A stretch of the folded text. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Places of one figure that are looked at in one post. */
export const FIGURE_PLACES_MAX = 8;
/** Figures are looked for in the beginning of a long post. */
const UNITS_MAX = 2_000;

const NUMBER =
  '(?:\\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|many|a couple of|a few)';
const whole = (pattern: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, 'gu');

const PATTERNS: Readonly<Record<Figure, RegExp>> = {
  '<amount>':
    /(?:[£$€]\s?\d[\d.,]*k?)|\d[\d.,]*k?\s?(?:[£$€]|quid|pounds?|dollars?|euros?|bucks|pavos|reais|grand|usd|gbp|eur|pesos)(?![\p{L}\p{N}])/gu,
  '<number>': whole(NUMBER),
  '<moments>': whole(`${NUMBER} (?:seconds?|secs?|minutes?|mins?)|a minute|a second|seconds|minutes`),
  '<hours>': whole(`${NUMBER} (?:hours?|hrs?|minutes|mins)|an hour|half an hour|hours`),
  '<days>': whole(`${NUMBER} (?:days?|weeks?|months?|wks?)|a day|a week|a month|days|weeks|months|ages`),
};

/** Where a figure stands in a folded text, in order. English words for numbers; digits in any language. */
export function figuresIn(text: string, figure: Figure): Place[] {
  const found: Place[] = [];
  for (const hit of text.slice(0, UNITS_MAX).matchAll(PATTERNS[figure])) {
    found.push({ start: hit.index, end: hit.index + hit[0].length });
    if (found.length >= FIGURE_PLACES_MAX) break;
  }
  return found;
}
