/** The web address `href` means when it is read in a document at `base`; undefined for other schemes. */
export function webLink(href: string | undefined, base: string): string | undefined {
  const text = href?.trim();
  if (!text || !URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  return url.protocol === 'https:' || url.protocol === 'http:' ? unwrapped(url).href : undefined;
}

/** Google Alerts and Google News link through a redirect of Google’s; the target is in its query. */
function unwrapped(url: URL): URL {
  if (url.pathname !== '/url' || !/^(?:www\.)?google(?:\.[a-z]{2,3}){1,2}$/.test(url.hostname)) return url;
  const target = url.searchParams.get('url') ?? url.searchParams.get('q');
  return target !== null && /^https?:\/\//i.test(target) && URL.canParse(target) ? new URL(target) : url;
}

/** The base that `next` (an `xml:base`, the site’s own address) makes of `base`; unusable ones change nothing. */
export function webBase(base: string, next: string | undefined): string {
  if (!next || !URL.canParse(next, base)) return base;
  const url = new URL(next, base);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : base;
}
