import type { IssuePack } from '@foreshock/model/config';
import { describe, expect, test } from 'vitest';
import { createCueScanner } from './cues.ts';
import { compileIssues } from './issues.ts';

const pack = (id: string, language: string, lists: Partial<IssuePack>): IssuePack => ({
  id,
  name: id,
  description: id,
  language,
  phrases: [],
  examples: ['x'],
  counterExamples: ['y'],
  ...lists,
});

const packs = [
  pack('stock', 'en', {
    phrases: ['sold out', 'empty shelves', 'order * cancelled', "won't load", 'when will * be back in stock'],
    negated: ['in stock', 'back in stock', 'restock', 'delivery date'],
    except: ['sold out tour', 'back in stock', 'sold out * arena'],
  }),
  pack('stock', 'de', { phrases: ['ausverkauft'], negated: ['lieferbar', 'kommt an'] }),
  pack('delivery', 'en', { negated: ['arrived', 'ship'], except: ['ship a couple'] }),
];
const table = compileIssues(packs);
const scanner = createCueScanner(table.cues);
const issues = (content: string): string[] => {
  return table.issuesOf(scanner.find(content));
};

describe('issues', () => {
  test.each([
    ['SOLD OUT!', ['stock']],
    ['sold-out again', ['stock']],
    ['#soldout', ['stock']],
    ['it is in stock', []],
    ['not in stock', ['stock']],
    ["it isn't in stock anywhere", ['stock']],
    ['it isnt in stock', ['stock']],
    ['still no delivery date', ['stock']],
    ['no sign of a restock', ['stock']],
    ['never arrived', ['delivery']],
    ["won't even ship", ['delivery']],
    ['won’t load', ['stock']],
    ['wont load', ['stock']],
    ['it arrived', []],
    ['not great. It arrived', []],
    ['not cheap but it arrived', []],
    ['no one two three four five arrived', []],
    ['no worries it arrived', []],
    ['no problem, it arrived', []],
    ['not sold out', []],
    ['not yet sold out', []],
    ["can't believe it's sold out", ['stock']],
    ["no it's sold out", ['stock']],
    ['sold out tour', []],
    ['the sold out Orbit arena', []],
    ['sold out tour? sold out phone!', ['stock']],
    ['back in stock', []],
    ['not back in stock', ['stock']],
    ['when will it be back in stock', ['stock']],
    ['my order was cancelled', ['stock']],
    ['my order has just been cancelled', ['stock']],
    ['my order was not cancelled', []],
    ['my order one two three four cancelled', []],
    ['my order. Cancelled', []],
    ['never ship a couple like that', []],
    ['not in stock and never arrived', ['delivery', 'stock']],
    ['leider ausverkauft', ['stock']],
    ['nicht lieferbar', ['stock']],
    ['es ist lieferbar', []],
    ['kommt einfach nicht', []],
    ['es kommt an', []],
    ['kommt an? nicht', []],
    ['kommt an dem Tag nicht', ['stock']],
    ['not lieferbar', []],
    ['', []],
  ])('%j: %j', (text, expected) => {
    expect(issues(text)).toEqual(expected);
  });
});
