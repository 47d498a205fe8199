import type { Writable } from 'node:stream';
import type { ReceiverConfig, SecretRef } from '@foreshock/model/config';
import type { Clock } from '@foreshock/runtime/clock';
import type { GuardedFetch } from '@foreshock/runtime/guarded-fetch';
import { Secret } from '@foreshock/runtime/secrets';
import { createConsole } from './receivers/console/receiver.ts';
import type { Receiver } from './receivers/receiver.ts';
import { createSlack } from './receivers/slack/receiver.ts';
import { createWebhook } from './receivers/webhook/receiver.ts';

export interface ReceiverContext {
  readonly secrets: (ref: SecretRef) => Secret;
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
  /** Where the console receiver writes. */
  readonly out: Writable & { readonly isTTY?: boolean };
}

/** Makes the receiver that a config names. One case a kind; throws `SecretError` where a secret is not there. */
export function createReceiver(config: ReceiverConfig, context: ReceiverContext): Receiver {
  const { secrets, fetch, clock, out } = context;
  const { id } = config;
  switch (config.kind) {
    case 'console':
      return createConsole({ id, out });
    case 'slack':
      return createSlack({
        id,
        url: secrets(config.url),
        allowPrivateAddresses: config.allowPrivateAddresses ?? false,
        fetch,
        clock,
      });
    case 'webhook':
      return createWebhook({
        id,
        url: typeof config.url === 'string' ? new Secret(config.url) : secrets(config.url),
        secret: secrets(config.secret),
        ...(config.previousSecret ? { previousSecret: secrets(config.previousSecret) } : {}),
        allowPrivateAddresses: config.allowPrivateAddresses ?? false,
        fetch,
        clock,
      });
  }
}
