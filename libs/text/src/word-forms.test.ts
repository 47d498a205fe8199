import { describe, expect, test } from 'vitest';
import { compileMatcher } from './matcher.ts';
import { compilePrefilter } from './prefilter.ts';
import { FORMS_MAX, formsIn, formsOf } from './word-forms.ts';

describe('forms', () => {
  test.each([
    ['cancel', 'en', ['cancels', 'cancelled', 'canceled', 'cancelling', 'canceling']],
    ['ship', 'en', ['ships', 'shipped', 'shipping']],
    ['battery', 'en', ['batteries']],
    ['break', 'en', ['broke', 'broken', 'breaking']],
    ['pedido', 'es', ['pedidos']],
    ['cancelar', 'es', ['cancelado', 'cancelada', 'cancelaron', 'cancelan']],
    ['Lieferung', 'de', ['lieferungen']],
    ['livraison', 'fr', ['livraisons']],
    ['bestelling', 'nl', ['bestellingen']],
    ['consegna', 'it', ['consegne']],
    ['entrega', 'pt', ['entregas']],
  ])('of %j in %s hold %j', (word, language, expected) => {
    const forms = formsOf(word, language);
    expect(forms).toEqual(expect.arrayContaining(expected));
    expect(forms.length).toBeLessThanOrEqual(FORMS_MAX);
    expect(forms[0]).toBe(word.toLowerCase());
  });

  test.each([
    ['東京', 'ja'],
    ['x9', 'en'],
    ['a', 'en'],
    ['word', 'xx'],
    ['constructor', '__proto__'],
  ])('of %j in %s are the word alone', (word, language) => {
    expect(formsOf(word, language)).toEqual([word]);
  });

  test('are those of the languages of a watch, English where it names none', () => {
    expect(formsIn(undefined)('ship')).toContain('shipped');
    expect(formsIn(['de-AT', 'en'])('lieferung')).toContain('lieferungen');
    expect(formsIn(['de'])('ship')).not.toContain('shipped');
  });
});

describe('a watch with forms', () => {
  const watch = { id: 'w', any: ['cancel order', '#cancel', 'orion x'], forms: true };
  const matcher = compileMatcher([watch]);
  const prefilter = compilePrefilter([watch]);
  const record = (content: string) => Buffer.from(JSON.stringify({ op: 'create', source: 's', content }));

  test.each([
    ['they cancelled orders', ['cancel order']],
    ['cancelling order now', ['cancel order']],
    ['#cancelledOrders', ['cancel order']],
    ['my Orion X', ['orion x']],
  ])('finds %j', (content, phrases) => {
    expect(matcher.match({ content })).toEqual([{ watch: 0, phrases }]);
    expect(prefilter(record(content))).toBe(true);
  });

  test('reports a phrase once however often its forms stand there, and needs its words in order', () => {
    expect(matcher.match({ content: 'cancel order, cancelled order' })).toEqual([
      { watch: 0, phrases: ['cancel order'] },
    ]);
    expect(matcher.match({ content: 'order cancelled' })).toEqual([]);
    expect(matcher.match({ content: '#cancelled' })).toEqual([]);
  });

  test('without them finds what is written and no more', () => {
    const plain = compileMatcher([{ id: 'w', any: ['cancel order'] }]);
    expect(plain.match({ content: 'they cancelled orders' })).toEqual([]);
  });

  test('shows in an explanation what stood there', () => {
    const [explanation] = matcher.explainMatch({ content: 'they cancelled orders' });
    expect(explanation!.spans).toEqual([
      { phrase: 'cancel order', role: 'any', field: 'content', item: 0, start: 5, end: 21 },
    ]);
  });
});
