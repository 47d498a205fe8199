import { describe, expect, test } from 'vitest';
import { analyzePost } from './analyze.ts';
import { compileMatcher } from './matcher.ts';
import { createUnderstanding } from './understand.ts';

const understander = createUnderstanding([]);
const watches = [
  { id: 'acme', any: ['acme'] },
  { id: 'german', any: ['acme'], languages: ['de'] },
  { id: 'tag', any: ['#launch'] },
];
const matching = { matcher: compileMatcher(watches), watches };
const analyze = (line: Parameters<typeof analyzePost>[0]) => analyzePost(line, understander, matching);

describe('one post', () => {
  test('as plain text', () => {
    const analysis = analyze('I love the new Acme and it is great for me');
    expect(analysis).toEqual({
      sentiment: { score: expect.any(Number), label: 'positive' },
      language: 'en',
      issues: [],
      intent: expect.any(String),
      matched: ['acme'],
    });
  });

  test.each([
    ['{"content":"acme kaputt","language":"de"}', ['acme', 'german']],
    ['{"text":"acme","language":"fr"}', ['acme']],
    ['{"text":"x","tag":[{"type":"Hashtag","name":"Launch"},7,{"type":"Bad","name":"acme"}]}', ['tag']],
    ['{"_":5,"-":"acme"}', ['acme', 'german']],
    ['{no JSON acme', ['acme', 'german']],
    ['{"a":1}', []],
    ['', []],
    ['{"__proto__":{"content":"acme"}}', ['acme', 'german']],
  ])('as the line %j', (line, matched) => {
    expect(analyze(line).matched).toEqual(matched);
  });

  test('as a record, with a language that no watch wants', () => {
    expect(analyze({ text: 'acme', language: 'fr' }).matched).toEqual(['acme']);
    expect(analyzePost({ content: 'acme' }, understander).matched).toEqual([]);
  });
});
