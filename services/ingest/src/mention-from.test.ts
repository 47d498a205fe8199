import type { Mention } from '@foreshock/model/mention';
import type { SourceMention } from '@foreshock/model/source';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalBytes, orderedMention } from './canonical-mention.ts';
import { type Arrival, mentionFrom, mentionFromSource } from './mention-from.ts';
import { REFUSALS } from './refusal.ts';

const observed = Date.UTC(2026, 10, 20, 22, 0);
const arrival: Arrival = {
  source: 'shop',
  otherSource: 'as-instance',
  access: 'public',
  connector: 'push',
  observed,
  latenessMs: 1_800_000,
};
const taken = (input: unknown, over: Partial<Arrival> = {}): Mention => {
  const read = mentionFrom(input, { ...arrival, ...over });
  if (!read.ok) throw new Error(`${read.refusal.code} ${read.refusal.field}: ${read.refusal.reason}`);
  return read.mention;
};
const refusedAs = (input: unknown, over: Partial<Arrival> = {}): string => {
  const read = mentionFrom(input, { ...arrival, ...over });
  return read.ok ? 'taken' : `${read.refusal.code} ${read.refusal.field}`;
};
const short = { id: '1', text: 'still no delivery date', author: 'ann', published: '2026-11-20T21:59:30Z' };

describe('the short form', () => {
  test('becomes a whole mention', () => {
    expect(taken(short)).toEqual({
      op: 'create',
      source: 'shop',
      eventTime: observed - 30_000,
      id: 'shop:1',
      v: 1,
      type: 'Note',
      access: 'public',
      nativeId: '1',
      published: '2026-11-20T21:59:30.000Z',
      publishedTrust: 'client',
      observed: '2026-11-20T22:00:00.000Z',
      content: 'still no delivery date',
      attributedTo: { id: 'ann' },
      ingest: { connector: 'push', version: '1', replay: false },
    });
  });

  test('text alone is enough: its time is now and its identity is what it says', () => {
    const first = taken({ text: 'out of stock' });
    expect(first).toMatchObject({ eventTime: observed, publishedTrust: 'inferred', content: 'out of stock' });
    expect(taken({ text: 'out of stock' }, { observed: observed + 5 }).id).toBe(first.id);
    expect(taken({ text: 'out of stock', author: 'bo' }).id).not.toBe(first.id);
  });

  test('an id that is whole already stays as it is', () => {
    expect(taken({ ...short, id: 'shop:1' })).toMatchObject({ id: 'shop:1', nativeId: '1' });
    expect(taken({ ...short, id: 'shop:de:1', instance: 'de' })).toMatchObject({
      id: 'shop:de:1',
      nativeId: '1',
    });
    expect(taken({ ...short, id: 7 })).toMatchObject({ id: 'shop:7', nativeId: '7' });
  });

  test('references get the same form as ids', () => {
    expect(taken({ ...short, inReplyTo: '0', context: 'shop:9', quote: 5 })).toMatchObject({
      inReplyTo: 'shop:0',
      context: 'shop:9',
      quote: 'shop:5',
    });
  });

  test('null means absent', () => {
    expect(taken({ ...short, url: null, language: null })).not.toHaveProperty('url');
  });

  test('an author may be known by a name only', () => {
    expect(taken({ ...short, author: { preferredUsername: 'ann' } }).attributedTo).toEqual({
      id: 'ann',
      preferredUsername: 'ann',
    });
    expect(taken({ ...short, author: 12 }).attributedTo).toEqual({ id: '12' });
  });

  test('HTML is reduced to what a reader sees', () => {
    const html =
      '<p>still <b>no</b> <a href="https://evil.example">date</a> &amp; no answer</p><script>x()</script>';
    expect(taken({ ...short, text: html, contentType: 'html' }).content).toBe('still no date & no answer');
    expect(taken({ ...short, text: html }).content).toBe(html);
  });

  test('text is in NFC, ids are left alone', () => {
    const mention = taken({
      ...short,
      id: 'cafe\u0301',
      text: 'cafe\u0301',
      author: { id: 'e\u0301', name: 'e\u0301' },
    });
    expect(mention.content).toBe('caf\u00e9');
    expect(mention.nativeId).toBe('cafe\u0301');
    expect(mention.attributedTo).toEqual({ id: 'e\u0301', name: '\u00e9' });
  });
});

describe('the full form', () => {
  const full = taken(short);

  test('what was stored is taken again as the same mention', () => {
    expect(taken(full)).toEqual(full);
    expect(canonicalBytes(taken(full)).equals(canonicalBytes(full))).toBe(true);
  });

  test('computed fields are computed again, not believed', () => {
    const forged = { ...full, eventTime: 0, id: 'other:1', observed: '1999-01-01T00:00:00.000Z' };
    expect(taken(forged)).toEqual(full);
  });

  test('another source’s name is kept as the instance: no token writes in another’s name', () => {
    const other = { ...full, source: 'bluesky', nativeId: 'at://x/1', op: 'delete' };
    expect(taken(other)).toMatchObject({
      source: 'shop',
      instance: 'bluesky',
      id: 'shop:bluesky:at://x/1',
    });
    expect(taken({ ...other, instance: 'a' }).id).toBe('shop:bluesky/a:at://x/1');
    expect(taken(other, { otherSource: 'keep' }).id).toBe('bluesky:at://x/1');
  });

  test('a file’s mention keeps its own clock and needs one', () => {
    const old = { ...full, published: '2015-02-24T19:35:52.000Z', observed: '2015-02-24T19:35:53.000Z' };
    expect(taken(old, { fromFile: true })).toMatchObject({
      eventTime: Date.UTC(2015, 1, 24, 19, 35, 52),
      observed: '2015-02-24T19:35:53.000Z',
      ingest: { replay: true },
    });
    expect(refusedAs({ text: 'x' }, { fromFile: true })).toBe('missing /published');
  });

  test('pushed history is history', () => {
    const old = { ...short, published: '2015-02-24T19:35:52.000Z' };
    expect(taken(old).eventTime).toBe(observed);
    expect(taken({ ...old, replay: true })).toMatchObject({
      eventTime: Date.UTC(2015, 1, 24, 19, 35, 52),
      ingest: { replay: true },
    });
    expect(taken({ ...old, ingest: { replay: true } }).ingest.replay).toBe(true);
  });
});

describe('deletes, updates, reposts', () => {
  test('a delete carries nothing of the text it removes', () => {
    const mention = taken({ ...short, op: 'delete', name: 'title', tag: [{ type: 'Hashtag', name: 'x' }] });
    expect(mention).toMatchObject({ op: 'delete', id: 'shop:1', content: '' });
    expect(JSON.stringify(mention)).not.toMatch(/title|delivery|Hashtag/);
  });

  test('an update is the same mention', () => {
    expect(taken({ ...short, op: 'update', text: 'solved' })).toMatchObject({ op: 'update', id: 'shop:1' });
  });

  test.each([
    [{ op: 'delete' }, 'missing /id'],
    [{ op: 'update', text: 'x' }, 'missing /id'],
    [{ op: 'announce', id: '2' }, 'missing /object'],
  ])('%j is %s', (input, expected) => {
    expect(refusedAs(input)).toBe(expected);
  });

  test('a repost names what it shares', () => {
    expect(taken({ op: 'announce', id: '2', object: '1' })).toMatchObject({ object: 'shop:1', content: '' });
  });
});

describe('private sources', () => {
  const author = { id: 'ann@example.org', name: 'Ann Example', followers: 3 };

  test('authors leave only as a keyed name, the same each time', () => {
    const key = { access: 'private', identityKey: '0'.repeat(32) } as const;
    const mention = taken({ ...short, author }, key);
    expect(mention.attributedTo?.id).toMatch(/^private-[0-9a-f]{24}$/);
    expect(JSON.stringify(mention)).not.toMatch(/ann|Ann/);
    expect(taken({ ...short, id: '2', author }, key).attributedTo).toEqual(mention.attributedTo);
    expect(taken({ ...short, author }, { ...key, identityKey: '1'.repeat(32) }).attributedTo).not.toEqual(
      mention.attributedTo,
    );
  });

  test('without a key authors are left out', () => {
    expect(taken({ ...short, author }, { access: 'private' })).not.toHaveProperty('attributedTo');
  });

  test('a record may be more private than its source, never less', () => {
    expect(taken({ ...short, access: 'private' }).access).toBe('private');
    expect(taken({ ...short, access: 'public' }, { access: 'owned' }).access).toBe('owned');
  });
});

describe('what is refused, with its field', () => {
  const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
  test.each<[string, unknown, string]>([
    ['a string', 'x', 'not-an-object '],
    ['a number', 1, 'not-an-object '],
    ['null', null, 'not-an-object '],
    ['an array', [[]], 'not-an-object '],
    ['nothing said', {}, 'missing /content'],
    ['only white space', { text: ' \n' }, 'missing /content'],
    ['text that is no string', { text: { a: 1 } }, 'invalid /content'],
    ['text twice', { text: 'a', content: 'b' }, 'conflict /text'],
    ['time twice', { ...short, timestamp: 1 }, 'conflict /timestamp'],
    ['an unknown field', { ...short, colour: 'red' }, 'invalid '],
    ['an unknown op', { ...short, op: 'explode' }, 'invalid /op'],
    ['a wrong type', { ...short, sensitive: 'yes' }, 'invalid /sensitive'],
    ['a newer version', { ...short, v: 2 }, 'wrong-version /v'],
    ['an unreadable date', { ...short, published: 'yesterday' }, 'bad-date /published'],
    ['a date without a zone', { ...short, published: '2026-11-20 21:00:00' }, 'bad-date /published'],
    ['a wrong second date', { ...short, updated: 'soon' }, 'bad-date /updated'],
    ['an impossible date in history', { ...short, published: 0, replay: true }, 'impossible-date /published'],
    ['a script URL', { ...short, url: 'javascript:alert(1)' }, 'bad-url /url'],
    ['text beyond the bound', { ...short, text: 'x'.repeat(20_001) }, 'too-long /content'],
    ['a lone surrogate', { ...short, text: 'a\ud83d' }, 'lone-surrogate /content'.replace('content', 'text')],
    [
      'a lone surrogate inside',
      { ...short, author: { id: '1', name: '\udc00' } },
      'lone-surrogate /author/name',
    ],
    ['__proto__', JSON.parse('{"text":"x","__proto__":{"admin":true}}'), 'forbidden-key /__proto__'],
    ['constructor', { text: 'x', author: { constructor: 1 } }, 'forbidden-key /author/constructor'],
    ['depth 10,000', { text: 'x', tag: deep(10_000) }, 'too-deep /tag/a/a/a/a/a/a/a'],
    ['10,000 values', { text: 'x', tag: Array(10_000).fill(1) }, 'too-many-values '],
    ['an id beyond 2^53', { ...short, id: Number('570306133677760513') }, 'invalid /id'],
    ['an empty id', { ...short, id: '' }, 'invalid /id'],
    ['an id with a line break', { ...short, id: 'a\nb' }, 'invalid /id'],
    ['a source that is no name', { ...short, source: 7 }, 'invalid /source'],
    ['HTML too deep', { ...short, text: '<div>'.repeat(19_000), contentType: 'html' }, 'too-long /content'],
    ['an unknown content type', { ...short, contentType: 'pdf' }, 'invalid /contentType'],
  ])('%s', (_name, input, expected) => {
    expect(refusedAs(input)).toBe(expected);
  });

  test('nothing reaches a prototype', () => {
    refusedAs(
      JSON.parse('{"text":"x","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    );
    expect({}).not.toHaveProperty('polluted');
  });

  test('whatever JSON comes, the answer is a mention of the schema or a listed code', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ text: fc.jsonValue(), id: fc.jsonValue() })),
        (value) => {
          const read = mentionFrom(value, arrival);
          if (!read.ok) return read.refusal.code in REFUSALS && read.refusal.reason.length < 300;
          return taken(read.mention).id === read.mention.id;
        },
      ),
    );
  });
});

describe('canonical bytes', () => {
  test('begin with op, source, event time and do not depend on the order of building', () => {
    const mention = taken({
      ...short,
      author: { name: 'Ann', id: 'ann' },
      tag: [{ name: 'x', type: 'Hashtag' }],
    });
    const shuffled = Object.fromEntries(Object.entries(mention).reverse()) as Mention;
    const bytes = canonicalBytes(mention);
    expect(bytes.toString()).toMatch(
      /^\{"op":"create","source":"shop","eventTime":\d+,"id":"shop:1","v":1,"type"/,
    );
    expect(bytes.toString()).toContain('"attributedTo":{"id":"ann","name":"Ann"}');
    expect(canonicalBytes(shuffled).equals(bytes)).toBe(true);
    expect(orderedMention(shuffled)).toEqual(mention);
  });

  test('hold text as UTF-8 without escapes', () => {
    expect(canonicalBytes(taken({ ...short, text: 'délai ✈ \u2028' })).toString()).toContain(
      '"délai ✈ \u2028"',
    );
  });
});

describe('a connector’s mention', () => {
  const { eventTime: _e, v: _v, ...rest } = taken(short);
  const fromConnector: SourceMention = { ...rest, source: 'bluesky', id: 'bluesky:1' };

  test('gets its event time and version and keeps its own source and provenance', () => {
    const read = mentionFromSource(fromConnector, { latenessMs: 1_800_000 });
    expect(read).toMatchObject({
      ok: true,
      mention: { source: 'bluesky', id: 'bluesky:1', eventTime: observed - 30_000, v: 1 },
    });
  });

  test('is checked like everybody else’s', () => {
    const broken = { ...fromConnector, content: 'x\ud800' };
    expect(mentionFromSource(broken, { latenessMs: 1 })).toMatchObject({
      refusal: { code: 'lone-surrogate' },
    });
    const long = { ...fromConnector, content: 'x'.repeat(20_001) };
    expect(mentionFromSource(long, { latenessMs: 1 })).toMatchObject({ refusal: { code: 'too-long' } });
    const undated = { ...fromConnector, observed: 'now' };
    expect(mentionFromSource(undated, { latenessMs: 1 })).toMatchObject({ refusal: { code: 'bad-date' } });
  });
});
