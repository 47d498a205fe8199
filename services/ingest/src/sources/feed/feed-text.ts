import { HTML_CHARS_MAX, textOfHtml } from '../../html-text.ts';
import { plainText } from '../plain-text.ts';

/** An excerpt and the link are kept, not the whole article: it belongs to its publisher. */
export const EXCERPT_CHARS_MAX = 2_000;
const TITLE_CHARS_MAX = 1_024;

/**
 * One line of plain text. `type` is Atom’s: `text` (or none) is taken as it stands, anything else as markup; the
 * other formats never say, and their titles carry markup often enough.
 */
export function plainTitle(value: string | undefined, type: string | undefined): string | undefined {
  if (!value) return undefined;
  const title = isMarkup(type) ? htmlText(value) : value;
  return plainText(title.replace(/\s+/g, ' ').trim(), TITLE_CHARS_MAX) || undefined;
}

/** The text of an entry, cut to an excerpt at the end of a word. */
export function plainBody(value: string | undefined, type: string | undefined): string {
  if (!value) return '';
  const text = isMarkup(type) ? htmlText(value) : value;
  const lines = text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n');
  const whole = plainText(lines.trim(), EXCERPT_CHARS_MAX + 1);
  if (whole.length <= EXCERPT_CHARS_MAX) return whole;
  const cut = plainText(whole, EXCERPT_CHARS_MAX - 1);
  const space = cut.search(/\s\S*$/);
  return `${(space > EXCERPT_CHARS_MAX / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

const isMarkup = (type: string | undefined): boolean =>
  type !== undefined && type !== 'text' && type !== 'text/plain';

/** Cut before it is converted: the excerpt is in the first part, and the converter’s work stays bounded. */
const htmlText = (html: string): string => textOfHtml(html.slice(0, HTML_CHARS_MAX)) ?? '';
