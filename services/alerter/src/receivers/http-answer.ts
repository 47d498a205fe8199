import type { FetchFailure, FetchResponse, FetchResult } from '@foreshock/runtime/guarded-fetch';
import type { Answer } from './receiver.ts';

/** What an HTTP exchange means for a delivery. `nowMs` turns a `Retry-After` date into a wait. */
export const answerOf = (result: FetchResult, nowMs: number): Answer =>
  result.ok ? statusAnswer(result, nowMs) : faultAnswer(result);

function statusAnswer(response: FetchResponse, nowMs: number): Answer {
  const { status } = response;
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  const waitMs = retryAfterMs(response.headers.get('retry-after'), nowMs);
  const wait = waitMs === undefined ? {} : { waitMs };
  if (status === 429) return { kind: 'retry', reason: 'rate-limited', status, ...wait };
  if (status >= 500) return { kind: 'retry', reason: 'server-error', status, ...wait };
  if (status === 408) return { kind: 'retry', reason: 'timeout', status, ...wait };
  // Never followed: a body with posts and a signature is for the address that was configured. Often it is a page
  // that says “back soon”, so it is worth another try.
  if (status >= 300 && status < 400) return { kind: 'retry', reason: 'redirected', status, ...wait };
  if (status === 401 || status === 403)
    return { kind: 'rejected', reason: 'auth-error', status, disable: true };
  if (status === 404 || status === 410) return { kind: 'rejected', reason: 'gone', status, disable: true };
  return { kind: 'rejected', reason: 'client-error', status };
}

function faultAnswer(failure: FetchFailure): Answer {
  const { ambiguous } = failure;
  switch (failure.reason) {
    case 'bad-url':
    case 'bad-header':
    case 'scheme-refused':
    case 'credentials-in-url':
      return { kind: 'rejected', reason: 'bad-url', disable: true };
    case 'address-refused':
      return { kind: 'rejected', reason: 'refused-address', disable: true };
    case 'dns-failed':
    case 'connect-failed':
    case 'tls-failed':
      return { kind: 'retry', reason: 'unreachable' };
    case 'timeout':
      return { kind: 'retry', reason: 'timeout', ambiguous };
    case 'connection-broken':
    case 'too-large':
    case 'aborted':
      return { kind: 'retry', reason: 'connection-broken', ambiguous };
  }
}

/** `Retry-After` in either of its two forms: seconds, or an HTTP date. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  // Only HTTP dates: `Date.parse` alone takes much that is none.
  if (!/^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
