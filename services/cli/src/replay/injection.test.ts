import type { ConfigRevision } from '@foreshock/model/config';
import { describe, expect, test } from 'vitest';
import { CliFault } from '../fault.ts';
import { type Injection, injectedPosts, judgeInjection, parseInjection } from './injection.ts';

const REVISION: ConfigRevision = {
  v: 1,
  revision: 1,
  identityKey: '0123456789abcdef0123456789abcdef',
  config: {
    version: 1,
    watches: [{ id: 'orion', any: ['orion x'] }],
    receivers: [{ id: 'out', kind: 'console' }],
  },
  packs: [
    {
      id: 'stock',
      name: 'Out of stock',
      description: 'Nothing left.',
      language: 'en',
      phrases: ['out of stock'],
      examples: ['It is out of stock everywhere.'],
      counterExamples: ['Plenty left.'],
    },
  ],
};
const read = (text: string): Injection => parseInjection(text, REVISION);
const START = Date.parse('2026-11-18T00:00:00Z');
/** Three days in which somebody says something every four minutes. */
const RECORDED = injectedPosts(
  { ...read('issue=stock'), share: 0.0001, minutes: 3 * 1_440 },
  {
    people: 1_080,
    atMs: START,
    revision: REVISION,
  },
).map((post, n) => ({ ...post, id: `replay:calm:${n}`, attributedTo: { id: `calm-${n % 90}` } }));

describe('what is to be injected', () => {
  test('is read with its sizes in order, and has defaults', () => {
    expect(read('watch=orion, issue=stock, people=20/5')).toEqual({
      watch: 'orion',
      issue: 'stock',
      people: [5, 20],
      minutes: 60,
      share: 1,
      growth: 'even',
      at: undefined,
    });
  });

  test.each([
    ['a watch that is not there', 'watch=lyra,issue=stock'],
    ['no issue', 'watch=orion'],
    ['people that are no number', 'issue=stock,people=many'],
    ['no minutes', 'issue=stock,minutes=0'],
    ['a share above 1', 'issue=stock,share=2'],
    ['another growth', 'issue=stock,growth=wild'],
    ['a time that is none', 'issue=stock,at=tonight'],
    ['a field that is none', 'issue=stock,persons=5'],
  ])('with %s is refused with an example', (_what, text) => {
    expect(() => read(text)).toThrow(CliFault);
    expect(() => read(text)).toThrow(/for example watch=/);
  });
});

describe('injected posts', () => {
  const posts = (text: string, people = 40) =>
    injectedPosts(read(text), { people, atMs: START, revision: REVISION });

  test('are one text and one author each, in order of time, all about the watch', () => {
    const all = posts('issue=stock');
    expect(new Set(all.map((post) => post.content)).size).toBe(40);
    expect(new Set(all.map((post) => post.attributedTo?.id)).size).toBe(40);
    expect(all.every((post) => post.content.includes('orion x'))).toBe(true);
    expect(all.map((post) => post.eventTime)).toEqual(
      all.map((post) => post.eventTime).sort((a, b) => a - b),
    );
  });

  test('name the issue in the share that was asked for', () => {
    const named = posts('issue=stock,share=0.25').filter((post) => post.content.includes('out of stock'));
    expect(named).toHaveLength(10);
  });

  test('that rise are fewer at first', () => {
    const early = (text: string) => posts(text).filter((post) => post.eventTime < START + 15 * 60_000).length;
    expect(early('issue=stock,growth=rising')).toBeLessThan(early('issue=stock,growth=even'));
  });
});

describe('a recording with an injected trouble', () => {
  test('pages the bigger one, not the smaller, and says after how many minutes', {
    timeout: 60_000,
  }, async () => {
    const { verdicts } = await judgeInjection(RECORDED, read('issue=stock,people=3/60'), {
      revision: REVISION,
    });
    expect(verdicts.map((one) => [one.people, one.paged])).toEqual([
      [3, false],
      [60, true],
    ]);
    expect(verdicts[1]!.minutes).toBeGreaterThan(0);
    expect(verdicts[1]!.minutes).toBeLessThan(60);
    expect(verdicts[1]!.postsByThen).toBeLessThan(60);
  });
});
