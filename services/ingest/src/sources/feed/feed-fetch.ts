import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { GuardedFetch } from '@foreshock/runtime/guarded-fetch';
import { retryAfterMs } from '../retry-after.ts';

export interface FeedRequest {
  readonly url: string;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly fetch: GuardedFetch;
  readonly allowPrivateAddresses: boolean;
  readonly timeoutMs: number;
  /** Of the body, as sent and as unpacked. */
  readonly bytesMax: number;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly nowMs: number;
}

export type FeedAnswer =
  | {
      readonly kind: 'document';
      readonly body: Uint8Array;
      readonly contentType?: string;
      /** Where it finally came from. */
      readonly url: string;
      readonly etag?: string;
      readonly lastModified?: string;
      readonly movedTo?: string;
      readonly maxAgeMs?: number;
    }
  | { readonly kind: 'unchanged'; readonly movedTo?: string; readonly maxAgeMs?: number }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs?: number };

const REDIRECTS_MAX = 5;
const ACCEPT =
  'application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1';

/**
 * Asks for a feed, conditionally, following up to five redirects, each through the guard. Only where every one of
 * them was permanent has the feed moved, and only there is a 410 the end of it.
 */
export async function askFeed(request: FeedRequest): Promise<FeedAnswer> {
  let url = request.url;
  let permanent = true;
  const asked = new Set<string>();
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    if (asked.has(url)) return failed('redirect-loop');
    asked.add(url);
    const response = await request.fetch(secured(url, request.allowPrivateAddresses), {
      headers: headersOf(request),
      allowPrivateAddresses: request.allowPrivateAddresses,
      timeoutMs: request.timeoutMs,
      bytesMax: request.bytesMax,
      signal: request.signal,
    });
    if (!response.ok) return failed(response.reason);
    const { status, headers } = response;
    if (!REDIRECTS.has(status)) {
      const movedTo = permanent && hop > 0 ? { movedTo: url } : {};
      if (status === 410) return permanent ? { kind: 'gone' } : failed('http-410');
      return answerOf(request, response, { url, ...movedTo });
    }
    permanent &&= status === 301 || status === 308;
    const next = headers.get('location');
    if (next === undefined || !URL.canParse(next, url)) return failed('redirect-nowhere');
    const target = new URL(next, url);
    if (target.protocol !== 'https:' && target.protocol !== 'http:') return failed('redirect-scheme');
    target.hash = '';
    url = target.href;
  }
  return failed('redirects-too-many');
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The guard reaches public hosts over https only; nearly every feed still written with http answers there too. */
function secured(url: string, allowPrivateAddresses: boolean): string {
  return allowPrivateAddresses ? url : url.replace(/^http:\/\//i, 'https://');
}

function headersOf({ etag, lastModified, userAgent }: FeedRequest): Record<string, string> {
  return {
    accept: ACCEPT,
    'accept-encoding': 'gzip',
    'user-agent': userAgent,
    ...(etag ? { 'if-none-match': etag } : {}),
    ...(lastModified ? { 'if-modified-since': lastModified } : {}),
  };
}

type Response = Extract<Awaited<ReturnType<GuardedFetch>>, { ok: true }>;

async function answerOf(
  request: FeedRequest,
  { status, headers, body }: Response,
  place: { readonly url: string; readonly movedTo?: string },
): Promise<FeedAnswer> {
  const maxAgeMs = maxAge(headers.get('cache-control'));
  const fresh = maxAgeMs === undefined ? {} : { maxAgeMs };
  const moved = place.movedTo ? { movedTo: place.movedTo } : {};
  if (status === 304) {
    if (!request.etag && !request.lastModified) return failed('http-304');
    return { kind: 'unchanged', ...moved, ...fresh };
  }
  if (status !== 200 && status !== 203) {
    const waitMs = retryAfterMs(headers.get('retry-after'), request.nowMs);
    return {
      kind: 'failed',
      reason: `http-${status}`,
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    };
  }
  const unpacked = await unpack(body, headers.get('content-encoding'), request.bytesMax);
  if (typeof unpacked === 'string') return failed(unpacked);
  const [contentType, etag, lastModified] = ['content-type', 'etag', 'last-modified'].map((name) =>
    headers.get(name),
  );
  return {
    kind: 'document',
    body: unpacked,
    url: place.url,
    ...(contentType ? { contentType } : {}),
    ...(etag ? { etag } : {}),
    ...(lastModified ? { lastModified } : {}),
    ...moved,
    ...fresh,
  };
}

const UNPACKERS = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** Undoes the content encoding, never beyond `bytesMax`. Some servers pack without saying so: gzip shows itself. */
async function unpack(
  body: Uint8Array,
  encoding: string | undefined,
  bytesMax: number,
): Promise<Uint8Array | string> {
  const packed = body[0] === 0x1f && body[1] === 0x8b;
  const name = packed ? 'gzip' : (encoding ?? 'identity').trim().toLowerCase();
  // A body that says gzip and is none was unpacked on its way, by a proxy that left the header.
  if (name === '' || name === 'identity' || (!packed && name.endsWith('gzip'))) return body;
  const unpacker = UNPACKERS.get(name);
  if (!unpacker) return 'encoding-unknown';
  try {
    return await unpacker(body, { maxOutputLength: bytesMax });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'encoding-broken';
  }
}

function maxAge(cacheControl: string | undefined): number | undefined {
  const seconds = /(?:^|[,\s])max-age\s*=\s*"?(\d{1,9})/i.exec(cacheControl ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

const failed = (reason: string): FeedAnswer => ({ kind: 'failed', reason });
