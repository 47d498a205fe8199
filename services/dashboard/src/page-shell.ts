import type { IncidentDetail, IncidentSummary, Overview } from './api-schemas.ts';
import { formatAge, formatRarity, INCIDENT_STATE_WORD, SEVERITY_WORD } from './format.ts';

/** What the page starts with: no second request, and no flash of an empty screen. */
export type Boot =
  | { readonly kind: 'overview'; readonly overview: Overview }
  | { readonly kind: 'incident'; readonly detail: IncidentDetail }
  | { readonly kind: 'login' }
  | { readonly kind: 'none' };

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (found) => ENTITIES[found]!);

/** JSON inside a script element: nothing in it may end the element or begin a comment. */
export const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function head(incident: IncidentSummary, now: number): string {
  const rarity = incident.rarityDays === undefined ? '' : `${formatRarity(incident.rarityDays)} · `;
  return (
    `<p class="incident-kicker"><strong class="severity ${incident.severity}">${SEVERITY_WORD[incident.severity]}</strong> ` +
    `<span>${escapeHtml(incident.watchName)}</span></p>` +
    `<p class="incident-facts">${escapeHtml(rarity)}open ${formatAge(now - incident.openedAt)} · ` +
    `${INCIDENT_STATE_WORD[incident.state]}</p>`
  );
}

/** The incident in plain HTML, readable before (and without) any script. Opening it changes nothing. */
function incidentHtml({ summary, now, posts }: IncidentDetail): string {
  const quotes = posts
    .slice(0, 3)
    .map(
      (post) =>
        `<li class="post"><p dir="auto">${escapeHtml(post.text)}</p><p class="muted">${escapeHtml(post.source)}</p></li>`,
    )
    .join('');
  return (
    `<article class="incident-page early">${head(summary, now)}<h1>${escapeHtml(summary.title)}</h1>` +
    `<p class="sentence">${escapeHtml(summary.sentence)}</p>${quotes && `<ul class="posts">${quotes}</ul>`}</article>`
  );
}

function overviewHtml({ incidents, now, watches }: Overview): string {
  if (incidents.length === 0)
    return `<section class="early"><h1>No open incidents</h1><p class="muted">${watches.length} watched.</p></section>`;
  const items = incidents
    .slice(0, 5)
    .map(
      (incident) =>
        `<li class="incident-card ${incident.severity}">${head(incident, now)}` +
        `<h2><a href="/incidents/${encodeURIComponent(incident.id)}">${escapeHtml(incident.title)}</a></h2>` +
        `<p class="sentence">${escapeHtml(incident.sentence)}</p></li>`,
    )
    .join('');
  return `<section class="early"><h1>Open incidents</h1><ul class="incident-list">${items}</ul></section>`;
}

/** Holds the place of the page’s own bar, so that nothing jumps when that comes. */
const HEADER =
  '<header class="top"><a class="brand" href="/">Foreshock</a><nav><a href="/">Overview</a>' +
  '<a href="/incidents">Incidents</a></nav></header>';
const APP_SLOT = '<!--early-->';
const BOOT_SLOT = '<!--boot-->';

export function renderShell(template: string, boot: Boot): string {
  const early =
    boot.kind === 'incident'
      ? incidentHtml(boot.detail)
      : boot.kind === 'overview'
        ? overviewHtml(boot.overview)
        : '';
  const title = boot.kind === 'incident' ? `${boot.detail.summary.title} · Foreshock` : 'Foreshock';
  // Replacements are functions: a “$&” in a post must stay two characters.
  return template
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escapeHtml(title)}</title>`)
    .replace(APP_SLOT, () => `${HEADER}<main id="main">${early}</main>`)
    .replace(BOOT_SLOT, () => `<script type="application/json" id="boot">${scriptJson(boot)}</script>`);
}

/** Served where the page was not built: the incident is readable, and the remedy is told. */
export const UNBUILT_TEMPLATE =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
  '<title>Foreshock</title></head><body><p>The page is not built. Run <code>npm run build -w @foreshock/dashboard</code>; ' +
  `the API at <a href="/api/openapi.json">/api/openapi.json</a> works without it.</p>${APP_SLOT}${BOOT_SLOT}</body></html>`;
