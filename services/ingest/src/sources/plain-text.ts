/** Control characters other than line feed and tab: no post needs them, terminals and stores may choke on them. */
const CONTROLS = /[^\P{Cc}\n\t]/gu;

/**
 * Text as a mention carries it: well-formed, NFC, without control characters, at most `charsMax` UTF-16 units and
 * never cut through a surrogate pair.
 */
export function plainText(text: string, charsMax: number): string {
  // Normalising can triple the length; four times the bound is enough to fill it and bounds the work.
  const head = text.length > charsMax * 4 ? text.slice(0, charsMax * 4) : text;
  const clean = head.toWellFormed().replace(CONTROLS, '').normalize('NFC');
  return clean.length <= charsMax ? clean : cutPair(clean.slice(0, charsMax));
}

/** Drops a high surrogate left alone at the end. */
function cutPair(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}

/** The BCP 47 tag in canonical case, or undefined where it is none. */
export function languageTag(tag: unknown): string | undefined {
  if (typeof tag !== 'string' || tag.length > 35) return undefined;
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-').trim())[0];
  } catch {
    return undefined;
  }
}
