import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { SecretRef } from '@foreshock/model/config';

/** Proof that a source accepts. Secrets are resolved once; of a token only its digest is kept. */
export interface Credentials {
  readonly tokenDigest: Buffer | undefined;
  readonly hmacKey: string | undefined;
}

export const SIGNATURE_HEADER = 'x-foreshock-signature';

export function credentialsOf(
  source: { readonly token?: SecretRef; readonly hmac?: SecretRef },
  secrets: (ref: SecretRef) => string,
): Credentials {
  return {
    tokenDigest: source.token ? digestOf(secrets(source.token)) : undefined,
    hmacKey: source.hmac ? secrets(source.hmac) : undefined,
  };
}

const digestOf = (token: string): Buffer => hash('sha256', token, 'buffer');

/** What a request shows before its body is read: enough, nothing, or a signature that the body must bear out. */
export type Claim = 'granted' | 'denied' | { readonly signature: Buffer };

export interface Shown {
  readonly authorization: string | undefined;
  readonly signature: string | undefined;
  /** It comes straight from this machine: loopback address and host, no proxy in between. */
  readonly local: boolean;
}

const SIGNATURE = /^sha256=([0-9a-f]{64})$/i;

/** Token or signature, whichever the source has. A source without either takes what comes from this machine only. */
export function claimOf(credentials: Credentials, shown: Shown): Claim {
  const { tokenDigest, hmacKey } = credentials;
  if (!tokenDigest && hmacKey === undefined) return shown.local ? 'granted' : 'denied';
  const bearer = /^Bearer +([^\s]+)$/i.exec(shown.authorization ?? '');
  // Digests are compared, so that the time depends neither on the token’s length nor on its first wrong byte.
  if (tokenDigest && bearer && timingSafeEqual(tokenDigest, digestOf(bearer[1]!))) return 'granted';
  const signature = SIGNATURE.exec(shown.signature ?? '');
  if (hmacKey !== undefined && signature) return { signature: Buffer.from(signature[1]!, 'hex') };
  return 'denied';
}

/** Whether `signature` is the HMAC-SHA256 of the body as it was sent, before any decoding. */
export function bearsOut(credentials: Credentials, signature: Buffer, rawBody: Uint8Array): boolean {
  if (credentials.hmacKey === undefined) return false;
  const expected = createHmac('sha256', credentials.hmacKey).update(rawBody).digest();
  return timingSafeEqual(expected, signature);
}

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/;
const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * The host name is looked at too: a web page whose name was pointed at this machine reaches the loopback address,
 * but under its own name.
 */
export const isLocal = (request: {
  readonly remoteAddress: string | undefined;
  readonly host: string | undefined;
  readonly forwarded: boolean;
}): boolean =>
  LOOPBACK.test(request.remoteAddress ?? '') && LOCAL_HOST.test(request.host ?? '') && !request.forwarded;
