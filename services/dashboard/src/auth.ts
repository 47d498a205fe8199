import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** What a request shows of itself. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
}

/** Who may look and act. Injected where a token is configured; absent on loopback without one. */
export interface Auth {
  allows(credentials: Credentials): boolean;
  /** Checks the token somebody typed; the answer is the cookie’s value, undefined where the token is wrong. */
  login(token: string): string | undefined;
}

export const SESSION_COOKIE = 'foreshock_session';
const COOKIE_HEADER_CHARS_MAX = 8_192;

/** Compares digests, so that neither length nor first difference shows in time. */
const same = (left: string, right: string): boolean =>
  timingSafeEqual(hash('sha256', left, 'buffer'), hash('sha256', right, 'buffer'));

export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > COOKIE_HEADER_CHARS_MAX) return undefined;
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}

/**
 * One token for all: as `Authorization: Bearer …` for programs, as a cookie for browsers. The cookie holds a value
 * derived from the token, never the token, and changes when the token changes: that is how everybody is logged out.
 */
export function tokenAuth(token: string): Auth {
  if (token === '') throw new Error('an empty token protects nothing');
  const session = createHmac('sha256', token).update('foreshock page session').digest('hex');
  return {
    allows({ authorization, cookie }) {
      const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (bearer !== undefined) return same(bearer, token);
      const held = cookieValue(cookie, SESSION_COOKIE);
      return held !== undefined && same(held, session);
    },
    login: (typed) => (same(typed, token) ? session : undefined),
  };
}
