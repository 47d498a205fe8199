import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IssuePack } from '@foreshock/model/config';
import { check } from '@foreshock/model/decode';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createUnderstanding, type Understander } from './understand.ts';

const bundled = resolve(import.meta.dirname, '../../../config/issues');

function packsIn(folder: string): { file: string; pack: IssuePack }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const decoded = check<IssuePack>(IssuePack, parse(readFileSync(join(folder, name), 'utf8')));
      if (!decoded.ok) throw new Error(`${name}: ${decoded.refusal.path} ${decoded.refusal.reason}`);
      return { file: name, pack: decoded.value };
    });
}

/** The examples that a pack gets wrong. */
function mistakes(pack: IssuePack, understander: Understander): string[] {
  const given = (content: string): boolean =>
    understander.understand({ content, language: pack.language }).issues.includes(pack.id);
  return [
    ...pack.examples.filter((example) => !given(example)).map((example) => `missed: ${example}`),
    ...pack.counterExamples.filter((example) => given(example)).map((example) => `false: ${example}`),
  ];
}

describe.each([
  ['the bundled packs', packsIn(bundled)],
  ['the travel packs beside the bundled ones', [...packsIn(bundled), ...packsIn(join(bundled, 'travel'))]],
])('%s', (_name, packs) => {
  const understander = createUnderstanding(packs.map(({ pack }) => pack));

  test.each(packs)('$file keeps its examples and its counter-examples', ({ pack }) => {
    expect(mistakes(pack, understander)).toEqual([]);
  });

  test('no pack stands twice in one language, and no phrase twice in one list', () => {
    const names = packs.map(({ pack }) => `${pack.id} ${pack.language}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { pack } of packs)
      for (const list of [pack.phrases, pack.negated ?? [], pack.except ?? [], pack.unless ?? []])
        expect(
          list.map((phrase) => phrase.toLowerCase()).filter((phrase, at, all) => all.indexOf(phrase) !== at),
        ).toEqual([]);
  });
});

test('the bundled packs cover the ten kinds of trouble', () => {
  expect([...new Set(packsIn(bundled).map(({ pack }) => pack.id))].sort()).toEqual([
    'delivery',
    'order',
    'outage',
    'payment',
    'price',
    'quality',
    'refund',
    'safety',
    'service',
    'stock',
  ]);
});

test('a pack that breaks its word is noticed', () => {
  const pack: IssuePack = {
    id: 'stock',
    name: 'Stock',
    description: 'Wrong on purpose.',
    language: 'en',
    phrases: ['in stock'],
    examples: ['sold out'],
    counterExamples: ['in stock'],
  };
  expect(mistakes(pack, createUnderstanding([pack]))).toEqual(['missed: sold out', 'false: in stock']);
});
