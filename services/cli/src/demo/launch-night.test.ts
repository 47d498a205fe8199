import { readFileSync } from 'node:fs';
import { check } from '@foreshock/model/decode';
import { Mention } from '@foreshock/model/mention';
import { expect, test } from 'vitest';
import {
  generateLaunchNight,
  type LabelledMention,
  type LaunchNightOptions,
  labelledLaunchNight,
} from './launch-night.ts';
import { CHAT } from './launch-night-chat.ts';
import { COMPLAINTS } from './launch-night-complaints.ts';
import { HOUR_MS, launchNightTimeline, MINUTE_MS, PLAN } from './launch-night-plan.ts';
import { PRAISE, QUESTIONS } from './launch-night-praise.ts';
import { TROUBLE } from './launch-night-trouble.ts';
import { WORDS } from './launch-night-words.ts';

const whole: LaunchNightOptions = {
  seed: PLAN.seeds.demo,
  endMs: Date.UTC(2026, 10, 20),
  trouble: true,
  loudAuthor: true,
  hype: true,
  scale: 1,
};
const night = labelledLaunchNight(whole);
const timeline = launchNightTimeline(whole.seed, whole.endMs);
const of = (part: string, from: readonly LabelledMention[] = night) =>
  from.filter((labelled) => labelled.part === part).map((labelled) => labelled.mention);
const authors = (mentions: readonly Mention[]) =>
  new Set(mentions.map((mention) => mention.attributedTo?.id)).size;

test('the same seed gives the same bytes, another seed another night', () => {
  const again = JSON.stringify([...generateLaunchNight(whole)]);
  expect(again).toBe(JSON.stringify(night.map((labelled) => labelled.mention)));
  expect(JSON.stringify([...generateLaunchNight({ ...whole, seed: 8 })])).not.toBe(again);
});

test('mentions are valid, come in order of publication, and have ids of their own', () => {
  let before = 0;
  for (const { mention } of night) {
    const verdict = check<Mention>(Mention, mention);
    if (!verdict.ok) throw new Error(`${verdict.refusal.path} ${verdict.refusal.reason}`);
    expect(mention.eventTime).toBeGreaterThanOrEqual(before);
    before = mention.eventTime;
  }
  expect(new Set(night.map(({ mention }) => mention.id)).size).toBe(night.length);
  expect(night[0]!.mention.eventTime).toBeGreaterThanOrEqual(timeline.startMs);
  expect(before).toBeLessThan(timeline.launchMs);
});

test('leaving a part out changes nothing else', () => {
  const calm = labelledLaunchNight({ ...whole, trouble: false, loudAuthor: false, hype: false });
  const left = new Set(calm.map(({ part }) => part));
  const gone = [...new Set(night.map(({ part }) => part))].filter((part) => !left.has(part));
  expect(gone.sort()).toEqual([
    'hype',
    'loud-author',
    'loud-author-answers',
    'sell-out-wire',
    'sell-out-wire-copies',
    'trouble-delivery',
    'trouble-delivery-copies',
    'trouble-stock',
    'trouble-stock-copies',
  ]);
  expect(calm).toEqual(night.filter(({ part }) => left.has(part)));
});

test('moving T-0 moves every post by as much and changes no text', () => {
  const later = labelledLaunchNight({ ...whole, endMs: whole.endMs + 7 * HOUR_MS });
  expect(later.map(({ mention }) => mention.eventTime - 7 * HOUR_MS)).toEqual(
    night.map(({ mention }) => mention.eventTime),
  );
  expect(later.map(({ mention }) => mention.content)).toEqual(night.map(({ mention }) => mention.content));
});

test('no list of phrases hides another of the same name', () => {
  const names = [WORDS, PRAISE, QUESTIONS, CHAT, COMPLAINTS, TROUBLE].flatMap((bank) => Object.keys(bank));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test('every post of the handset names it, and nothing is left unfilled', () => {
  for (const { part, mention } of night) {
    expect(mention.content).not.toMatch(/\{[a-z]|\[[^\]]*\|/);
    if (part === 'buds') expect(mention.content).toMatch(/orion ?buds/i);
    else if (part !== 'elsewhere') expect(mention.content).toMatch(/orion ?x/i);
  }
});

test('the trouble begins when the plan says and comes from many people in many words', () => {
  for (const [part, wave] of [
    ['trouble-stock', timeline.stock],
    ['trouble-delivery', timeline.delivery],
  ] as const) {
    const posts = of(part);
    const since = posts[0]!.eventTime - wave.startMs;
    expect(since).toBeGreaterThanOrEqual(0);
    expect(since).toBeLessThan(20 * MINUTE_MS);
    expect(authors(posts) / posts.length).toBeGreaterThan(0.8);
    expect(new Set(posts.map((post) => post.content)).size / posts.length).toBeGreaterThan(0.97);
    const firstTen = posts.filter((post) => post.eventTime < wave.startMs + 10 * MINUTE_MS).length;
    const atHeight = posts.filter(
      (post) =>
        post.eventTime >= wave.startMs + wave.rampMs &&
        post.eventTime < wave.startMs + wave.rampMs + 10 * MINUTE_MS,
    ).length;
    expect(atHeight).toBeGreaterThan(2 * firstTen);
  }
});

test('the loud author is one account with more than forty posts in an hour', () => {
  const posts = of('loud-author');
  expect(posts.length).toBe(timeline.loudAuthor.posts);
  expect(posts.length).toBeGreaterThan(40);
  expect(authors(posts)).toBe(1);
  expect(posts.at(-1)!.eventTime - posts[0]!.eventTime).toBeLessThan(HOUR_MS);
});

test.each(['viral-complaint', 'wire-story', 'sell-out-wire'])('%s is one text passed on by many', (part) => {
  const first = of(part)[0]!;
  const copies = of(`${part}-copies`);
  expect(copies.length).toBeGreaterThan(15);
  expect(authors(copies)).toBe(copies.length);
  for (const copy of copies) {
    expect(copy.content).toContain(first.content);
    if (copy.op === 'announce') expect(copy.object).toBe(first.id);
  }
});

test('hype multiplies the ordinary traffic of the last hour', () => {
  const calm = labelledLaunchNight({ ...whole, trouble: false, hype: false });
  const hyped = labelledLaunchNight({ ...whole, trouble: false });
  const lastHour = (from: readonly LabelledMention[]) =>
    from.filter(
      ({ part, mention }) =>
        (part === 'chatter' || part === 'hype') && mention.eventTime >= timeline.launchMs - HOUR_MS,
    ).length;
  const ratio = lastHour(hyped) / lastHour(calm);
  expect(ratio).toBeGreaterThan(3);
  expect(ratio).toBeLessThan(12);
});

test('the page that explains the plan states its numbers', () => {
  const page = readFileSync(
    new URL('../../../../docs/explanation/launch-night-plan.md', import.meta.url),
    'utf8',
  );
  const percent = (share: number) => `${Number((100 * share).toFixed(1))}`;
  const stated = [
    `${PLAN.perHour['orion-x']} mentions an hour`,
    `${PLAN.runUp.first} on the first day, rising evenly to ${PLAN.runUp.last}`,
    `sigma ${PLAN.dispersion.sigma}, correlated ${PLAN.dispersion.correlation}`,
    `${PLAN.replies.mean} replies on average within ${PLAN.replies.withinMinutes} minutes`,
    `praise ${percent(PLAN.mix.praise)} %`,
    ...Object.entries(PLAN.complaints).map(([kind, share]) =>
      kind === 'grumble' ? `plain grumbling ${percent(share)}` : `${kind} ${(100 * share).toFixed(1)}`,
    ),
    `${PLAN.loudAuthor.posts[0]} to ${PLAN.loudAuthor.posts[1]} posts in ${PLAN.loudAuthor.minutes} minutes`,
    `${PLAN.viralComplaint.accounts[0]} to ${PLAN.viralComplaint.accounts[1]} accounts`,
    `${PLAN.wireStory.accounts[0]} to ${PLAN.wireStory.accounts[1]} accounts`,
    `${PLAN.questionWave.people[0]} to ${PLAN.questionWave.people[1]} people`,
    `between ${PLAN.hype.factor[0]} and ${PLAN.hype.factor[1]} times`,
    `T−${PLAN.stock.hoursBefore[0]} h and T−${PLAN.stock.hoursBefore[1]} h`,
    `${PLAN.stock.perMinuteAtStart} people a minute to ${PLAN.stock.perMinute[0]}–${PLAN.stock.perMinute[1]}`,
    `over ${PLAN.stock.rampMinutes[0]}–${PLAN.stock.rampMinutes[1]} minutes`,
    `${PLAN.delivery.minutesAfter[0]}–${PLAN.delivery.minutesAfter[1]} minutes after`,
    `${PLAN.sellOutWire.accounts[0]} to ${PLAN.sellOutWire.accounts[1]} accounts`,
    `Seeds ${PLAN.seeds.judge[0]}–${PLAN.seeds.judge[1]} judge`,
    `seed ${PLAN.seeds.demo}`,
  ];
  const flat = page.replace(/\s+/g, ' ').replaceAll('**', '');
  expect(stated.filter((sentence) => !flat.includes(sentence))).toEqual([]);
});

test('a scale beyond the bound is refused', () => {
  expect(() => labelledLaunchNight({ ...whole, scale: 51 })).toThrow('scale');
});
