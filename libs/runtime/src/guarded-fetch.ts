import dns from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import { type AddressClass, classifyAddress } from './address-class.ts';
import { type Clock, systemClock } from './clock.ts';

/** Everything that can go wrong with a guarded fetch. Closed: callers switch over it, metrics are labelled by it. */
export const FETCH_FAULTS = [
  'bad-url',
  'bad-header',
  'scheme-refused',
  'credentials-in-url',
  'address-refused',
  'dns-failed',
  'connect-failed',
  'tls-failed',
  'connection-broken',
  'timeout',
  'too-large',
  'aborted',
] as const;
export type FetchFault = (typeof FETCH_FAULTS)[number];

export interface FetchRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Lets private addresses be reached, and plain http to them alone. Metadata addresses stay refused. */
  readonly allowPrivateAddresses?: boolean;
  /** From call to last byte. */
  readonly timeoutMs: number;
  /** A longer body is a `too-large` fault as soon as it is seen, unless `cut` asks for its beginning. */
  readonly bytesMax: number;
  /** The status is what counts: hand over the first `bytesMax` bytes of a longer body. */
  readonly cut?: boolean;
  readonly signal?: AbortSignal;
}

export interface FetchResponse {
  readonly ok: true;
  /** Any status, 3xx included: redirects are handed over, never followed. */
  readonly status: number;
  /** Names in lower case; a repeated header joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** As sent: a content encoding is not undone. */
  readonly body: Buffer;
  readonly url: string;
}

export interface FetchFailure {
  readonly ok: false;
  readonly reason: FetchFault;
  /** For people. Never holds the URL, which may be a credential, nor anything of the reply. */
  readonly detail: string;
  /** True where the request may have reached the other side before it failed. */
  readonly ambiguous: boolean;
}

export type FetchResult = FetchResponse | FetchFailure;
export type GuardedFetch = (url: string, options: FetchRequest) => Promise<FetchResult>;

/** Which classes of address a connection may lead to. */
type Policy = readonly AddressClass[];
const POLICIES = {
  public: ['public'],
  'private-too': ['public', 'private'],
  'private-only': ['private'],
} as const satisfies Record<string, Policy>;
type PolicyName = keyof typeof POLICIES;

class AddressRefused extends Error {
  readonly code = 'FORESHOCK_ADDRESS_REFUSED';
}

export interface GuardedFetchOptions {
  /** Resolves names; `dns.lookup` unless told. */
  readonly lookup?: typeof dns.lookup;
  readonly clock?: Clock;
}

/**
 * Fetches what a user named, without letting that name lead into our own network: https only, no credentials in
 * the URL, no redirect followed, and each address judged as bytes, the literal one here and every resolved one inside
 * the socket’s own lookup, so that a name cannot change between check and use. Connections are kept alive, at most
 * eight an origin.
 */
export function createGuardedFetch({ lookup = dns.lookup, clock = systemClock }: GuardedFetchOptions = {}): {
  fetch: GuardedFetch;
  close(): Promise<void>;
} {
  const agents = new Map<PolicyName, Agent>();
  const agentOf = (name: PolicyName): Agent => {
    let agent = agents.get(name);
    if (!agent) {
      agent = new Agent({
        connections: 8,
        pipelining: 1,
        // The caller’s timeout rules; these only keep undici from cutting a longer one short.
        connect: { lookup: guardedLookup(lookup, POLICIES[name]), timeout: 0 },
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      agents.set(name, agent);
    }
    return agent;
  };
  return {
    async fetch(url, options) {
      const judged = judgeUrl(url, options.allowPrivateAddresses === true);
      if ('reason' in judged) return judged;
      return exchange(judged.url, options, agentOf(judged.policy), clock);
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
      agents.clear();
    },
  };
}

/** The process-wide instance: one pool of connections for all receivers and feeds. */
export const guardedFetch: GuardedFetch = createGuardedFetch().fetch;

const failure = (reason: FetchFault, detail: string, ambiguous = false): FetchFailure => ({
  ok: false,
  reason,
  detail,
  ambiguous,
});

function judgeUrl(
  text: string,
  allowPrivateAddresses: boolean,
): { url: URL; policy: PolicyName } | FetchFailure {
  if (!URL.canParse(text)) return failure('bad-url', 'not an absolute URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowPrivateAddresses))
    return failure(
      'scheme-refused',
      url.protocol === 'http:'
        ? 'plain http is for private addresses, and those must be allowed with allowPrivateAddresses'
        : 'only https is fetched',
    );
  if (url.username !== '' || url.password !== '')
    return failure('credentials-in-url', 'the URL holds a user name or password');
  const policy: PolicyName =
    url.protocol === 'http:' ? 'private-only' : allowPrivateAddresses ? 'private-too' : 'public';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === '') return failure('bad-url', 'the URL names no host');
  if (isIP(host) !== 0) {
    const refusal = refusalOf(host, POLICIES[policy]);
    if (refusal) return failure('address-refused', refusal);
  }
  return { url, policy };
}

function refusalOf(address: string, policy: Policy): string | undefined {
  const found = classifyAddress(address);
  if (policy.includes(found)) return undefined;
  if (found === 'private') return 'a private address; allow it with allowPrivateAddresses if it is meant';
  if (found === 'public') return 'plain http to a public address; use https';
  return 'an address that is not a public host';
}

/** `dns.lookup` that hands the socket only addresses the policy allows; one that it does not spoils the whole answer. */
function guardedLookup(lookup: typeof dns.lookup, policy: Policy): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      for (const { address } of addresses) {
        const refusal = refusalOf(address, policy);
        if (refusal) return callback(new AddressRefused(refusal), '', 0);
      }
      const first = addresses[0];
      if (!first) {
        return callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', 0);
      }
      if (options.all === true) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

async function exchange(
  url: URL,
  options: FetchRequest,
  dispatcher: Dispatcher,
  clock: Clock,
): Promise<FetchResult> {
  if (options.signal?.aborted) return failure('aborted', 'stopped before it was sent');
  const stop = new AbortController();
  let cause: 'timeout' | 'aborted' | 'too-large' | undefined;
  const stopFor = (why: NonNullable<typeof cause>) => {
    cause ??= why;
    stop.abort();
  };
  const onAbort = () => stopFor('aborted');
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const finished = new AbortController();
  const timer = clock.sleep(options.timeoutMs, finished.signal).then(() => {
    if (!finished.signal.aborted) stopFor('timeout');
  });
  try {
    const response = await request(url, {
      method: options.method ?? 'GET',
      ...(options.headers ? { headers: { ...options.headers } } : {}),
      ...(options.body !== undefined ? { body: options.body } : {}),
      dispatcher,
      signal: stop.signal,
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      const room = options.bytesMax - bytes;
      bytes += chunk.byteLength;
      if (chunk.byteLength <= room) {
        chunks.push(chunk);
        continue;
      }
      chunks.push(chunk.subarray(0, room));
      if (options.cut !== true) stopFor('too-large');
      break;
    }
    if (cause) return stopped(cause);
    return {
      ok: true,
      status: response.statusCode,
      headers: headerMap(response.headers),
      body: Buffer.concat(chunks),
      url: url.href,
    };
  } catch (error) {
    return cause ? stopped(cause) : faultOf(error);
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    finished.abort();
    await timer;
  }
}

function stopped(cause: 'timeout' | 'aborted' | 'too-large'): FetchFailure {
  switch (cause) {
    case 'timeout':
      return failure('timeout', 'no complete answer in time', true);
    case 'aborted':
      return failure('aborted', 'stopped while under way', true);
    case 'too-large':
      return failure('too-large', 'the answer is longer than allowed', true);
  }
}

function headerMap(headers: Readonly<Record<string, string | string[] | undefined>>): Map<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined)
      map.set(name.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value));
  return map;
}

const DNS_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME', 'ETIMEOUT']);
const CONNECT_CODES = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EHOSTDOWN',
  'EACCES',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Names a failure by its code alone: messages may repeat the URL. */
function faultOf(error: unknown): FetchFailure {
  if (error instanceof AggregateError && error.errors.length > 0) return faultOf(error.errors[0]);
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  if (error instanceof AddressRefused) return failure('address-refused', error.message);
  if (DNS_CODES.has(code)) return failure('dns-failed', code);
  if (CONNECT_CODES.has(code)) return failure('connect-failed', code);
  if (code === 'UND_ERR_INVALID_ARG') return failure('bad-header', 'a header or method that cannot be sent');
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO$|HOSTNAME_MISMATCH)/.test(code))
    return failure('tls-failed', code);
  return failure('connection-broken', code, true);
}
