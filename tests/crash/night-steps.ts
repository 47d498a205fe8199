import { encodeJson } from '@foreshock/model/canonical-json';
import type { Config, IssuePack } from '@foreshock/model/config';
import type { Mention, SourceStatus } from '@foreshock/model/mention';
import type { Command, Tick } from '@foreshock/model/signal';
import { type NewRecord, partitionOf } from '@foreshock/topic-log/contract';
import { seeded } from '../simulation/small-night.ts';

export const MINUTE_MS = 60_000;
export const HISTORY_START = Date.parse('2026-09-15T00:00:00Z');
/** A day is learned, and an hour more, so that the trouble is not the first thing after learning. */
const HISTORY_MINUTES = 25 * 60;
export const TROUBLE_START = HISTORY_START + HISTORY_MINUTES * MINUTE_MS;
const TROUBLE_MINUTES = 30;
/** Long enough for the longest window to empty and for half an hour of calm after it. */
const CALM_MINUTES = 270;
const SOURCE = 'till';

export const PACKS: readonly IssuePack[] = [
  {
    id: 'stock',
    name: 'Stock',
    description: 'None left.',
    language: 'en',
    phrases: ['sold out'],
    examples: ['it is sold out'],
    counterExamples: ['it is here'],
  },
];

/** `steady` takes everything at once, `flaky` refuses the first attempt of every body after having read it. */
export const nightConfig = (partitions: number): Config => ({
  version: 1,
  partitions,
  lateness: '5m',
  sources: [{ name: SOURCE, kind: 'push' }],
  watches: [
    { id: 'orion', any: ['orion'], page: { rarity: '3d', people: 5 } },
    { id: 'buds', any: ['buds'], page: { rarity: '3d', people: 5 } },
  ],
  receivers: ['steady', 'flaky'].map((id) => ({
    id,
    kind: 'webhook',
    url: `https://${id}.example/in`,
    secret: { env: 'HOOK_SECRET' },
  })),
});

/** What the driver does next, acknowledged as a whole or tried again. `quiet`: first everything must be folded. */
export interface NightStep {
  readonly topic: 'mentions' | 'signals';
  readonly records: readonly NewRecord[];
  readonly quiet: boolean;
}

/** One post as the driver knows it: what must become of it follows from the words the driver put into it. */
export interface DraftedPost {
  readonly id: string;
  readonly watches: readonly string[];
}

export interface Night {
  readonly history: readonly NightStep[];
  readonly trouble: readonly NightStep[];
  readonly posts: readonly DraftedPost[];
  /** Records that nobody can read, by key. */
  readonly unreadable: readonly string[];
}

/** A day of chatter, then half an hour in which people find nothing left, then calm; the same for the same seed. */
export function draftNight(seed: number, partitions: number): Night {
  const random = seeded(seed);
  const posts: DraftedPost[] = [];
  const unreadable: string[] = [];

  const post = (minute: number, kind: 'chat' | 'complaint' | 'other'): NewRecord => {
    const n = posts.length;
    const watches = kind === 'other' ? [] : random() < 0.2 ? ['orion', 'buds'] : ['orion'];
    const about = kind === 'other' ? 'the weather' : watches.length > 1 ? 'orion buds' : 'the orion';
    const own = wordsOf(random, 8);
    const words = kind === 'complaint' ? `${about} is sold out ${own}` : `${about} ${own}`;
    const atMs = HISTORY_START + minute * MINUTE_MS + Math.floor(random() * MINUTE_MS);
    const mention = mentionOf({
      id: `${SOURCE}:${n}`,
      atMs,
      words,
      author: `author-${Math.floor(random() * 900)}`,
    });
    posts.push({ id: mention.id, watches });
    return { key: mention.id, partition: partitionOf(mention.id, partitions), value: encodeJson(mention) };
  };
  const garbage = (minute: number): NewRecord => {
    const key = `${SOURCE}:garbage-${minute}`;
    unreadable.push(key);
    return {
      key,
      partition: partitionOf(key, partitions),
      value: Buffer.from('{"op":"create","source":"till","content":"the orion is so'),
    };
  };
  const status = (minute: number): NewRecord[] => {
    const eventTime = HISTORY_START + minute * MINUTE_MS;
    const record: SourceStatus = {
      op: 'status',
      source: SOURCE,
      eventTime,
      v: 1,
      name: SOURCE,
      mode: 'pushed',
      state: 'connected',
      completeUpTo: eventTime,
    };
    return Array.from({ length: partitions }, (_, partition) => ({
      key: `@status/${SOURCE}/${eventTime}`,
      partition,
      value: encodeJson(record),
    }));
  };
  const tick = (minute: number): NightStep => {
    const record: Tick = { kind: 'tick', v: 1, at: HISTORY_START + minute * MINUTE_MS };
    return { topic: 'signals', records: [{ key: null, value: encodeJson(record) }], quiet: false };
  };
  const mentions = (records: NewRecord[]): NightStep => ({ topic: 'mentions', records, quiet: false });

  const history: NightStep[] = [];
  for (let minute = 10; minute <= HISTORY_MINUTES; minute += 10) {
    const records: NewRecord[] = [];
    if (random() < 0.7)
      records.push(post(minute - 1 - Math.floor(random() * 9), random() < 0.04 ? 'complaint' : 'chat'));
    history.push(mentions([...records, ...status(minute)]));
  }

  history.push(tick(HISTORY_MINUTES));

  const trouble: NightStep[] = [];
  for (let part = 0; part < 6; part++) {
    const minute = HISTORY_MINUTES + (part * TROUBLE_MINUTES) / 6;
    const records = [post(minute, 'complaint'), post(minute + 1, 'chat'), post(minute + 1, 'complaint')];
    if (part % 2 === 0) records.push(post(minute + 2, 'other'), post(minute + 2, 'complaint'));
    if (part === 3) records.push(garbage(minute));
    trouble.push(mentions(records), mentions(status(minute + TROUBLE_MINUTES / 6)));
    if (part === 4) trouble.push(tick(minute), acknowledgement(minute));
  }
  for (
    let minute = HISTORY_MINUTES + TROUBLE_MINUTES + 30;
    minute <= HISTORY_MINUTES + TROUBLE_MINUTES + CALM_MINUTES;
    minute += 30
  )
    trouble.push(mentions([post(minute - 8, 'chat'), ...status(minute)]));
  trouble.push({ ...tick(HISTORY_MINUTES + 12 * 60), quiet: true });
  return { history, trouble, posts, unreadable };
}

/** No two posts alike: near-copies of one text count as one voice. */
const wordsOf = (random: () => number, count: number): string =>
  Array.from({ length: count }, () => POOL[Math.floor(random() * POOL.length)]).join(' ');
const POOL = (
  'window river candle garden winter pocket ladder silver marble button forest kitchen harbour market railway ' +
  'blanket corner dinner engine feather glacier hammer island jacket kettle lantern mirror needle orchard pepper'
).split(' ');

const acknowledgement = (minute: number): NightStep => {
  const record: Command = {
    kind: 'command',
    v: 1,
    id: 'acknowledged-once',
    verb: 'acknowledge',
    incident: 'orion-1',
    actor: 'ann',
    via: 'cli',
    at: HISTORY_START + minute * MINUTE_MS,
  };
  return { topic: 'signals', records: [{ key: null, value: encodeJson(record) }], quiet: true };
};

export function mentionOf(post: {
  readonly id: string;
  readonly atMs: number;
  readonly words: string;
  readonly author: string;
}): Mention {
  const published = new Date(post.atMs).toISOString();
  const [source = '', nativeId = ''] = post.id.split(':');
  return {
    op: 'create',
    source,
    eventTime: post.atMs,
    id: post.id,
    v: 1,
    type: 'Note',
    access: 'public',
    nativeId,
    published,
    publishedTrust: 'server',
    observed: published,
    content: post.words,
    attributedTo: { id: post.author },
    ingest: { connector: 'push', version: '1', replay: false },
  };
}
