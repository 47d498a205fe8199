import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realData } from '../../../../../tests/real-data.ts';
import { decodeFeed } from './charset.ts';
import { type FeedItem, readFeed } from './feed-document.ts';
import { plainTitle } from './feed-text.ts';
import { itemMention } from './item-mention.ts';

/**
 * Feeds collected by other feed readers, with what those readers expect. Expected titles may hold markup and
 * expected links may be unresolved, so both sides are compared as a reader would see them.
 */
const folder = realData('sources/feeds');
const BASE = 'http://127.0.0.1:8097/';

interface Expectation {
  readonly file: string;
  readonly entry: number;
  readonly field: 'title' | 'link' | 'id';
  readonly value: string;
}

/** What we do not follow, and why. */
const APART = new Map([
  [
    'feedparser/wellformed/base/http_entry_title_base64_base_docuri.xml 0 title',
    'Atom 0.3 could carry a title in base64; nobody does',
  ],
  ['feedparser/wellformed/namespace/rss2.0NSwithModulesNoDefNS.xml 0 title', 'the root element has a prefix'],
  ['feedparser/wellformed/rss/entity_in_doctype.xml 0 id', 'no entity that a document declares is expanded'],
]);

function feeds(): string[] {
  const files = readdirSync(folder!, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(README|LICENSE)|expected\.json$/.test(entry.name))
    .map((entry) => relative(folder!, join(entry.parentPath, entry.name)));
  // This one holds what a reader made of the .xml beside it.
  return files
    .filter((file) => file !== 'gofeed/feed_item_fallbacks_-_rss_channel_item_extensions.json')
    .sort();
}

function itemsOf(file: string): readonly FeedItem[] | string {
  const bytes = readFileSync(join(folder!, file));
  const contentType = /Header:\s*Content-type:\s*(.*)/i.exec(bytes.toString('latin1'))?.[1];
  const read = readFeed(decodeFeed(bytes, contentType).text, BASE);
  return read.ok ? read.document.items : read.reason;
}

/** `entries[0]['title'] == 'x'` in the first comment of a feedparser file. */
function feedparserExpectations(file: string): Expectation[] {
  const text = decodeFeed(readFileSync(join(folder!, file)), undefined).text;
  const line = /Expect:\s*(.*)/.exec(text)?.[1] ?? '';
  const parts = line.matchAll(
    /entries\[(\d)\](?:\['(title|link|id|guid)'\]|\.(link))[^'"]*?== ?(?:entries.*?== ?)?u?(["'])(.*?)\4/g,
  );
  return [...parts].map(([, entry, key, attribute, , value]) => {
    const field = key ?? attribute!;
    return {
      file,
      entry: Number(entry),
      field: field === 'guid' ? 'id' : (field as 'title'),
      value: unescaped(value!),
    };
  });
}

const unescaped = (python: string): string =>
  python.replace(/\\(?:u([0-9a-f]{4})|x([0-9a-f]{2}))/gi, (_, four, two) =>
    String.fromCharCode(Number.parseInt(four ?? two, 16)),
  );

/** What another reader made of the feed beside. */
function jsonExpectations(file: string): Expectation[] {
  const beside = [
    file.replace(/\.(rss|atom|xml)$/, '.expected.json'),
    file.replace(/\.json$/, '_expected.json'),
  ];
  const found = beside.find((path) => path !== file && realData(`sources/feeds/${path}`));
  if (!found) return [];
  const value = JSON.parse(readFileSync(join(folder!, found), 'utf8'));
  const items: Record<string, unknown>[] = value.feed?.items ?? value.items ?? [];
  return items.flatMap((item, entry) =>
    (['title', 'link', 'id'] as const).flatMap((field) => {
      const expected =
        field === 'id'
          ? (item['guid'] ?? item['id'])
          : (item[field] ?? (field === 'link' ? item['url'] : undefined));
      return typeof expected === 'string' && expected.trim() ? [{ file, entry, field, value: expected }] : [];
    }),
  );
}

function agrees({ field, value }: Expectation, item: FeedItem | undefined): boolean {
  const ours = item?.[field];
  if (ours === undefined) return false;
  if (field === 'title')
    return ours === value || ours === plainTitle(value, 'html') || ours === plainTitle(value, 'text');
  if (field === 'link') return URL.canParse(value, BASE) && ours === new URL(value, BASE).href;
  return ours === value.trim();
}

if (!folder) console.warn('The real data folder is absent: recorded samples are NOT RUN');
describe(`feeds of other readers${folder ? '' : ' (NOT RUN: the real data folder is absent)'}`, () => {
  test.runIf(folder)('are all read without a fault, and every item gives a mention or a reason', () => {
    const unread: string[] = [];
    for (const file of feeds()) {
      const items = itemsOf(file);
      if (typeof items === 'string') unread.push(`${file}: ${items}`);
      else
        for (const item of items)
          itemMention(item, { feedUrl: BASE, observedMs: 0 }, { op: 'create', replay: true });
    }
    expect(feeds().length).toBeGreaterThan(350);
    expect(unread).toEqual(['rss-parser/unrecognized.rss: not-a-feed']);
  });

  test.runIf(folder)('give the titles, links and ids that their readers expect', () => {
    const expectations = feeds().flatMap((file) => [
      ...feedparserExpectations(file),
      ...jsonExpectations(file),
    ]);
    const missed: string[] = [];
    for (const expectation of expectations) {
      const items = itemsOf(expectation.file);
      const name = `${expectation.file} ${expectation.entry} ${expectation.field}`;
      if (typeof items === 'string' || !agrees(expectation, items[expectation.entry])) missed.push(name);
    }
    expect(missed).toEqual([...APART.keys()]);
    expect(expectations).toHaveLength(187);
  });
});
