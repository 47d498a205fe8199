import { readFileSync } from 'node:fs';
import { check } from '@foreshock/model/decode';
import { MENTION_VERSION, Mention } from '@foreshock/model/mention';
import type { SourceMention } from '@foreshock/model/source';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { realData } from '../../../../../tests/real-data.ts';
import { parseFrame, type StreamEvent } from './parse.ts';

const samples = readFileSync(new URL('testdata/events.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const context = { observedMs: 1_790_000_001_000, replayAfterMs: 1_800_000 };

const mentionOf = (event: StreamEvent): SourceMention => {
  if (event.kind !== 'mention') throw new Error(`expected a mention, not ${event.kind}`);
  return event.mention;
};
const sample = (index: number) => mentionOf(parseFrame(samples[index]!, context));
const frameOf = (change: object) => JSON.stringify({ ...JSON.parse(samples[0]!), ...change });
const frameWith = (record: object) => {
  const event = JSON.parse(samples[0]!);
  event.commit.record = { ...event.commit.record, ...record };
  return JSON.stringify(event);
};

/** What the runner will do: fix the event time, then hold the mention against the schema. */
const fits = (mention: SourceMention) =>
  check(Mention, { ...mention, eventTime: Date.parse(mention.published), v: MENTION_VERSION });

describe('a post', () => {
  test('becomes a mention with its identity, address, author, time and language', () => {
    expect(sample(0)).toMatchObject({
      id: 'bluesky:at:did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/3maaaaaaaaaa1',
      op: 'create',
      type: 'Note',
      source: 'bluesky',
      access: 'public',
      nativeId: 'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3maaaaaaaaaa1',
      url: 'https://bsky.app/profile/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/post/3maaaaaaaaaa1',
      published: '2026-09-21T13:33:19.500Z',
      publishedTrust: 'client',
      observed: '2026-09-21T14:13:21.000Z',
      content: '💥 Ünable to preorder #NovaPhone from @shop.example, see shop.example/nova',
      language: 'en-US',
      languageBy: 'declared',
      attributedTo: { id: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' },
      ingest: { connector: 'jetstream', version: '1', cursor: '1790000000000000', replay: false },
    });
  });

  test('has its facets read by UTF-8 bytes, not by characters', () => {
    expect(sample(0).tag).toEqual([
      { type: 'Hashtag', name: 'NovaPhone' },
      {
        type: 'Mention',
        name: 'shop.example',
        href: 'https://bsky.app/profile/did:plc:shopshopshopshopshopshop',
      },
      { type: 'Link', name: 'shop.example/nova', href: 'https://shop.example/nova?ref=1' },
    ]);
  });

  test('names what it answers, quotes and links to, and how its author labelled it', () => {
    expect(sample(1)).toMatchObject({
      inReplyTo: 'bluesky:at:did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/3maaaaaaaaaa1',
      context: 'bluesky:at:did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/3maaaaaaaaaa1',
      quote: 'bluesky:at:did:plc:cccccccccccccccccccccccc/3mcccccccccc1',
      tag: [
        { type: 'Hashtag', name: 'launch' },
        { type: 'Link', name: 'Launch in trouble', href: 'https://news.example/a' },
      ],
      sensitive: true,
    });
  });

  test.each([
    ['byteEnd past the text', { byteStart: 0, byteEnd: 999 }],
    ['a range that cuts through a character', { byteStart: 1, byteEnd: 4 }],
    ['a range that ends before it starts', { byteStart: 9, byteEnd: 3 }],
    ['a range of fractions', { byteStart: 0.5, byteEnd: 4 }],
    ['no range', undefined],
  ])('keeps a link whose facet has %s, without a name', (_, index) => {
    const features = [{ $type: 'app.bsky.richtext.facet#link', uri: 'https://a.example/' }];
    const { tag } = mentionOf(parseFrame(frameWith({ facets: [{ index, features }] }), context));
    expect(tag).toEqual([{ type: 'Link', href: 'https://a.example/' }]);
  });

  test.each(['javascript:alert(1)', 'not a url', 7, `https://a.example/${'x'.repeat(3_000)}`])(
    'leaves out the link %s',
    (uri) => {
      const features = [{ $type: 'app.bsky.richtext.facet#link', uri }];
      const facets = [{ index: { byteStart: 0, byteEnd: 4 }, features }];
      expect(mentionOf(parseFrame(frameWith({ facets }), context)).tag).toBeUndefined();
    },
  );

  test.each([
    'yesterday',
    '0000-00-00T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '2026-09-21T13:33:19',
    5,
    undefined,
  ])('created at %s takes the time of the stream', (createdAt) => {
    expect(mentionOf(parseFrame(frameWith({ createdAt }), context))).toMatchObject({
      published: '2026-09-21T14:13:20.000Z',
      publishedTrust: 'server',
    });
  });

  test('that the stream saw longer ago than the limit is history', () => {
    const late = (observedMs: number) =>
      mentionOf(parseFrame(samples[0]!, { ...context, observedMs })).ingest.replay;
    expect(late(1_790_000_000_000 + 1_800_000)).toBe(false);
    expect(late(1_790_000_000_000 + 1_800_001)).toBe(true);
  });
});

test('a repost announces its subject and has no words of its own', () => {
  const repost = sample(2);
  expect(repost).toMatchObject({
    op: 'announce',
    content: '',
    object: 'bluesky:at:did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/3maaaaaaaaaa1',
    attributedTo: { id: 'did:plc:cccccccccccccccccccccccc' },
  });
});

test('an edit keeps the id and tells when it was made', () => {
  expect(sample(4)).toMatchObject({
    id: sample(0).id,
    op: 'update',
    published: '2026-09-21T13:33:19.500Z',
    updated: '2026-09-21T14:13:20.400Z',
  });
});

test('a deletion keeps the id and has no content', () => {
  expect(sample(5)).toMatchObject({ id: sample(1).id, op: 'delete', content: '', publishedTrust: 'server' });
});

test('a like, an identity event and a deactivation are ignored; a deleted account is to be erased', () => {
  const kinds = [3, 6, 7].map((index) => parseFrame(samples[index]!, context).kind);
  expect(kinds).toEqual(['ignored', 'ignored', 'ignored']);
  expect(parseFrame(samples[8]!, context)).toEqual({
    kind: 'erase',
    timeUs: 1_790_000_000_800_000,
    author: 'bluesky:did:plc:bbbbbbbbbbbbbbbbbbbbbbbb',
  });
});

test.each([
  ['half a frame', samples[0]!.slice(0, 200), 'not-json'],
  ['an array', '[]', 'not-an-event'],
  ['nothing', '', 'not-json'],
  ['a time in seconds', frameOf({ time_us: 1_790_000_000 }), 'bad-time'],
  ['a time as text', frameOf({ time_us: '1790000000000000' }), 'bad-time'],
  ['a time beyond exact numbers', frameOf({ time_us: 1e18 }), 'bad-time'],
  ['a handle for the author', frameOf({ did: 'alice.example' }), 'bad-author'],
  ['a line break in the author', frameOf({ did: 'did:plc:a\nb' }), 'bad-author'],
  ['an endless author', frameOf({ did: `did:plc:${'a'.repeat(600)}` }), 'bad-author'],
  ['no commit', frameOf({ commit: null }), 'bad-record'],
  ['text that is no text', frameWith({ text: { $type: 'x' } }), 'bad-record'],
])('%s is refused', (_, frame, reason) => {
  expect(parseFrame(frame, context)).toEqual({ kind: 'refused', reason });
});

test('a slash in the key and a repost of what is no post are refused', () => {
  const post = JSON.parse(samples[0]!);
  post.commit.rkey = 'a/b';
  expect(parseFrame(JSON.stringify(post), context)).toEqual({ kind: 'refused', reason: 'bad-key' });
  const repost = JSON.parse(samples[2]!);
  repost.commit.record.subject.uri = 'at://did:plc:a/app.bsky.feed.generator/x';
  expect(parseFrame(JSON.stringify(repost), context)).toEqual({ kind: 'refused', reason: 'bad-subject' });
});

test('every sample gives a mention that fits the schema', () => {
  const events = samples.map((frame) => parseFrame(frame, context));
  const mentions = events.filter((event) => event.kind === 'mention').map(mentionOf);
  expect(mentions).toHaveLength(5);
  for (const mention of mentions) expect(fits(mention)).toMatchObject({ ok: true });
});

test('whatever an author puts into a record, the mention fits the schema or the frame is refused', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.jsonValue(),
    fc.constantFrom(...samples),
  );
  const record = fc.record(
    {
      text: fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), hostile),
      createdAt: fc.oneof(
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        hostile,
      ),
      langs: fc.oneof(fc.array(hostile, { maxLength: 3 }), hostile),
      facets: fc.array(
        fc.record({
          index: fc.oneof(fc.record({ byteStart: fc.integer(), byteEnd: fc.integer() }), hostile),
          features: fc.array(
            fc.record({
              $type: fc.constantFrom(
                'app.bsky.richtext.facet#tag',
                'app.bsky.richtext.facet#link',
                'app.bsky.richtext.facet#mention',
              ),
              tag: hostile,
              uri: fc.oneof(fc.webUrl(), hostile),
              did: hostile,
            }),
          ),
        }),
      ),
      tags: fc.oneof(fc.array(hostile), hostile),
      embed: hostile,
      reply: hostile,
      labels: hostile,
      subject: hostile,
    },
    { requiredKeys: [] },
  );
  const commit = fc.record({
    operation: fc.constantFrom('create', 'update', 'delete', 'other'),
    collection: fc.constantFrom('app.bsky.feed.post', 'app.bsky.feed.repost', 'app.bsky.feed.like'),
    rkey: fc.oneof(fc.constant('3maaaaaaaaaa1'), hostile),
    record,
  });
  fc.assert(
    fc.property(commit, (value) => {
      const event = parseFrame(frameOf({ commit: value }), context);
      if (event.kind === 'mention') expect(fits(event.mention)).toMatchObject({ ok: true });
    }),
    { numRuns: 300 },
  );
});

const recorded = realData('sources/jetstream');
if (!recorded) console.warn('The real data folder is absent: recorded samples are NOT RUN');
describe(`recorded events${recorded ? '' : ' (NOT RUN: the real data folder is absent)'}`, () => {
  test.runIf(recorded)('are understood one and all', () => {
    const frames = ['events-all-kinds.jsonl', 'events-window-a.jsonl'].flatMap((file) =>
      readFileSync(`${recorded}/${file}`, 'utf8').trim().split('\n'),
    );
    const events = frames.map((frame) => parseFrame(frame, { ...context, observedMs: 1_783_175_889_000 }));
    const counts = new Map<string, number>();
    for (const event of events) {
      const name = event.kind === 'mention' ? event.mention.op : event.kind;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      if (event.kind === 'mention') expect(fits(event.mention)).toMatchObject({ ok: true });
    }
    expect(Object.fromEntries(counts)).toEqual({ create: 9, announce: 9, ignored: 68 });
  });
});
