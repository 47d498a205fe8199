import type { Watch } from '@foreshock/model/config';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UNSPACED } from './characters.ts';
import { fold, foldText } from './fold.ts';
import { compileMatcher, type MatchInput } from './matcher.ts';

const watch = (any: string[], rest: Partial<Watch> = {}): Watch => ({ id: 'acme', any, ...rest });
const has = (phrase: string, mention: MatchInput): boolean =>
  compileMatcher([watch([phrase])]).match(mention).length > 0;
const says = (phrase: string, content: string): boolean => has(phrase, { content });

describe('words', () => {
  test.each([
    ['out of stock', 'Out of stock!', true],
    ['out of stock', 'OUT-OF-STOCK', true],
    ['out of stock', 'out   of\n\tstock', true],
    ['out of stock', 'out – of — stock', true],
    ['out of stock', 'out of stocks', false],
    ['out of stock', 'about of stock', false],
    ['out of stock', 'out of. stock', false],
    ['pre-order', 'preorder pls', true],
    ['pre-order', 'pre order', true],
    ['pre-order', 'pre–order', true],
    ['preorder', 'pre-order', false],
    ['acme', '#acme', true],
    ['acme', '@acme', true],
    ['acme', '(acme)', true],
    ['acme', 'acme’s phone', true],
    ['acme', 'Acme™ phone', true],
    ['acme', 'ac\u200bme', true],
    ['acme', 'àcmé', true],
    ['acme', 'a\u0300cme', true],
    ['acme', 'acmes', false],
    ['acme', 'ácmeé', false],
    ['acme', 'acme2', false],
    ['acme', 'Ⓐⓒⓜⓔ', true],
    ['straße', 'STRASSE', true],
    ['ﬁne print', 'fine print', true],
    ['東京', '私は東京です', true],
    ['iphone', '新しいiPhoneを買う', true],
    ['ไม่มี', 'ตอนนี้ไม่มีของ', true],
    ['한국', '한국어', false],
    ['한국', '한국 사람', true],
    ['😡', 'so 😡😡', true],
    ['c++', 'I like C++!', true],
    ['$acme', 'buy $ACME now', true],
    ["won't ship", 'it won’t ship', true],
    ['a a b', 'a a a b', true],
    ['no stock', 'no no stock', true],
  ])('%j in %j: %s', (phrase, text, expected) => {
    expect(says(phrase, text)).toBe(expected);
  });

  test.each([
    ['out of stock', '#outofstock', true],
    ['out of stock', '#OutOfStock!', true],
    ['out of stock', '#out_of_stock', true],
    ['out of stock', '#outofstocks', false],
    ['out of stock', 'outofstock', false],
    ["won't ship", '#wontship', true],
    ['acme', '#acmefail', false],
  ])('the words %j in the hashtag of %j: %s', (phrase, text, expected) => {
    expect(says(phrase, text)).toBe(expected);
  });
});

describe('hashtags, handles and links', () => {
  test.each([
    ['#acme', 'love #Acme', true],
    ['#acme', '＃acme', true],
    ['#acme', '#acme_phone', false],
    ['#acme', '#acmephone', false],
    ['#acme', 'acme', false],
    ['#acme', 'x.example/page#acme', false],
    ['#在庫', '入荷#在庫 あり', true],
    ['#在庫', '#在庫切れ', false],
    ['@acme', 'hey @ACME!', true],
    ['@acme', '@acme_help', false],
    ['@acme', '@acme.example', false],
    ['@acme', 'thanks @acme.', true],
    ['@acme', 'mail me@acme', false],
    ['@acme', '@acme@social.example', true],
    ['@acme', 'acme', false],
    ['@acme-help', '@acme-help', true],
    ['@acme-help', '@acme help', false],
    ['acme.example/shop', 'see https://www.acme.example/shop/x?y=1', true],
    ['https://www.acme.example/shop/', 'see http://acme.example/shop', true],
    ['acme.example/shop', 'go to uk.acme.example/shop', true],
    ['acme.example/shop', 'https://notacme.example/shop', false],
    ['acme.example/shop', 'https://not-acme.example/shop', false],
    ['acme.example/shop', 'https://acme.example/shopping', false],
    ['acme.example/shop', 'https://evil.example/acme.example/shop', false],
    ['acme.example/shop', 'https://evil.example/?to=acme.example/shop', false],
    ['acme.example/', 'https://acme.example.evil.example/x', false],
    ['acme.example/', 'https://acme.example:8443/x', true],
    ['my-shop.example/', 'https://my-shop.example/', true],
    ['my-shop.example/', 'https://my shop.example/', false],
    ['acme.example', 'acme.example is down', true],
  ])('%j in %j: %s', (phrase, text, expected) => {
    expect(says(phrase, text)).toBe(expected);
  });

  test('tags are read with or without their sign', () => {
    const content = '';
    expect(has('#acme', { content, tag: [{ type: 'Hashtag', name: 'Acme' }] })).toBe(true);
    expect(has('#acme', { content, tag: [{ type: 'Hashtag', name: '#Acme' }] })).toBe(true);
    expect(has('@acme', { content, tag: [{ type: 'Mention', name: 'acme' }] })).toBe(true);
    expect(has('#acme', { content, tag: [{ type: 'Link', name: 'Acme' }] })).toBe(false);
    expect(has('out of stock', { content, tag: [{ type: 'Hashtag', name: 'OutOfStock' }] })).toBe(true);
  });

  test('links are looked for in the addresses of a mention, words are not', () => {
    const content = '';
    const url = 'https://shop.acme.example/phone';
    for (const mention of [
      { content, url },
      { content, tag: [{ type: 'Link' as const, href: url }] },
      { content, attachment: [{ url }] },
    ]) {
      expect(has('acme.example/phone', mention)).toBe(true);
      expect(has('acme.example', mention)).toBe(true);
      expect(has('phone', mention)).toBe(false);
    }
  });

  test('titles and summaries are read like the text', () => {
    expect(has('acme', { content: '', name: 'Acme phone' })).toBe(true);
    expect(has('acme', { content: '', summary: 'on acme' })).toBe(true);
  });
});

describe('rules of a watch', () => {
  const both = [
    watch(['phone', 'tablet'], { id: 'a', all: ['acme', 'new'], none: ['giveaway'] }),
    watch(['phone'], { id: 'b', languages: ['de', 'en-GB'] }),
    watch(['phone'], { id: 'c', sources: ['reddit-acme'] }),
  ];
  const matcher = compileMatcher(both);
  const watches = (mention: MatchInput): number[] => matcher.match(mention).map((hit) => hit.watch);

  test.each<[MatchInput, number[]]>([
    [{ content: 'new acme phone' }, [0, 1, 2]],
    [{ content: 'new acme' }, []],
    [{ content: 'acme phone', name: 'New' }, [0, 1, 2]],
    [{ content: 'acme phone' }, [1, 2]],
    [{ content: 'new acme phone giveaway' }, [1, 2]],
    [{ content: 'phone', language: 'fr' }, [2]],
    [{ content: 'phone', language: 'und' }, [1, 2]],
    [{ content: 'phone', language: 'de-AT' }, [1, 2]],
    [{ content: 'phone', language: 'en' }, [1, 2]],
    [{ content: 'phone', language: 'en-US' }, [2]],
    [{ content: 'phone', language: 'den' }, [2]],
    [{ content: 'phone', source: 'reddit' }, [1]],
    [{ content: 'phone', source: 'reddit', sourceName: 'reddit-acme' }, [1, 2]],
  ])('%j is had by %j', (mention, expected) => {
    expect(watches(mention)).toEqual(expected);
  });

  test('a hit names the phrases found, folded, each once, and at most 32', () => {
    const many = Array.from({ length: 40 }, (_, index) => `w${index}`);
    const [hit] = compileMatcher([watch(['Phone', 'PHONE', ...many])]).match({
      content: `phone phone ${many.join(' ')}`,
    });
    expect(hit!.phrases[0]).toBe('phone');
    expect(hit!.phrases).toHaveLength(32);
    expect(new Set(hit!.phrases).size).toBe(32);
  });

  test('an explanation shows where and why', () => {
    const [first, second] = matcher.explainMatch({ content: 'Giveaway: new acme phone', language: 'fr' });
    expect(first).toMatchObject({ accepted: false, refusedBy: 'none' });
    expect(first!.spans.find((span) => span.role === 'none')).toMatchObject({ phrase: 'giveaway' });
    expect(second).toMatchObject({ accepted: false, refusedBy: 'languages' });
    expect(compileMatcher([watch(['x'])]).explainMatch({ content: 'y' })).toEqual([
      { watch: 0, accepted: false, refusedBy: 'any', spans: [] },
    ]);
  });
});

/** What the automaton must find, said with V8’s engine. Exponential in nothing: phrases of plain words only. */
function oracle(phrase: string, text: string): boolean {
  const letter = `(?:(?!${UNSPACED.source})[\\p{L}\\p{N}\\p{M}])`;
  const name = foldText(phrase).trim();
  const spellings = [name, name.replace(/(?<=\S)-+(?=\S)/g, '')];
  return spellings.some((spelling) => {
    const words = spelling.split(/[\s-]+/).filter((word) => word !== '');
    if (words.length === 0) return false;
    const body = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[\\s-]+');
    const start = new RegExp(`^${letter}`, 'u').test(words[0]!) ? `(?<!${letter})` : '';
    const end = new RegExp(`${letter}$`, 'u').test(words.at(-1)!) ? `(?!${letter})` : '';
    return new RegExp(start + body + end, 'u').test(fold(text).text);
  });
}

describe('properties', () => {
  const units = 'aabbé AB- --\n.#\u0301\u200bß…か\u3099き東😡ก';
  const piece = fc.constantFrom(...units, 'ab', 'a b', 'ba ', ' b');
  const text = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(''));
  const phrase = fc
    .array(fc.constantFrom(...'aabbé -か東😡', ' '), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''));

  test('one automaton over many phrases finds what a guarded regular expression finds for each', () => {
    let found = 0;
    fc.assert(
      fc.property(fc.array(phrase, { minLength: 1, maxLength: 12 }), text, (phrases, content) => {
        const matcher = compileMatcher(phrases.map((one, index) => watch([one], { id: `w${index}` })));
        const hits = new Set(matcher.match({ content }).map((hit) => hit.watch));
        phrases.forEach((one, index) => {
          const expected = oracle(one, content);
          if (expected) found++;
          // Text may hold a hashtag of the phrase’s letters, which the oracle does not know of.
          if (!content.includes('#'))
            expect([one, content, hits.has(index)]).toEqual([one, content, expected]);
          else if (expected) expect([one, content, hits.has(index)]).toEqual([one, content, true]);
        });
      }),
      { numRuns: 800 },
    );
    expect(found).toBeGreaterThan(30);
  });

  test('a highlighted span of words, folded, is the phrase', () => {
    fc.assert(
      fc.property(phrase, text, (one, content) => {
        const [explanation] = compileMatcher([watch([one])]).explainMatch({ content });
        const squeeze = (value: string): string => foldText(value).replace(/[\s#_-]+/g, '');
        for (const span of explanation!.spans)
          expect(squeeze(content.slice(span.start, span.end))).toContain(squeeze(one));
        expect(explanation!.accepted).toBe(compileMatcher([watch([one])]).match({ content }).length > 0);
      }),
      { numRuns: 400 },
    );
  });

  test('10,000 phrases find the same as one at a time', () => {
    const phrases = Array.from({ length: 10_000 }, (_, index) => `w${index % 97} x${index}`);
    const matcher = compileMatcher([watch(phrases)]);
    const content = 'so w3 x100 and w19-x116, w4 x9995';
    const words = content.match(/\w+/g)!;
    const pairs = new Set(words.map((word, index) => `${word} ${words[index + 1]}`));
    const expected = phrases.filter((one) => pairs.has(one));
    expect(expected.length).toBeGreaterThan(0);
    expect(matcher.match({ content })[0]!.phrases.toSorted()).toEqual(expected.toSorted());
  });
});
