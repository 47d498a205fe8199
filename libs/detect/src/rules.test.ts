import type { ConfigRevision, IssuePack, Watch } from '@foreshock/model/config';
import { describe, expect, test } from 'vitest';
import { rulesOf, sameMatching } from './rules.ts';

const watch: Watch = { id: 'orion', any: ['orion x'] };
const pack = (id: string, language = 'en'): IssuePack => ({
  id,
  name: id,
  description: id,
  language,
  phrases: [id],
  examples: [id],
  counterExamples: ['fine'],
});
const revisionWith = (
  config: Partial<ConfigRevision['config']>,
  packs: IssuePack[] = [],
): ConfigRevision => ({
  v: 1,
  revision: 1,
  identityKey: '0'.repeat(32),
  packs,
  config: { version: 1, watches: [watch], ...config },
});

describe('what a watch is judged by', () => {
  test('is the defaults where the config says nothing', () => {
    expect(rulesOf(watch, revisionWith({}))).toMatchObject({
      page: { days: 30, people: 5 },
      latenessMinutes: 30,
      blindAfterMs: 300_000,
      partitions: 1,
      sources: undefined,
    });
  });

  test.each([
    ['30m', 30 / 1_440],
    ['12h', 0.5],
    ['30d', 30],
  ])('a rarity of %s is %d days', (rarity, days) => {
    expect(rulesOf({ ...watch, page: { rarity, people: 9 } }, revisionWith({})).page).toEqual({
      days,
      people: 9,
    });
  });

  test.each([
    ['0s', 0],
    ['1s', 1],
    ['60s', 1],
    ['61s', 2],
    ['90m', 90],
    ['91m', 90],
    ['7d', 90],
  ])('a lateness of %s is %d whole minutes: more the rings do not hold', (lateness, minutes) => {
    expect(rulesOf(watch, revisionWith({ lateness })).latenessMinutes).toBe(minutes);
  });

  test('a trouble with a pack in each of several languages is one', () => {
    const { troubles } = rulesOf(watch, revisionWith({}, [pack('stock', 'en'), pack('stock', 'de')]));
    expect(troubles.filter((name) => name === 'issue:stock')).toHaveLength(1);
  });

  test('a watch that names its issues counts those alone', () => {
    const revision = revisionWith({}, [pack('stock'), pack('delivery'), pack('price')]);
    const { troubles } = rulesOf({ ...watch, issues: ['price'] }, revision);
    expect(troubles).toContain('issue:price');
    expect(troubles).not.toContain('issue:stock');
  });
});

describe('two watches', () => {
  test.each<[string, Partial<Watch>]>([
    ['the name', { name: 'Orion' }],
    ['the paging rule', { page: { rarity: '3d', people: 9 } }],
    ['the receivers', { receivers: ['console'] }],
    ['lists that are empty instead of absent', { all: [], none: [], languages: [] }],
  ])('that differ by %s match the same', (_what, change) => {
    expect(sameMatching(watch, { ...watch, ...change })).toBe(true);
  });

  test.each<[string, Partial<Watch>]>([
    ['a phrase', { any: ['orion x', 'orion'] }],
    ['what must occur too', { all: ['shop'] }],
    ['what must not occur', { none: ['constellation'] }],
    ['the languages', { languages: ['en'] }],
    ['the sources', { sources: ['x'] }],
    ['a list of sources that is empty, which is none and not all', { sources: [] }],
    ['the issues', { issues: ['stock'] }],
    ['an empty list of issues', { issues: [] }],
  ])('that differ by %s do not', (_what, change) => {
    expect(sameMatching(watch, { ...watch, ...change })).toBe(false);
    expect(sameMatching({ ...watch, ...change }, watch)).toBe(false);
  });

  test('are not confused by a phrase that moves from one list to the other', () => {
    expect(sameMatching({ ...watch, all: ['a'], none: [] }, { ...watch, all: [], none: ['a'] })).toBe(false);
  });
});
