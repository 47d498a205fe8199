/** Shown of one post; the rest is a click away at its source. */
export const POST_CHARS_MAX = 1_000;

// Controls other than line feed; bidirectional overrides and isolates; invisible and tag characters. A post may
// use them to reorder or hide what stands beside it.
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes.
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
/** More than four combining marks in a row are decoration that climbs over the neighbouring lines. */
const MARKS = /(\p{M}{4})\p{M}+/gu;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * A post’s text, made safe to stand beside other text: still to be shown as text only, never as markup. Cut
 * before it is cleaned, so that a huge post costs no more than a long one.
 */
export function cleanPostText(content: string): string {
  const cut = content.length > POST_CHARS_MAX * 4 ? content.slice(0, POST_CHARS_MAX * 4) : content;
  const clean = cut
    .replace(/\r\n?/g, '\n')
    .replace(LONE_SURROGATE, '\ufffd')
    .replace(UNSEEN, (found) => (found === '\t' ? ' ' : ''))
    .replace(MARKS, '$1')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if (clean.length <= POST_CHARS_MAX && cut.length === content.length) return clean;
  return `${Array.from(clean.slice(0, POST_CHARS_MAX)).join('').replace(LONE_SURROGATE, '').trimEnd()} …`;
}

/** The link of a post, if it is one that a reader may be led to: http or https, without credentials. */
export function cleanPostUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  try {
    const parsed = new URL(url);
    if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return undefined;
    if (parsed.username !== '' || parsed.password !== '') return undefined;
    return parsed.href;
  } catch {
    return undefined;
  }
}
