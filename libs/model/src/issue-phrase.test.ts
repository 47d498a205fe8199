import { describe, expect, test } from 'vitest';
import { parseIssuePhrase } from './issue-phrase.ts';

const words = { thing: ['parcel', 'new phone'] };
const clauses = (phrase: string) => {
  const parsed = parseIssuePhrase(phrase, words);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.pattern.clauses.map((clause) =>
    clause.map(({ spellings, optional, gap }) =>
      [gap, spellings.join('|') + (optional ? '?' : '')].join(' '),
    ),
  );
};

describe('a phrase of a pack', () => {
  test.each([
    ['sold out', [['none sold out']]],
    ['order * cancelled', [['none order', 'near cancelled']]],
    ['ordered ** nothing', [['none ordered', 'wide nothing']]],
    ['(late|lost) parcel', [['none late parcel|lost parcel']]],
    ['in (my |the |)basket', [['none in basket|in my basket|in the basket']]],
    ['gone (already|) again', [['none gone again|gone already again']]],
    ['my <thing> & late', [['none my new phone|my parcel'], ['none late']]],
    ['ordered (a|the|) * (now|)', [['none ordered|ordered a|ordered the', 'near now?']]],
    ['(<thing>|order) lost', [['none new phone lost|order lost|parcel lost']]],
    ["where('s| is) it", [["none where is it|where's it"]]],
  ])('%j is %j', (phrase, expected) => {
    expect(clauses(phrase)).toEqual(expected);
  });

  test('is cut where a figure stands', () => {
    const [clause] = clauses('waiting <days> now');
    expect(clause).toEqual(['none waiting', 'none <days>', 'none now']);
  });

  test('keeps apart what must not be there', () => {
    const parsed = parseIssuePhrase('delayed & !(train|flight)');
    expect(parsed.ok && parsed.pattern.without).toEqual([
      [{ spellings: ['flight', 'train'], optional: false, gap: 'none' }],
    ]);
  });

  test.each([
    ['<nothing> late', 'names the words <nothing>'],
    ['!late', 'says only what must not be there'],
    ['(|) late & ()', 'nothing at all'],
    ['(late|)', 'nothing at all'],
    ['<days><days>', 'needs a space around a figure'],
    ['late (by <days>|again)', 'needs a space around a figure'],
  ])('%j is refused: %s', (phrase, reason) => {
    const parsed = parseIssuePhrase(phrase, words);
    expect(parsed.ok).toBe(false);
    expect(!parsed.ok && parsed.reason).toContain(reason);
  });
});
