import { loadNative } from '@foreshock/topic-log/kafka/native';
import { inject } from 'vitest';
import { need } from '../needs.ts';

/**
 * For tests that use `sharedBrokers()` or `startCluster()`: `describe.skipIf(kafkaNeed() === 'skip')(…)`. They are
 * called `*.kafka.test.ts` and run with vitest.kafka.config.ts.
 */
export function kafkaNeed(): 'run' | 'skip' {
  const shared = inject('kafka');
  return need('kafka', 'brokers' in shared, 'reason' in shared ? shared.reason : '');
}

/** For tests that need brokers of their own to kill: given ones (FORESHOCK_KAFKA) are not ours to torment. */
export function ownKafkaNeed(): 'run' | 'skip' {
  const { startable } = inject('kafka');
  return need('kafka', startable === true, typeof startable === 'string' ? startable : '');
}

/** For tests of the producer that `make native` builds. */
export function nativeNeed(): 'run' | 'skip' {
  const native = loadNative();
  return need('native', 'client' in native, 'absent' in native ? `node-rdkafka: ${native.absent}` : '');
}
