import { computed, signal } from '@preact/signals';

/** The address is the state: reloading or sharing it shows the same. */
const address = signal(new URL(window.location.href));

export type Route =
  | { readonly screen: 'overview' }
  | { readonly screen: 'incidents' }
  | { readonly screen: 'incident'; readonly id: string }
  | { readonly screen: 'unknown' };

export const route = computed<Route>(() => {
  const path = address.value.pathname;
  if (path === '/') return { screen: 'overview' };
  if (path === '/incidents' || path === '/incidents/') return { screen: 'incidents' };
  const incident = /^\/incidents\/([^/]+)$/.exec(path)?.[1];
  return incident === undefined
    ? { screen: 'unknown' }
    : { screen: 'incident', id: decodeURIComponent(incident) };
});

export const query = computed(() => address.value.searchParams);

export function navigate(to: string, { replace = false } = {}): void {
  const url = new URL(to, window.location.href);
  const samePath = url.pathname === address.value.pathname;
  if (replace) window.history.replaceState(null, '', url);
  else window.history.pushState(null, '', url);
  address.value = url;
  if (!samePath) {
    window.scrollTo(0, 0);
    document.getElementById('main')?.focus({ preventScroll: true });
  }
}

/** The present address with some of its query changed; `undefined` takes a key out. */
export function withQuery(changes: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(address.value);
  for (const [key, value] of Object.entries(changes))
    if (value === undefined) url.searchParams.delete(key);
    else url.searchParams.set(key, value);
  return `${url.pathname}${url.search}`;
}

export const incidentPath = (id: string): string => `/incidents/${encodeURIComponent(id)}`;

window.addEventListener('popstate', () => {
  address.value = new URL(window.location.href);
});

/** Plain clicks on our own links change the address without loading the page again. */
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.('a');
  if (!link || link.target || link.hasAttribute('download') || link.origin !== window.location.origin) return;
  if (link.getAttribute('href')?.startsWith('#')) return;
  event.preventDefault();
  navigate(link.href);
});
