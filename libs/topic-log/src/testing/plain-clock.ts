import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.ts';

export const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};
