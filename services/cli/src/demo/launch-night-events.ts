import { CHANNELS, type Draft } from './launch-night-draft.ts';
import { growingCrowdOf } from './launch-night-people.ts';
import {
  type LaunchNightTimeline,
  MINUTE_MS,
  PLAN,
  type Span,
  type TroubleWave,
} from './launch-night-plan.ts';
import { pick, pickWeighted, poisson, type Random, randomOf } from './launch-night-random.ts';
import { type Kind, textOf } from './launch-night-texts.ts';

const within = (random: Random, span: Span): number =>
  span.fromMs + Math.floor(random() * (span.toMs - span.fromMs));

/** People a minute in a wave of trouble, `sinceMs` after its start. */
export function troubleRate(wave: TroubleWave, sinceMs: number): number {
  if (sinceMs < 0) return 0;
  const climb = Math.min(1, sinceMs / wave.rampMs) ** 1.6;
  const rising = PLAN.stock.perMinuteAtStart + (wave.perMinute - PLAN.stock.perMinuteAtStart) * climb;
  const afterPlateauMs = sinceMs - wave.rampMs - PLAN.stock.plateauMinutes * MINUTE_MS;
  if (afterPlateauMs <= 0) return rising;
  const fallen = Math.min(1, afterPlateauMs / (60 * MINUTE_MS));
  return rising * (1 - (1 - PLAN.stock.falloff) * fallen);
}

/** Many people, each in their own words; some are reposted or copied. */
export function troubleDrafts(
  seed: number,
  {
    kind,
    wave,
    untilMs,
    scale,
  }: { kind: 'stock' | 'delivery'; wave: TroubleWave; untilMs: number; scale: number },
): Draft[] {
  const part = `trouble-${kind}`;
  const random = randomOf(seed, `event/${part}`);
  const crowd = growingCrowdOf(part, PLAN.troubleNewAuthorShare);
  const drafts: Draft[] = [];
  for (let minuteMs = wave.startMs; minuteMs < untilMs; minuteMs += MINUTE_MS) {
    const mean = troubleRate(wave, minuteMs - wave.startMs + MINUTE_MS / 2) * scale;
    for (let left = poisson(random, mean); left > 0; left--) {
      const reposted = random() < 0.15 ? 1 + Math.floor(6 * random() ** 2) : 0;
      const post: Draft = {
        key: `${part}/${drafts.length}`,
        part,
        atMs: minuteMs + Math.floor(random() * MINUTE_MS),
        channel: pickWeighted(random, CHANNELS.fast),
        person: crowd.next(random),
        text: textOf(random, `trouble/${kind}`),
        ...(reposted ? { shares: reposted } : {}),
      };
      drafts.push(
        post,
        ...copies(random, { post, part: `${part}/of-${drafts.length}`, accounts: reposted, minutes: 30 }),
      );
    }
  }
  return drafts.filter((draft) => draft.atMs < untilMs);
}

/** How people pass a text on: with the platform's button, by hand, or nearly word for word. */
function copies(
  random: Random,
  { post, part, accounts, minutes }: { post: Draft; part: string; accounts: number; minutes: number },
): Draft[] {
  return Array.from({ length: accounts }, (_, n) => {
    const native = random() < 0.6;
    const link = `https://s.example/${Math.floor(random() * 1e8).toString(36)}`;
    const byHand = [
      `RT @synthetic_source: ${post.text}`,
      `"${post.text}" via @synthetic_source`,
      `${post.text} ${link}`,
      `${post.text} ${pick(random, ['👀', '😳', '‼️', '🤯'])}`,
    ];
    return {
      key: `${part}/copy-${n}`,
      part: `${post.part}-copies`,
      atMs: post.atMs + 15_000 + Math.floor(random() ** 1.5 * minutes * MINUTE_MS),
      channel: native ? post.channel : pickWeighted(random, CHANNELS.fast),
      person: `${part}-copier-${n}`,
      text: native ? post.text : pick(random, byHand),
      ...(native ? { reposts: post } : {}),
    };
  });
}

/** One text and everybody who passes it on: a viral complaint, a news wire. */
export function amplifiedDrafts(
  seed: number,
  {
    part,
    kind,
    span,
    accounts,
    untilMs,
  }: { part: string; kind: Kind; span: Span; accounts: number; untilMs: number },
): Draft[] {
  const random = randomOf(seed, `event/${part}`);
  const post: Draft = {
    key: `${part}/first`,
    part,
    atMs: span.fromMs,
    channel: kind === 'viral' ? 'x' : 'news',
    person: `${part}-first`,
    text: textOf(random, kind),
    shares: accounts,
  };
  const minutes = (span.toMs - span.fromMs) / MINUTE_MS - 0.5;
  const passed = copies(random, { post: { ...post, channel: 'x' }, part, accounts, minutes }).map((copy) =>
    copy.reposts ? { ...copy, reposts: post } : copy,
  );
  return [post, ...passed].filter((draft) => draft.atMs < untilMs);
}

/** One angry account, and the two who answer it. */
export function loudAuthorDrafts(seed: number, span: Span & { readonly posts: number }): Draft[] {
  const part = 'loud-author';
  const random = randomOf(seed, `event/${part}`);
  const posts = Array.from(
    { length: span.posts },
    (_, n): Draft => ({
      key: `${part}/${n}`,
      part,
      atMs: within(random, span),
      channel: 'x',
      person: part,
      text: textOf(random, 'loud'),
    }),
  );
  const answers = Array.from({ length: PLAN.loudAuthor.answers }, (_, n): Draft => {
    const to = pick(random, posts);
    return {
      key: `${part}/answer-${n}`,
      part: 'loud-author-answers',
      atMs: Math.min(span.toMs - 1, to.atMs + Math.floor(random() * 10 * MINUTE_MS)),
      channel: 'x',
      person: `${part}-answer-${n}`,
      text: textOf(random, 'answer'),
      inReplyTo: to,
    };
  });
  return [...posts, ...answers];
}

/** A wave of harmless questions, each by somebody else. */
export function questionWaveDrafts(seed: number, span: Span & { readonly people: number }): Draft[] {
  const part = 'question-wave';
  const random = randomOf(seed, `event/${part}`);
  return Array.from({ length: span.people }, (_, n) => ({
    key: `${part}/${n}`,
    part,
    atMs: within(random, span),
    channel: pickWeighted(random, CHANNELS.fast),
    person: `${part}-${n}`,
    text: textOf(random, 'wave'),
  }));
}

/** Everything that happens once, apart from the hype. */
export function eventDrafts(
  seed: number,
  timeline: LaunchNightTimeline,
  { trouble, loudAuthor, scale }: { trouble: boolean; loudAuthor: boolean; scale: number },
): Draft[] {
  const untilMs = timeline.launchMs;
  const amplified = (part: string, kind: Kind, span: Span & { readonly accounts: number }) =>
    amplifiedDrafts(seed, { part, kind, span, accounts: span.accounts, untilMs });
  return [
    ...amplified('viral-complaint', 'viral', timeline.viralComplaint),
    ...amplified('wire-story', 'wire', timeline.wireStory),
    ...questionWaveDrafts(seed, timeline.questionWave),
    ...(loudAuthor ? loudAuthorDrafts(seed, timeline.loudAuthor) : []),
    ...(trouble
      ? [
          ...troubleDrafts(seed, { kind: 'stock', wave: timeline.stock, untilMs, scale }),
          ...troubleDrafts(seed, { kind: 'delivery', wave: timeline.delivery, untilMs, scale }),
          ...amplified('sell-out-wire', 'sell_out_wire', timeline.sellOutWire),
        ]
      : []),
  ];
}
