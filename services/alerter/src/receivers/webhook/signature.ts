import { createHmac } from 'node:crypto';
import { Secret, SecretError } from '@foreshock/runtime/secrets';

/**
 * The key of a Standard Webhooks secret, `whsec_` and 24 to 64 bytes in base64. Throws `SecretError`, which never
 * holds the secret.
 */
export function signingKey(secret: Secret, receiver: string): Secret {
  const parts = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret.reveal());
  const bytes = parts ? Buffer.from(parts[1]!, 'base64').byteLength : 0;
  if (!parts || bytes < 24 || bytes > 64)
    throw new SecretError(
      `the secret of receiver ${receiver} is not a Standard Webhooks secret; make one: ` +
        'whsec_ followed by 24 to 64 random bytes in base64 (openssl rand -base64 32)',
    );
  return new Secret(parts[1]!);
}

/** `webhook-signature`: one `v1,…` for each key, over exactly the bytes sent. */
export function signatureOf(
  message: { readonly id: string; readonly timestamp: number; readonly body: string },
  keys: readonly Secret[],
): string {
  return keys
    .map((key) => {
      const hmac = createHmac('sha256', Buffer.from(key.reveal(), 'base64'));
      return `v1,${hmac.update(`${message.id}.${message.timestamp}.${message.body}`).digest('base64')}`;
    })
    .join(' ');
}
