import { compile } from 'html-to-text';

/** Longer input is refused before it is parsed: 20,000 characters of text need no 100,000 of markup. */
export const HTML_CHARS_MAX = 100_000;

/** Words as a reader sees them: no link targets, no images, no upper-cased headings, no wrapping. */
const convert = compile({
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', options: { uppercaseHeaderCells: false } },
  ],
});

/** The text of an HTML fragment, or undefined where it is too long or too deeply nested to be read. */
export function textOfHtml(html: string): string | undefined {
  if (html.length > HTML_CHARS_MAX) return undefined;
  try {
    return convert(html);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
