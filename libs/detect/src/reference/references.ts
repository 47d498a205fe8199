import type { CountAlarm } from './count-alarm.ts';
import { ewmaNegativeBinomial, ewmaThreeSigma } from './ewma.ts';
import { ratioRule } from './ratio.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** At least as many as a watch asks of people by default, so that nobody is compared on sparse noise alone. */
const LEAST = 5;

/** Fresh detectors with the settings the evaluations print beside ours. Each judges one series. */
export const references = (): CountAlarm[] => [
  ewmaThreeSigma({
    name: 'EWMA+3σ, 5 min',
    bucketMs: 5 * MINUTE_MS,
    halfLifeMs: DAY_MS,
    warmUp: 288,
    least: LEAST,
  }),
  ewmaThreeSigma({ name: 'EWMA+3σ, 1 h', bucketMs: HOUR_MS, halfLifeMs: DAY_MS, warmUp: 24, least: LEAST }),
  ewmaNegativeBinomial({
    name: 'EWMA NB tail, 1 h',
    bucketMs: HOUR_MS,
    halfLifeMs: DAY_MS,
    warmUp: 24,
    least: LEAST,
    chance: 0.001,
  }),
  ratioRule({
    name: '1 h against 12 h',
    bucketMs: 5 * MINUTE_MS,
    recent: 12,
    before: 144,
    ratio: 3,
    least: LEAST,
  }),
];
