import type { IssuePack } from '@foreshock/model/config';
import { describe, expect, test } from 'vitest';
import { createExplainer } from './explain-post.ts';

const pack: IssuePack = {
  id: 'stock',
  name: 'Stock',
  description: 'Nothing left.',
  language: 'en',
  words: { thing: ['phone', 'console'] },
  phrases: ['<thing> * sold out'],
  negated: ['in stock'],
  examples: ['x'],
  counterExamples: ['y'],
};
const explain = createExplainer({
  watches: [
    { id: 'orion', any: ['orion x'], none: ['orion nebula'], languages: ['en'] },
    { id: 'both', any: ['orion x'], all: ['Launch  Day', 'berlin'] },
  ],
  packs: [pack],
});

describe('an explanation', () => {
  test('names the phrases as they were written, and where', () => {
    const content = 'The ＯＲＩＯＮ-X phone is all sold out';
    const { watches, issues } = explain(content);
    expect(watches[0]).toMatchObject({ watch: 'orion', matched: true });
    expect(watches[0]!.phrases).toEqual([
      { phrase: 'orion x', role: 'any', field: 'content', start: 4, end: 11, text: 'ＯＲＩＯＮ-X' },
    ]);
    expect(content.slice(4, 11)).toBe('ＯＲＩＯＮ-X');
    expect(issues).toEqual([
      { issue: 'stock', phrase: '<thing> * sold out', negated: false, text: 'phone is all sold out' },
    ]);
  });

  test.each([
    ['something else', 'any', []],
    ['orion x and the orion nebula', 'none', []],
    [{ content: 'orion x', language: 'fr' }, 'languages', []],
  ])('of %j tells that %s refused it', (post, rule, missing) => {
    expect(explain(post).watches[0]).toMatchObject({ matched: false, refusedBy: rule, missing });
  });

  test('tells which phrases of all are missing', () => {
    expect(explain('orion x in Berlin').watches[1]).toMatchObject({
      matched: false,
      refusedBy: 'all',
      missing: ['Launch  Day'],
    });
    expect(explain('orion x in Berlin on launch day').watches[1]).toMatchObject({
      matched: true,
      missing: [],
    });
  });

  test('tells what a negation turned round', () => {
    expect(explain('it is not in stock').issues).toEqual([
      { issue: 'stock', phrase: 'in stock', negated: true, text: 'in stock' },
    ]);
    expect(explain('it is in stock').issues).toEqual([]);
  });

  test('finds a tag by its name with the sign', () => {
    const tag = [{ type: 'Hashtag' as const, name: 'OrionX' }];
    expect(explain({ content: 'hi', language: 'en', tag }).watches[0]!.phrases).toEqual([
      { phrase: 'orion x', role: 'any', field: 'tag', start: 0, end: 7, text: '#OrionX' },
    ]);
  });
});
