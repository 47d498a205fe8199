import { readFileSync } from 'node:fs';
import { check } from '@foreshock/model/decode';
import { MENTION_VERSION, Mention } from '@foreshock/model/mention';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFeed } from './charset.ts';
import { type FeedDocument, readFeed, withoutDoctype } from './feed-document.ts';
import { webLink } from './feed-link.ts';
import { EXCERPT_CHARS_MAX, plainBody, plainTitle } from './feed-text.ts';
import { itemMention } from './item-mention.ts';

const read = (file: string, url = 'https://feeds.example/all.xml'): FeedDocument => {
  const result = readFeed(readFileSync(new URL(`testdata/${file}`, import.meta.url), 'utf8'), url);
  if (!result.ok) throw new Error(result.reason);
  return result.document;
};
const mentionsOf = (document: FeedDocument) =>
  document.items.map((item) =>
    itemMention(
      item,
      {
        feedUrl: 'https://feeds.example/all.xml?key=secret',
        feedTitle: 'T',
        observedMs: Date.UTC(2026, 8, 21, 14),
      },
      { op: 'create', replay: false },
    ),
  );

describe('RSS', () => {
  test('gives title, text, link, id, date, author, language, categories and enclosures', () => {
    const { items, ttlMs, skipHours, title } = read('rss.xml');
    expect({ title, ttlMs, skipHours }).toEqual({
      title: 'Gadget & Co. News',
      ttlMs: 1_800_000,
      skipHours: [2, 3],
    });
    expect(items[0]).toEqual({
      id: '17',
      link: 'https://news.example/2026/cancelled?a=1&b=2',
      title: 'Pre-orders cancelled at AT&T',
      text: 'Cancelled\n\nNo stock left, says the shop.',
      publishedMs: Date.UTC(2026, 8, 21, 17, 33, 19),
      author: { name: 'Ada Müller' },
      language: 'en-GB',
      categories: ['launch', '#stock'],
      enclosures: [{ url: 'https://news.example/audio/17.mp3', mediaType: 'audio/mpeg' }],
    });
  });

  test('never opens or expands an entity that the document declares', () => {
    expect(read('rss.xml').items[1]!.title).toBe('No date &secret; &lol;');
  });

  test('takes a permanent guid for the link, and escaped markup for text', () => {
    expect(read('rss.xml').items[1]).toMatchObject({
      link: 'https://news.example/2026/no-date',
      text: 'plain <tags> stay text',
    });
  });
});

test('Atom: nested bases, the HTML page before others, the entry’s own language, titles as text', () => {
  expect(read('atom.xml')).toEqual({
    title: 'Das <Blog>',
    skipHours: [],
    items: [
      {
        id: 'tag:blog.example,2026:1',
        link: 'https://blog.example/a/b/eins',
        title: '1 < 2 und <b>',
        text: 'Still no delivery date.',
        publishedMs: Date.UTC(2026, 8, 21, 11, 33, 19, 250),
        updatedMs: Date.UTC(2026, 8, 21, 14),
        author: { name: 'Bo', url: 'https://blog.example/bo' },
        language: 'en',
        categories: ['Lieferung'],
        enclosures: [{ url: 'https://blog.example/a/b/eins.ogg', mediaType: 'audio/ogg', title: 'Ton' }],
        inReplyTo: 'tag:blog.example,2026:0',
      },
    ],
  });
});

test('RDF and JSON feeds are read alike', () => {
  expect(read('rdf.xml').items[0]).toMatchObject({
    id: 'https://old.example/1',
    link: 'https://old.example/1',
    title: 'Out of stock',
    text: 'again',
    publishedMs: Date.UTC(2026, 8, 21, 13, 33, 19),
    author: { name: 'C' },
  });
  expect(read('feed.json').items).toMatchObject([
    {
      id: 'https://j.example/1',
      title: 'En <rupture>',
      text: 'Plus de stock',
      language: 'fr',
      categories: ['stock'],
    },
    { id: '2', link: 'https://k.example/2', text: '1 < 2' },
  ]);
});

test('Google Alerts: the redirect is unwrapped, the bold marks are gone', () => {
  expect(read('google-alerts.xml').items[0]).toMatchObject({
    id: 'tag:google.com,2013:googlealerts/feed:1',
    link: 'https://paper.example/nova?id=7',
    title: 'NovaPhone pre-orders delayed',
    text: 'Customers of the NovaPhone wait ...',
  });
});

test.each([
  [
    'https://www.google.com/url?url=javascript:alert(1)',
    'https://www.google.com/url?url=javascript:alert(1)',
  ],
  ['https://www.google.co.uk/url?q=https://a.example/', 'https://a.example/'],
  ['https://a.example/url?url=https://b.example/', 'https://a.example/url?url=https://b.example/'],
  ['javascript:alert(1)', undefined],
  ['//c.example/x', 'https://c.example/x'],
  ['', undefined],
])('the link %s leads to %s', (href, link) => {
  expect(webLink(href, 'https://base.example/')).toBe(link);
});

test.each([
  ['<rss version="2.0"></rss>', true],
  ['<feed xmlns="http://www.w3.org/2005/Atom"></feed>', true],
  ['<rss version="2.0"><channel><item><title>a</title></item></channel></rss', true],
  ['{"version":"1.1","title":"t","items":[{"id":"1"}]}', true],
  ['<html><body>moved</body></html>', false],
  ['{"items":', false],
  ['', false],
  ['<rss version="2.0"><channel><title>a</channel>', false],
])('%s is a feed: %s', (text, ok) => {
  expect(readFeed(text, 'https://a.example/').ok).toBe(ok);
});

test.each([
  ['<?xml version="1.0"?><!-- x --><!DOCTYPE rss><rss/>', '<?xml version="1.0"?><!-- x --><rss/>'],
  ['<!doctype rss [<!ENTITY a "]>"> <!ENTITY b \'>\'>]><rss/>', '<rss/>'],
  ['<rss><![CDATA[<!DOCTYPE x>]]></rss>', '<rss><![CDATA[<!DOCTYPE x>]]></rss>'],
  ['<!DOCTYPE rss [', '<!DOCTYPE rss ['],
])('the document type of %s is cut away', (text, expected) => {
  expect(withoutDoctype(text)).toBe(expected);
});

test('a long text is cut to an excerpt at the end of a word', () => {
  const text = plainBody(`<p>${'word '.repeat(5_000)}</p>`, 'html');
  expect(text.length).toBeLessThanOrEqual(EXCERPT_CHARS_MAX);
  expect(text.endsWith('word…')).toBe(true);
  expect(plainBody('x'.repeat(5_000), 'text')).toHaveLength(EXCERPT_CHARS_MAX);
});

test('markup that is nested beyond reading gives no text instead of a fault', () => {
  expect(plainBody('<b>'.repeat(30_000), 'html')).toBe('');
  expect(plainTitle(`${'<i>'.repeat(30_000)}x`, 'html')).toBeUndefined();
});

describe('an item’s mention', () => {
  test('has an id that is unique in its feed where the guid is bare, and on its host where it is an address', () => {
    const [bare, address] = mentionsOf(read('rss.xml'));
    expect(bare).toMatchObject({
      id: expect.stringMatching(/^feed:feeds\.example\/[0-9a-f]{8}:17$/),
      url: 'https://news.example/2026/cancelled?a=1&b=2',
      name: 'Pre-orders cancelled at AT&T',
      published: '2026-09-21T17:33:19.000Z',
      publishedTrust: 'client',
      attributedTo: { id: 'news.example/Ada Müller', name: 'Ada Müller' },
      tag: [
        { type: 'Hashtag', name: 'launch' },
        { type: 'Hashtag', name: 'stock' },
      ],
      attachment: [{ url: 'https://news.example/audio/17.mp3', mediaType: 'audio/mpeg' }],
      ingest: { connector: 'feed', version: '1', replay: false },
    });
    expect(address).toMatchObject({
      id: 'feed:feeds.example:https://news.example/2026/no-date',
      published: '2026-09-21T14:00:00.000Z',
      publishedTrust: 'inferred',
      attributedTo: { id: 'news.example' },
    });
  });

  test('never carries the query of the feed’s address, which may be a credential', () => {
    expect(JSON.stringify(mentionsOf(read('rss.xml')))).not.toContain('key=');
    expect(mentionsOf(read('rss.xml'))[0]).toMatchObject({
      audience: { id: 'feeds.example/all.xml', name: 'T' },
    });
  });

  test('without id, link and title is known by its text and date; without any text it is refused', () => {
    const [, , third, fourth] = mentionsOf(read('rss.xml'));
    expect(third).toMatchObject({ nativeId: expect.stringMatching(/^sha256-[0-9a-f]{32}$/) });
    expect(fourth).toBe('no-words');
  });

  test('fits the schema, whatever the feed says', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 700 });
    const item = fc.record(
      {
        id: hostile,
        link: fc.webUrl({ withQueryParameters: true }),
        title: hostile.map((title) => plainTitle(title, 'html') ?? 'x'),
        text: hostile.map((text) => plainBody(text, 'html')),
        publishedMs: fc.integer({ min: 0, max: 253_402_300_799_999 }),
        author: fc.record({ name: fc.oneof(hostile, fc.constant('a'.repeat(600))), url: fc.webUrl() }),
        categories: fc.array(hostile),
        enclosures: fc.array(fc.record({ url: fc.webUrl(), mediaType: hostile, title: hostile })),
        inReplyTo: hostile,
      },
      { requiredKeys: ['text', 'categories', 'enclosures'] },
    );
    const origin = { feedUrl: 'https://feeds.example/x', observedMs: Date.UTC(2026, 8, 21) };
    fc.assert(
      fc.property(item, fc.constantFrom('create' as const, 'update' as const), (value, op) => {
        const mention = itemMention(value, origin, { op, replay: false });
        if (typeof mention === 'string') return;
        const stored = { ...mention, eventTime: Date.parse(mention.published), v: MENTION_VERSION };
        expect(check(Mention, stored)).toMatchObject({ ok: true });
      }),
    );
  });
});

test('no damage to a feed is more than a reason', () => {
  const samples = ['rss.xml', 'atom.xml', 'rdf.xml', 'feed.json', 'google-alerts.xml'].map((file) =>
    readFileSync(new URL(`testdata/${file}`, import.meta.url)),
  );
  const damage = fc.array(
    fc.record({ at: fc.nat(3_000), remove: fc.nat(40), insert: fc.uint8Array({ maxLength: 8 }) }),
    { minLength: 1, maxLength: 4 },
  );
  const origin = { feedUrl: 'https://feeds.example/x', observedMs: 0 };
  fc.assert(
    fc.property(fc.constantFrom(...samples), damage, (sample, changes) => {
      let bytes: Buffer = sample;
      for (const { at, remove, insert } of changes) {
        const from = at % bytes.length;
        bytes = Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
      }
      const result = readFeed(decodeFeed(bytes, undefined).text, 'https://feeds.example/');
      if (result.ok)
        for (const item of result.document.items) itemMention(item, origin, { op: 'create', replay: true });
    }),
    { numRuns: 500 },
  );
});

test.each(['mailto:x@y.example', 'javascript:x', 'http://'])('the base %s is passed over', (base) => {
  const text = `<rss version="2.0"><channel><link>${base}</link><item><title>a</title><link>/x</link></item></channel></rss>`;
  const result = readFeed(text, 'https://feeds.example/a/b.xml');
  expect(result.ok && result.document.items[0]!.link).toBe('https://feeds.example/x');
});
