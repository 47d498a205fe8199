import { CHANNELS, type Channel, type Draft } from './launch-night-draft.ts';
import { crowdOf } from './launch-night-people.ts';
import { DAY_MS, HOUR_MS, type LaunchNightTimeline, MINUTE_MS, PLAN } from './launch-night-plan.ts';
import { normal, pickWeighted, poisson, type Random, randomOf } from './launch-night-random.ts';
import { type Kind, kindOf, textOf } from './launch-night-texts.ts';

const STEP_MS = PLAN.dispersion.stepMinutes * MINUTE_MS;
const THURSDAY = 3;

/** Factor of the usual rate at a moment: hour, weekday and run-up. The stream starts at a local midnight. */
export function usualFactor(timeline: LaunchNightTimeline, atMs: number): number {
  const days = (atMs - timeline.startMs) / DAY_MS;
  const hour = Math.floor((days % 1) * 24);
  const weekday = (THURSDAY + Math.floor(days)) % 7;
  const runUp = PLAN.runUp.first + ((PLAN.runUp.last - PLAN.runUp.first) * days) / PLAN.days;
  return PLAN.hourOfDay[hour]! * PLAN.dayOfWeek[weekday]! * runUp;
}

export interface Traffic {
  readonly part: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Posts an hour at a moment, before overdispersion. */
  readonly perHour: (atMs: number) => number;
  readonly kind: (random: Random) => Kind;
  readonly channels: Readonly<Record<Channel, number>>;
  readonly regulars: string;
  /** Overdispersion of the half hours; none where absent. */
  readonly sigma?: number;
}

/** Ordinary posts with their replies and reposts. Bounded by the rates: about 10,000 drafts a night at scale 1. */
export function trafficOf(seed: number, traffic: Traffic): Draft[] {
  const random = randomOf(seed, `traffic/${traffic.part}`);
  const crowd = crowdOf(traffic.part, { ...PLAN.regulars, name: traffic.regulars });
  const drafts: Draft[] = [];
  const add = (draft: Omit<Draft, 'key' | 'part'>): Draft => {
    const whole = { ...draft, key: `${traffic.part}/${drafts.length}`, part: traffic.part };
    drafts.push(whole);
    return whole;
  };
  const sigma = traffic.sigma ?? 0;
  const correlation = PLAN.dispersion.correlation;
  let mood = normal(random);
  for (let stepMs = traffic.fromMs; stepMs < traffic.toMs; stepMs += STEP_MS) {
    mood = correlation * mood + Math.sqrt(1 - correlation ** 2) * normal(random);
    const widthMs = Math.min(STEP_MS, traffic.toMs - stepMs);
    const rate = traffic.perHour(stepMs + widthMs / 2) * Math.exp(sigma * mood - sigma ** 2 / 2);
    for (let left = poisson(random, (rate * widthMs) / HOUR_MS); left > 0; left--) {
      const kind = traffic.kind(random);
      const channel = pickWeighted(random, traffic.channels);
      const reposted =
        random() < PLAN.reposts.share ? 1 + Math.floor((PLAN.reposts.most - 1) * random() ** 3) : 0;
      const post = add({
        atMs: stepMs + Math.floor(random() * widthMs),
        channel,
        person: crowd.next(random),
        text: textOf(random, kind),
        ...(reposted ? { shares: reposted } : {}),
        ...(channel === 'reviews' ? { rating: ratingOf(random, kind) } : {}),
      });
      converse(post, reposted);
    }
  }
  return drafts.filter((draft) => draft.atMs < traffic.toMs);

  function converse(post: Draft, reposted: number): void {
    const soon = () => post.atMs + 20_000 + Math.floor(random() * PLAN.replies.withinMinutes * MINUTE_MS);
    for (let left = poisson(random, PLAN.replies.mean); left > 0; left--)
      add({
        atMs: soon(),
        channel: post.channel,
        person: crowd.next(random),
        text: textOf(random, traffic.kind(random)),
        inReplyTo: post,
      });
    for (let left = reposted; left > 0; left--)
      add({
        atMs: soon(),
        channel: post.channel,
        person: crowd.next(random),
        text: post.text,
        reposts: post,
      });
  }
}

function ratingOf(random: Random, kind: Kind): number {
  if (kind === 'praise') return 4 + Math.round(random());
  if (kind === 'question' || kind === 'chat') return 3 + Math.floor(random() * 3);
  return 1 + Math.floor(random() * 2);
}

/** Everybody's ordinary days: the handset, its ear buds, and people who mean the stars. */
export function ordinaryTraffic(timeline: LaunchNightTimeline, scale: number): Traffic[] {
  const shared = { fromMs: timeline.startMs, toMs: timeline.launchMs, sigma: PLAN.dispersion.sigma };
  const usual = (perHour: number) => (atMs: number) => perHour * scale * usualFactor(timeline, atMs);
  const land = timeline.reviewsLand;
  return [
    {
      ...shared,
      part: 'chatter',
      perHour: usual(PLAN.perHour['orion-x']),
      kind: (random) => kindOf(random, PLAN.mix),
      channels: CHANNELS.calm,
      regulars: 'fan',
    },
    {
      ...shared,
      part: 'buds',
      perHour: usual(PLAN.perHour['orion-buds']),
      kind: () => 'buds',
      channels: CHANNELS.calm,
      regulars: 'listener',
    },
    {
      ...shared,
      part: 'elsewhere',
      perHour: usual(PLAN.perHour.elsewhere),
      kind: () => 'elsewhere',
      channels: CHANNELS.calm,
      regulars: 'stargazer',
    },
    {
      ...shared,
      ...land,
      part: 'reviews-land',
      perHour: usual(PLAN.perHour['orion-x'] * (PLAN.reviewsLand.factor - 1)),
      kind: (random) => kindOf(random, { praise: 0.5, chat: 0.3, question: 0.1 }),
      channels: CHANNELS.calm,
      regulars: 'fan',
    },
  ];
}

/** What the hype adds: the factor grows towards T-0, complaints stay below their usual share. */
export function hypeTraffic(timeline: LaunchNightTimeline, scale: number): Traffic {
  const { fromMs, toMs, factor } = timeline.hype;
  const complaints = (1 - PLAN.mix.praise - PLAN.mix.question - PLAN.mix.chat) * PLAN.hype.complaintShare;
  const mix = {
    praise: 0.6 * (1 - complaints),
    question: 0.18 * (1 - complaints),
    chat: 0.22 * (1 - complaints),
  };
  return {
    part: 'hype',
    fromMs,
    toMs,
    perHour: (atMs) => {
      const progress = (atMs - fromMs) / (toMs - fromMs);
      return PLAN.perHour['orion-x'] * scale * usualFactor(timeline, atMs) * (factor - 1) * progress ** 1.2;
    },
    kind: (random) => kindOf(random, mix),
    channels: CHANNELS.fast,
    regulars: 'fan',
    sigma: PLAN.dispersion.sigma / 2,
  };
}
