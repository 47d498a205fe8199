import type { Clock } from '@foreshock/runtime/clock';
import type { GuardedFetch } from '@foreshock/runtime/guarded-fetch';
import type { Secret } from '@foreshock/runtime/secrets';
import { answerOf } from '../http-answer.ts';
import { ANSWER_BYTES_MAX, ATTEMPT_TIMEOUT_MS, type Receiver } from '../receiver.ts';
import { render } from './render.ts';
import { signatureOf, signingKey } from './signature.ts';

/**
 * Any HTTP endpoint, by Standard Webhooks: `webhook-id` is constant over retries, so a receiver that remembers ids
 * sees each message once; `webhook-timestamp` is of the attempt; during rotation the old secret signs too.
 */
export function createWebhook(options: {
  readonly id: string;
  readonly url: Secret;
  readonly secret: Secret;
  readonly previousSecret?: Secret;
  readonly allowPrivateAddresses: boolean;
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
}): Receiver {
  const { id, url, allowPrivateAddresses, fetch, clock } = options;
  const keys = [options.secret, ...(options.previousSecret ? [options.previousSecret] : [])].map((secret) =>
    signingKey(secret, id),
  );
  return {
    id,
    kind: 'webhook',
    render,
    async send(body, { key, signal }) {
      // The id is signed with dots between its neighbours, so it may hold none.
      const message = { id: key.replaceAll('.', '_'), timestamp: Math.floor(clock.now() / 1_000), body };
      const result = await fetch(url.reveal(), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Foreshock',
          'webhook-id': message.id,
          'webhook-timestamp': String(message.timestamp),
          'webhook-signature': signatureOf(message, keys),
        },
        body,
        allowPrivateAddresses,
        timeoutMs: ATTEMPT_TIMEOUT_MS,
        bytesMax: ANSWER_BYTES_MAX,
        cut: true,
        signal,
      });
      return answerOf(result, clock.now());
    },
  };
}
