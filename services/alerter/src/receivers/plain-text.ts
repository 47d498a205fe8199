import { stripVTControlCharacters } from 'node:util';

const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;
/** Marks that reorder or hide text: bidi controls, zero-width and tag characters. The emoji selector may stay. */
const INVISIBLE = /(?!\ufe0f)[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\ufff9-\ufffb]/gu;
const MARK_RUNS = /(\p{M}{4})\p{M}+/gu;
/** A post is 20,000 units at most; anything longer is cut before it is looked at. */
const UNITS_MAX = 40_000;

/**
 * One line of text from a stranger: escape sequences and controls gone, nothing that reorders or hides, at most four
 * marks on a letter, no half characters. What is left still needs the escaping of where it goes.
 */
export function plainText(text: string, charsMax: number): string {
  const line = stripVTControlCharacters(text.slice(0, UNITS_MAX).toWellFormed())
    .replace(CONTROL, ' ')
    .replace(INVISIBLE, '')
    .replace(MARK_RUNS, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  return truncate(line, charsMax);
}

/** At most `charsMax` UTF-16 units, cut between code points, the last one `…` where something is missing. */
export function truncate(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const cut = text.slice(0, charsMax - 1);
  const half = /[\ud800-\udbff]$/.test(cut);
  return `${(half ? cut.slice(0, -1) : cut).trimEnd()}…`;
}

/** An address from a stranger as a plain ASCII http(s) URL, or nothing. */
export function webLink(url: string | undefined, charsMax = 1_000): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return undefined;
  if (parsed.username !== '' || parsed.password !== '') return undefined;
  // `URL` percent-encodes what is not ASCII, but leaves marks that end a link in chat and mail.
  const href = parsed.href.replace(
    /[^A-Za-z0-9\-._~:/?#[\]@!$&*+,;=%]/g,
    (mark) => `%${mark.codePointAt(0)!.toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return href.length <= charsMax ? href : undefined;
}
