import type { IssuePack } from '@foreshock/model/config';
import { check } from '@foreshock/model/decode';
import { Understanding } from '@foreshock/model/match';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createUnderstanding } from './understand.ts';

const stock: IssuePack = {
  id: 'stock',
  name: 'Stock',
  description: 'Nothing left.',
  language: 'en',
  phrases: ['sold out', 'when will it be back'],
  negated: ['in stock'],
  examples: ['sold out'],
  counterExamples: ['in stock'],
};
const understander = createUnderstanding([stock]);
const read = (content: string, language?: string) => understander.understand({ content, language });

describe('intent', () => {
  test.each([
    ['@acme still waiting, this is ridiculous, my parcel is lost', 'complaint'],
    ['It is not in stock, I am so annoyed', 'complaint'],
    ['@acme what time do you open tomorrow?', 'question'],
    ['how long is shipping?', 'question'],
    ['Thank you @acme, love my new phone!', 'praise'],
    ['@acme can you help me with my order please', 'request'],
    ['Buy now and save, 20% off, link in bio! https://x.example/1', 'promo_spam'],
    ['Acme announces record sales in Europe, says Chief Executive Jane Doe https://x.example/2', 'news'],
    ['lol that cat again', 'other'],
    ['', 'other'],
  ])('%j is %s', (content, intent) => {
    expect(read(content, 'en').intent).toBe(intent);
  });

  test.each(['how long is shipping?', 'when do you open?', 'How many do you have in stock?'])(
    'the mundane question %j is no issue',
    (content) => {
      expect(read(content, 'en').issues).toEqual([]);
    },
  );

  test('a question that shows trouble is one', () => {
    expect(read('hi when will it be back', 'en').issues).toEqual(['stock']);
  });

  test('an advert and a thank-you report no trouble', () => {
    expect(
      read('Dublin SOLD OUT, few left for Leeds, tickets on sale, grab them! https://x.example', 'en').issues,
    ).toEqual([]);
    expect(
      read('Sold out online but your staff found me one, thank you so much, amazing!', 'en').issues,
    ).toEqual([]);
  });
});

describe('sentiment', () => {
  test('a complaint of a trouble is negative, however friendly its words', () => {
    expect(read('oh great, I love it, my size is sold out again', 'en')).toMatchObject({
      intent: 'complaint',
      sentiment: { label: 'negative' },
    });
    expect(read('oh great, I love it, my size is here again', 'en').sentiment.label).toBe('positive');
  });

  test('an unsupported language stays unknown, whatever is complained of', () => {
    expect(read('I hate it, sold out', 'ja').sentiment).toEqual({ score: 0, label: 'unknown' });
  });
});

describe('language', () => {
  test.each([
    ['en-GB', 'anything', 'en'],
    ['PT_br', 'anything', 'pt'],
    ['und', 'the phone is not what I wanted and it was late', 'en'],
    [undefined, 'el pedido no ha llegado y nadie me dice nada de esto', 'es'],
    [undefined, 'ich habe das Handy immer noch nicht und es ist nicht da', 'de'],
    [undefined, "je n'ai pas reçu la commande et c'est très long avec vous", 'fr'],
    [undefined, 'não tem mais nada e eu já não sei o que fazer com isso', 'pt'],
    [undefined, 'ho ordinato il telefono ma non è ancora arrivato per me', 'it'],
    [undefined, 'ik heb het nog niet en dat is voor mij niet leuk', 'nl'],
    [undefined, '在庫がないです', 'ja'],
    [undefined, '没有库存了', 'zh'],
    [undefined, '재고가 없어요', 'ko'],
    [undefined, 'не работает сайт', 'und'],
    [undefined, 'ok', 'und'],
    [undefined, '', 'und'],
    ['not a tag!', 'ok', 'und'],
  ])('declared %j, text %j: %s', (declared, content, language) => {
    expect(read(content, declared).language).toBe(language);
  });
});

describe('copies', () => {
  const original = 'I waited three hours and the new phone is sold out again';
  const key = read(original).copyKey;

  test.each([
    `RT @bob: ${original}`,
    `rt ${original}`,
    `${original} via @news https://x.example/1`,
    original.toUpperCase(),
    `${original}!!! 😡`,
    `@acme ${original.replace('phone', '#phone')}`,
    `${original} 2`,
    'I waited three hours… and the new phone is sold-out again',
  ])('%j is a copy', (copy) => {
    expect(key).toBeDefined();
    expect(read(copy).copyKey).toBe(key);
  });

  test('another text has another key, a short one none', () => {
    expect(read(`${original} honestly`).copyKey).not.toBe(key);
    expect(read('so excited for this').copyKey).toBeUndefined();
    expect(read('@a @b @c @d @e @f https://x.example 1 2 3 4 5 6 7').copyKey).toBeUndefined();
  });
});

describe('terms', () => {
  test('content words and pairs of neighbours, without stop words', () => {
    expect(read('The new battery drains so fast, not working', 'en').terms).toEqual(
      expect.arrayContaining(['battery', 'battery drains', 'not working']),
    );
    expect(read('The new battery drains', 'en').terms).not.toContain('the');
  });

  test('never a handle, an address, a link or a number', () => {
    const { terms } = read(
      '@bob_smith bob@mail.example https://x.example/bob 07700900123 order12345 phone',
      'en',
    );
    expect(terms).toEqual(['order', 'phone']);
  });

  test('at most 24, each at most 64 characters', () => {
    const { terms } = read(
      Array.from(
        { length: 100 },
        (_, index) => `${'word'.repeat(5)}${String.fromCharCode(97 + (index % 26))}x`,
      ).join(' '),
      'en',
    );
    expect(terms).toHaveLength(24);
    for (const term of terms) expect(term.length).toBeLessThanOrEqual(64);
  });
});

describe('properties', () => {
  test('any text is understood within the schema, twice alike', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.option(fc.string(), { nil: undefined }),
        (content, language) => {
          const { terms, ...understanding } = read(content, language);
          expect(check(Understanding, understanding)).toMatchObject({ ok: true });
          expect(terms.length).toBeLessThanOrEqual(24);
          expect(read(content, language)).toEqual({ ...understanding, terms });
        },
      ),
      { numRuns: 1_500 },
    );
  });
});
