import { encodeJson } from '@foreshock/model/canonical-json';
import type { Watch } from '@foreshock/model/config';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileMatcher, type MatchInput } from './matcher.ts';
import { compilePrefilter } from './prefilter.ts';

const watches: Watch[] = [
  {
    id: 'acme',
    any: [
      'acme',
      'out of stock',
      'pre-order',
      '#launch',
      '@acme_help',
      'acme.example/x',
      '東京',
      '😡',
      'straße',
      'か',
      'a b',
    ],
    none: ['giveaway'],
  },
];
const prefilter = compilePrefilter(watches);
const matcher = compileMatcher(watches);
const record = (fields: object): Buffer =>
  encodeJson({ op: 'create', source: 'test', eventTime: 1, id: 'test:1', ...fields });
const passes = (fields: object): boolean => prefilter(record(fields));

describe('the prefilter', () => {
  test.each([
    [{ content: 'nothing here' }, false],
    [{ content: 'acme' }, true],
    [{ content: 'acmes' }, false],
    [{ content: 'nothing', name: 'acme' }, true],
    [{ content: 'nothing', summary: 'acme' }, true],
    [{ content: 'nothing', tag: [{ type: 'Hashtag', name: 'launch' }] }, true],
    [{ content: 'nothing', tag: [{ type: 'Hashtag', name: 'OutOfStock' }] }, true],
    [{ content: 'nothing', tag: [{ type: 'Mention', name: 'acme_help' }] }, true],
    [{ content: 'launch outofstock' }, false],
    [{ content: 'nothing', url: 'https://acme.example/x/y' }, true],
    [{ content: 'nothing', url: 'https://other.example/acme' }, false],
    [{ content: 'nothing', attachment: [{ url: 'https://acme.example/x' }] }, true],
    [{ content: 'out of\nstock' }, true],
    [{ content: 'say "acme"' }, true],
    [{ content: 'back\\slash and "quotes" and\ttabs' }, false],
    [{ content: 'naïve – “quoted” 👍 text…' }, false],
    [{ content: 'ÀCME' }, true],
    [{ content: 'STRASSE' }, true],
    [{ content: '今日は東京' }, true],
    [{ content: 'so 😡' }, true],
    [{ content: 'nothing', language: 'acme', context: 'acme' }, false],
  ])('of %j says %s', (fields, expected) => {
    expect(passes(fields)).toBe(expected);
  });

  test.each([
    ['a delete', '{"op":"delete","content":"x"}'],
    ['a status', '{"op":"status"}'],
    ['keys in another order', '{"content":"x","op":"create"}'],
    ['spaces between', '{"op":"create", "content": "x"}'],
    ['a key spelt with escapes', '{"op":"create","cont\\u0065nt":"acme"}'],
    ['a text spelt with escapes', '{"op":"create","content":"\\u0061cme"}'],
    ['a value that is no string', '{"op":"create","content":null}'],
    ['a string that does not end', '{"op":"create","content":"x'],
    ['an escape that is none', '{"op":"create","content":"\\x"}'],
    ['nothing', ''],
  ])('lets %s through', (_name, text) => {
    expect(prefilter(Buffer.from(text))).toBe(true);
  });

  test('lets broken UTF-8 through', () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xe2, 0x28, 0xa1], [0xf5, 0x80, 0x80, 0x80], [0xed]])
      expect(
        prefilter(
          Buffer.concat([Buffer.from('{"op":"create","content":"x'), Buffer.from(bytes), Buffer.from('"}')]),
        ),
      ).toBe(true);
  });

  test('reads a view into a larger buffer', () => {
    const bytes = record({ content: 'nothing' });
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 10);
    expect(prefilter(larger.subarray(10, 10 + bytes.length))).toBe(false);
  });
});

describe('what the prefilter drops would not have matched', () => {
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        'acme',
        'out of stock',
        'outofstock',
        'launch',
        'acme_help',
        'acme.example/x',
        'a',
        'b',
        ' ',
        '-',
        '#',
        '@',
        '.',
        '"',
        '\\',
        '/',
        '\n',
        '\u0301',
        '\u200b',
        'か',
        '\u3099',
        '東京',
        '😡',
        '\ud83d',
        'ß',
        'ss',
        'pre',
        'order',
        'ﬁ',
        'e',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
    },
  );
  const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
  const mention = fc.record({
    op: fc.constantFrom('create', 'announce'),
    source: fc.constant('test'),
    content: text,
    name: maybe(text),
    summary: maybe(text),
    url: maybe(text),
    language: maybe(fc.constantFrom('en', 'de')),
    tag: maybe(
      fc.array(
        fc.record({
          type: fc.constantFrom('Hashtag' as const, 'Mention' as const, 'Link' as const),
          name: maybe(text),
          href: maybe(text),
        }),
        { maxLength: 3 },
      ),
    ),
    attachment: maybe(fc.array(fc.record({ url: text }), { maxLength: 2 })),
  });

  test('over all fields, escapes and code points', () => {
    let dropped = 0;
    let matched = 0;
    fc.assert(
      fc.property(mention, (fields) => {
        const bytes = encodeJson(fields);
        const hits = matcher.match(JSON.parse(bytes.toString('utf8')) as MatchInput);
        if (hits.length > 0) matched++;
        if (prefilter(bytes)) return;
        dropped++;
        expect([fields, hits]).toEqual([fields, []]);
      }),
      { numRuns: 10_000 },
    );
    expect(dropped).toBeGreaterThan(50);
    expect(matched).toBeGreaterThan(50);
  });

  test('for every code point beside a phrase and within one', () => {
    const wrong: string[] = [];
    // Beyond the planes that hold characters, some of them stand for all.
    for (let point = 0; point <= 0x10ffff; point += point < 0x20000 || point >> 12 === 0xe0 ? 1 : 251) {
      const character = String.fromCodePoint(point);
      for (const content of [`x ${character}acme${character}`, `ac${character}me`]) {
        const found = matcher.match({ content }).length > 0;
        if (found && !passes({ content })) wrong.push(point.toString(16));
      }
    }
    expect(wrong).toEqual([]);
  });
});
