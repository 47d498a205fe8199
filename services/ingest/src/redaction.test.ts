import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mentionFrom, mentionFromSource } from './mention-from.ts';
import { createRedaction, type RedactedKind } from './redaction.ts';

const ALL: readonly RedactedKind[] = ['email', 'phone', 'card', 'order'];
const all = createRedaction(ALL)!;

describe('redaction', () => {
  test.each([
    ['write to jo.doe+x@mail.example.co.uk please', 'write to [mail] please'],
    ['jo@müller.example, or JO@ACME.EXAMPLE!', '[mail], or [mail]!'],
    ['my card 4111 1111 1111 1111 was declined', 'my card [card] was declined'],
    ['4111-1111-1111-1111', '[card]'],
    ['５５５５５５５５５５５５４４４４', '[card]'],
    ['call me on +44 20 7946 0958', 'call me on [phone]'],
    ['or (030) 901820-12, or 07700 900123', 'or [phone], or [phone]'],
    ['212-555-0187', '[phone]'],
    ['order 48213377 never came', 'order [ref] never came'],
    ['Order no: AB-48213-X, where is it', 'Order no: [ref], where is it'],
    ['Bestellnummer 4821337700', 'Bestellnummer [ref]'],
    ['my pedido #99812345', 'my pedido #[ref]'],
    ['ORD-48213 and 123-1234567-1234567 and 1Z999AA10123456784', '[ref] and [ref] and [ref]'],
  ])('of %j leaves %j', (text, left) => {
    expect(all(text)).toBe(left);
  });

  test.each([
    '@acme your order is late',
    'order two of them',
    'my order arrived',
    'on 2026-11-20 at 20.11.2026',
    'it costs 1.299.000 or 1,299.00',
    '#42 in the queue, 120000 people ahead',
    'in 1999 and 2026 and 2027',
    'serial 123456789012345678901234567890',
    '4111 1111 1111 1112 is not a card',
    '0000 0000 0000 0000',
    'the score was 3-2, 21:15',
  ])('leaves %j alone', (text) => {
    const cards = createRedaction(['card', 'email', 'order'])!;
    expect(cards(text)).toBe(text);
    if (!text.startsWith('4111') && !text.startsWith('0000')) expect(all(text)).toBe(text);
  });

  test('takes out only what was asked for', () => {
    const text = 'jo@acme.example 4111 1111 1111 1111 +44 20 7946 0958 order 48213377';
    const left = (kinds: RedactedKind[]) => createRedaction(kinds)!(text);
    expect(left(['email'])).toBe('[mail] 4111 1111 1111 1111 +44 20 7946 0958 order 48213377');
    expect(left(['card'])).toBe('jo@acme.example [card] +44 20 7946 0958 order 48213377');
    expect(left(['phone'])).toBe('jo@acme.example 4111 1111 1111 1111 [phone] order 48213377');
    expect(left(['order'])).toBe('jo@acme.example 4111 1111 1111 1111 +44 20 7946 0958 order [ref]');
    expect(createRedaction([])).toBeUndefined();
    expect(createRedaction(undefined)).toBeUndefined();
  });

  test('never lengthens a text, and finds nothing more the second time', () => {
    const piece = fc.constantFrom(
      ...[
        'jo@a.bc',
        '4111 1111 1111 1111',
        '+442079460958',
        'order ',
        '48213',
        ' ',
        '-',
        '@',
        '(0',
        'x',
        '１２',
        '.',
      ],
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 12 }),
        (pieces) => {
          const text = pieces.join('');
          const left = all(text);
          expect(left.length).toBeLessThanOrEqual(text.length);
          expect(all(left)).toBe(left);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['signs of addresses', '@'.repeat(1_000_000)],
    ['letters', 'a'.repeat(1_000_000)],
    ['digits', '1'.repeat(1_000_000)],
    ['groups of digits', '12 '.repeat(300_000)],
    ['dots', 'a.'.repeat(500_000)],
    ['announcements', 'order '.repeat(160_000)],
  ])('reads a megabyte of %s', (_name, text) => {
    expect(all(text).length).toBeLessThanOrEqual(text.length);
  });
});

describe('a mention', () => {
  const arrival = {
    source: 'shop',
    otherSource: 'as-instance',
    access: 'public',
    connector: 'push',
    observed: Date.UTC(2026, 10, 20),
    latenessMs: 1_800_000,
    redact: all,
  } as const;
  const posted = {
    id: 'p1',
    text: 'mail jo@acme.example',
    name: 'Order 48213377',
    author: 'jo@acme.example',
    published: '2026-11-20T00:00:00Z',
    tag: [{ type: 'Link', href: 'mailto:jo@acme.example', name: 'jo@acme.example' }],
  };

  test('pushed loses them in all of its texts and keeps its ids', () => {
    const read = mentionFrom(posted, arrival);
    if (!read.ok) throw new Error(read.refusal.reason);
    expect(read.mention).toMatchObject({
      content: 'mail [mail]',
      name: 'Order [ref]',
      tag: [{ href: 'mailto:[mail]', name: '[mail]' }],
      attributedTo: { id: 'jo@acme.example' },
    });
  });

  test('of a connector loses them too', () => {
    const read = mentionFrom(posted, { ...arrival, redact: undefined });
    if (!read.ok) throw new Error(read.refusal.reason);
    const { eventTime: _eventTime, ...mention } = read.mention;
    const again = mentionFromSource(mention, { latenessMs: 1_800_000, redact: all });
    expect(again.ok && again.mention.content).toBe('mail [mail]');
    const kept = mentionFromSource(mention, { latenessMs: 1_800_000 });
    expect(kept.ok && kept.mention.content).toBe('mail jo@acme.example');
  });
});
