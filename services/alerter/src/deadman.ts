import { type Config, DEFAULTS, durationMs, type SecretRef } from '@foreshock/model/config';
import type { Clock } from '@foreshock/runtime/clock';
import type { GuardedFetch } from '@foreshock/runtime/guarded-fetch';
import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import { Secret } from '@foreshock/runtime/secrets';

interface DeadmanSurroundings {
  /** False: nothing is fetched. A process that runs and does not work must be missed too. */
  readonly healthy?: () => boolean;
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Starts the ping that the config asks for, if any. Throws `SecretError` where its URL is not there. */
export function startDeadman(
  options: DeadmanSurroundings & { readonly config: Config; readonly secrets: (ref: SecretRef) => Secret },
): Promise<void> {
  const deadman = options.config.operator?.deadman;
  if (!deadman) return Promise.resolve();
  return runDeadman({
    ...options,
    url: typeof deadman.url === 'string' ? new Secret(deadman.url) : options.secrets(deadman.url),
    everyMs: durationMs(deadman.every ?? DEFAULTS.deadmanEvery),
    allowPrivateAddresses: deadman.allowPrivateAddresses ?? false,
  });
}

/**
 * Tells the outside that we live, by fetching a URL every so often; whoever is at the other end raises the alarm when
 * it stops. A failure is logged once, and its end once. Resolves when `signal` aborts.
 */
export async function runDeadman(
  options: DeadmanSurroundings & {
    /** Secret, because such URLs are their own credential. */
    readonly url: Secret;
    readonly everyMs: number;
    readonly allowPrivateAddresses: boolean;
  },
): Promise<void> {
  const { url, everyMs, fetch, clock, metrics, logger, signal } = options;
  let failing = false;
  while (!signal.aborted) {
    const startedAt = clock.now();
    const fault = options.healthy?.() === false ? 'unhealthy' : await ping();
    if (signal.aborted) return;
    if (fault === undefined) {
      metrics.deadman.set(clock.now() / 1_000);
      if (failing) logger.info({}, 'The dead-man ping succeeds again.');
    } else if (!failing)
      logger.error({ reason: fault }, 'The dead-man ping fails: its other side will raise the alarm.');
    failing = fault !== undefined;
    await clock.sleep(Math.max(0, startedAt + everyMs - clock.now()), signal);
  }

  async function ping(): Promise<string | undefined> {
    const result = await fetch(url.reveal(), {
      timeoutMs: Math.min(15_000, everyMs),
      bytesMax: 4_096,
      cut: true,
      allowPrivateAddresses: options.allowPrivateAddresses,
      signal,
    });
    if (!result.ok) return result.reason;
    return result.status >= 200 && result.status < 300 ? undefined : `status ${result.status}`;
  }
}
