import { type Random, randomOf } from './launch-night-random.ts';

/**
 * What happens in the launch night and how much of it. Frozen together with
 * `docs/explanation/launch-night-plan.md`, where every number is explained and every change is recorded.
 */
export const PLAN = {
  days: 8,
  perHour: { 'orion-x': 40, 'orion-buds': 9, elsewhere: 3 },
  /** Factor by local hour, 0 h first. T-0 is midnight. */
  hourOfDay: [
    0.45, 0.26, 0.16, 0.12, 0.12, 0.18, 0.36, 0.62, 0.85, 0.95, 1.0, 1.05, 1.15, 1.1, 1.02, 1.0, 1.05, 1.12,
    1.2, 1.28, 1.35, 1.25, 1.0, 0.7,
  ],
  /** Factor by day of week, Monday first. T-0 ends a Thursday. */
  dayOfWeek: [1, 1, 1, 1, 1.05, 1.2, 1.15],
  runUp: { first: 0.85, last: 1.15 },
  dispersion: { stepMinutes: 30, sigma: 0.3, correlation: 0.7 },
  replies: { mean: 0.18, withinMinutes: 40 },
  reposts: { share: 0.06, most: 12 },
  regulars: { share: 0.2, count: 600 },
  mix: { praise: 0.34, question: 0.22, chat: 0.24 },
  complaints: {
    price: 0.04,
    quality: 0.032,
    service: 0.026,
    delivery: 0.024,
    stock: 0.02,
    order: 0.016,
    outage: 0.014,
    payment: 0.01,
    refund: 0.01,
    safety: 0.003,
    grumble: 0.005,
  },
  reviewsLand: { daysBefore: 5, hour: 15, hours: 3, factor: 3 },
  viralComplaint: { daysBefore: 4, hourFrom: 18, hourTo: 20, accounts: [40, 55], minutes: 50 },
  wireStory: { daysBefore: 3, hourFrom: 9, hourTo: 12, accounts: [35, 50], minutes: 90 },
  loudAuthor: { daysBefore: 2, hourFrom: 13, hourTo: 19, posts: [42, 60], minutes: 60, answers: 2 },
  questionWave: { hourFrom: 11, hourTo: 13, people: [70, 100], minutes: 90 },
  hype: { hours: 6, factor: [5.5, 9], complaintShare: 0.7 },
  stock: {
    hoursBefore: [4.5, 1.5],
    perMinuteAtStart: 0.25,
    perMinute: [1.6, 3.2],
    rampMinutes: [32, 48],
    plateauMinutes: 60,
    falloff: 0.6,
  },
  delivery: { minutesAfter: [12, 30], height: [0.5, 0.8] },
  sellOutWire: { minutesAfter: [25, 40], accounts: [20, 35], minutes: 60 },
  troubleNewAuthorShare: 0.9,
  plainWordsShare: 0.7,
  seeds: { demo: 7, develop: [1, 10], judge: [101, 120] },
} as const;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** A stretch of event time: includes its start, excludes its end. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When things happen in one seed's night, and how large they are. The truth that verdicts are judged by. */
export interface LaunchNightTimeline {
  readonly startMs: number;
  readonly launchMs: number;
  readonly reviewsLand: Span;
  readonly viralComplaint: Span & { readonly accounts: number };
  readonly wireStory: Span & { readonly accounts: number };
  readonly loudAuthor: Span & { readonly posts: number };
  readonly questionWave: Span & { readonly people: number };
  readonly hype: Span & { readonly factor: number };
  readonly stock: TroubleWave;
  readonly delivery: TroubleWave;
  readonly sellOutWire: Span & { readonly accounts: number };
}

export interface TroubleWave {
  readonly startMs: number;
  readonly rampMs: number;
  readonly perMinute: number;
}

const between = (random: Random, [low, high]: readonly [number, number]): number =>
  low + (high - low) * random();
const countBetween = (random: Random, [low, high]: readonly [number, number]): number =>
  low + Math.floor((high - low + 1) * random());

/** Draws the night's timeline. Each event has its own random stream, so no draw disturbs another's. */
export function launchNightTimeline(seed: number, launchMs: number): LaunchNightTimeline {
  const midnight = (daysBefore: number) => launchMs - daysBefore * DAY_MS;
  /** `daysBefore` as people count: the last evening is one day before midnight. */
  const moment = (
    name: string,
    event: { daysBefore: number; hourFrom: number; hourTo: number; minutes: number },
  ) => {
    const random = randomOf(seed, `timeline/${name}`);
    const hour = between(random, [event.hourFrom, event.hourTo]);
    const fromMs = Math.round(midnight(event.daysBefore) + hour * HOUR_MS);
    return { random, span: { fromMs, toMs: fromMs + event.minutes * MINUTE_MS } };
  };
  const viral = moment('viral', PLAN.viralComplaint);
  const wire = moment('wire', PLAN.wireStory);
  const loud = moment('loud', PLAN.loudAuthor);
  const questions = moment('questions', { ...PLAN.questionWave, daysBefore: 1 });
  const landMs = midnight(PLAN.reviewsLand.daysBefore) + PLAN.reviewsLand.hour * HOUR_MS;
  const trouble = randomOf(seed, 'timeline/trouble');
  const stockStartMs = Math.round(launchMs - between(trouble, PLAN.stock.hoursBefore) * HOUR_MS);
  const rampMs = Math.round(between(trouble, PLAN.stock.rampMinutes) * MINUTE_MS);
  const perMinute = between(trouble, PLAN.stock.perMinute);
  const deliveryStartMs = Math.round(stockStartMs + between(trouble, PLAN.delivery.minutesAfter) * MINUTE_MS);
  const sellOutMs = Math.round(stockStartMs + between(trouble, PLAN.sellOutWire.minutesAfter) * MINUTE_MS);
  return {
    startMs: launchMs - PLAN.days * DAY_MS,
    launchMs,
    reviewsLand: { fromMs: landMs, toMs: landMs + PLAN.reviewsLand.hours * HOUR_MS },
    viralComplaint: { ...viral.span, accounts: countBetween(viral.random, PLAN.viralComplaint.accounts) },
    wireStory: { ...wire.span, accounts: countBetween(wire.random, PLAN.wireStory.accounts) },
    loudAuthor: { ...loud.span, posts: countBetween(loud.random, PLAN.loudAuthor.posts) },
    questionWave: { ...questions.span, people: countBetween(questions.random, PLAN.questionWave.people) },
    hype: {
      fromMs: launchMs - PLAN.hype.hours * HOUR_MS,
      toMs: launchMs,
      factor: between(randomOf(seed, 'timeline/hype'), PLAN.hype.factor),
    },
    stock: { startMs: stockStartMs, rampMs, perMinute },
    delivery: {
      startMs: deliveryStartMs,
      rampMs,
      perMinute: perMinute * between(trouble, PLAN.delivery.height),
    },
    sellOutWire: {
      fromMs: sellOutMs,
      toMs: sellOutMs + PLAN.sellOutWire.minutes * MINUTE_MS,
      accounts: countBetween(trouble, PLAN.sellOutWire.accounts),
    },
  };
}
