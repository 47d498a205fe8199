import { describe, expect, test } from 'vitest';
import { labelledRows, tooLittle } from './label-file.ts';

const columns = { text: 'text', sentiment: 'mood', issue: 'why', group: 'brand' };
const read = (csv: string) => labelledRows(csv, 'labels.csv', columns);

describe('a file of labels', () => {
  test('is read by its header; an empty cell is no label, a row without any is left out', () => {
    expect(
      read('text,mood,why,brand\n"a, ""b""",neg,,x\nc,,Late,\nd,,,y\n,pos,Late,y\ne,POSITIVE,none,y\n'),
    ).toEqual([
      { text: 'a, "b"', sentiment: 'negative', group: 'x' },
      { text: 'c', issue: 'Late' },
      { text: 'e', sentiment: 'positive', issue: 'none', group: 'y' },
    ]);
  });

  test.each([
    ['text,why,brand\na,b,c\n', /no column mood .*--sentiment: text, why, brand/],
    ['text,mood,why,brand\na,neg,,\nb,angry,,\n', /labels\.csv:3: sentiment "angry"/],
    ['text,mood,why,brand\n', /no rows/],
    ['text,mood,why,brand\n"a', /labels\.csv: /],
  ])('%j is refused', (csv, reason) => {
    expect(() => read(csv)).toThrow(reason);
  });

  test('says where there is too little to learn from', () => {
    const rows = (labels: string) => [...labels].map((issue) => ({ text: issue, issue }));
    expect(tooLittle(rows('aaaaaabbbbbb'), 'issue')).toBeUndefined();
    expect(tooLittle(rows('aaaaaabbb'), 'issue')).toMatch(/fewer than 5 posts each of issue b/);
    expect(tooLittle(rows('aaaaaa'), 'issue')).toMatch(/two different ones/);
    expect(tooLittle(rows('aaaaaa'), 'sentiment')).toBeUndefined();
  });
});
