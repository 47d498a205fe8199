import {
  CONTRAST,
  FIRST_CLASS_BIT,
  NEGATOR,
  OURS,
  PHRASE,
  PHRASE_GOES_ON,
  STRONGER,
  VADER,
  WEAKER,
  WORD_CLASSES,
} from './english-lexicon.ts';
import { CLAUSE_END, NUMBER, PAUSE, type Reading, TAG, WORD } from './post-reader.ts';
import { findEntry, hashNext, type ValenceTable } from './valence-table.ts';

const LEXICONS = 3;
const PER_LEXICON = 7;
const OTHERS = 24;
export const ENGLISH_FEATURES = LEXICONS * PER_LEXICON + OTHERS + 2 * WORD_CLASSES.length;

/** A negator reaches this many words on, and leaves this much of what it meets. */
const NEGATION_REACH = 4;
const NEGATED = -0.6;
const CAPITALS_BONUS = 0.733;
const STRETCHED_BONUS = 0.5;
const BOOST = 0.293;
/** What a booster one, two and three words before is worth. */
const BOOST_NEAR = [2.5 / 1.5, 2 / 1.5, 1];
const BEFORE_CONTRAST = 0.5;
const AFTER_CONTRAST = 1.5;
const SOFTENING = 15;

/** Sums over one post by lexicon, used again for the next. */
const praise = new Float64Array(LEXICONS);
const blame = new Float64Array(LEXICONS);
const best = new Float64Array(LEXICONS);
const worst = new Float64Array(LEXICONS);
const final = new Float64Array(LEXICONS);
const classCounts = new Float64Array(WORD_CLASSES.length);

/**
 * What a post says of mood, as numbers: for each lexicon the sums of praise and blame under the habits of short posts
 * (a negation turns the next words round, capitals, lengthened words and boosters strengthen, what follows “but”
 * weighs more than what stands before it), and what kind of post it is.
 */
export function englishFeatures(reading: Reading, table: ValenceTable, into: Float64Array): void {
  praise.fill(0);
  blame.fill(0);
  best.fill(0);
  worst.fill(0);
  final.fill(0);
  classCounts.fill(0);
  const { tokens, kind, entry, hash, capitals, stretched } = reading;
  const { values, flags, columns } = table;
  const shouting = reading.shouted > 0 && reading.shouted < reading.words;
  let phrasePraise = 0;
  let phraseBlame = 0;
  let negation = 0;
  let negators = 0;
  let boosters = 0;
  let lengthened = 0;
  let weight = 1;
  let boost1 = 0;
  let boost2 = 0;
  let boost3 = 0;
  /** Tokens before this one belong to a phrase found. */
  let phraseEnd = 0;
  let phraseValue = 0;
  let phraseDenies = false;
  for (let i = 0; i < tokens; i++) {
    const sort = kind[i]!;
    if (sort === CLAUSE_END || sort === PAUSE) {
      if (sort === CLAUSE_END) negation = 0;
      boost3 = boost2;
      boost2 = boost1;
      boost1 = 0;
      continue;
    }
    const at = entry[i]!;
    let boost = 0;
    let startsPhrase = false;
    if (at >= 0) {
      const bits = flags[at]!;
      if (bits !== 0 && (sort === WORD || sort === TAG || sort === NUMBER)) {
        if (i >= phraseEnd && (bits & PHRASE_GOES_ON) !== 0) {
          let state = hash[i]!;
          let denies = (bits & NEGATOR) !== 0;
          for (let j = i + 1; j < tokens; j++) {
            const next = kind[j]!;
            if (next !== WORD && next !== TAG && next !== NUMBER) break;
            state = hashNext(state, hash[j]!);
            const found = findEntry(table, state);
            if (found < 0) break;
            const word = entry[j]!;
            denies ||= word >= 0 && (flags[word]! & NEGATOR) !== 0;
            const value = values[found * columns + PHRASE]!;
            if (value !== 0) {
              startsPhrase = true;
              phraseEnd = j + 1;
              phraseValue = value;
              phraseDenies = denies;
            }
            if ((flags[found]! & PHRASE_GOES_ON) === 0) break;
          }
        }
        if (sort === WORD) {
          for (let c = bits >> FIRST_CLASS_BIT, index = 0; c !== 0; c >>= 1, index++)
            if ((c & 1) !== 0) classCounts[index]!++;
          if (i >= phraseEnd) {
            if ((bits & CONTRAST) !== 0) {
              for (let c = 0; c < LEXICONS; c++) {
                praise[c]! *= BEFORE_CONTRAST;
                blame[c]! *= BEFORE_CONTRAST;
                best[c]! *= BEFORE_CONTRAST;
                worst[c]! *= BEFORE_CONTRAST;
                final[c]! *= BEFORE_CONTRAST;
              }
              weight = AFTER_CONTRAST;
              negation = 0;
              continue;
            }
            if ((bits & NEGATOR) !== 0) {
              negation = NEGATION_REACH;
              negators++;
              continue;
            }
          }
          if ((bits & STRONGER) !== 0) boost = BOOST;
          else if ((bits & WEAKER) !== 0) boost = -BOOST;
          if (boost !== 0) boosters++;
        }
      }
      const emphasis =
        (shouting && capitals[i] === 1 ? CAPITALS_BONUS : 0) +
        boost1 * BOOST_NEAR[0]! +
        boost2 * BOOST_NEAR[1]! +
        boost3 * BOOST_NEAR[2]! +
        stretched[i]! * STRETCHED_BONUS;
      lengthened += stretched[i]!;
      const factor = (negation > 0 && sort === WORD ? NEGATED : 1) * weight;
      for (let c = 0; c < LEXICONS; c++) {
        // What a phrase with a negator is worth, none of its words tells: “not bad at all”.
        const isPhrase = i < phraseEnd && (c === OURS || phraseDenies);
        const value = isPhrase ? (startsPhrase ? phraseValue : 0) : values[at * columns + c]!;
        if (value === 0) continue;
        const meant = (value > 0 ? value + emphasis : value - emphasis) * factor;
        if (meant > 0) {
          praise[c]! += meant;
          if (meant > best[c]!) best[c] = meant;
        } else {
          blame[c]! += meant;
          if (meant < worst[c]!) worst[c] = meant;
        }
        final[c] = meant;
      }
      if (startsPhrase) {
        if (phraseValue > 0) phrasePraise += phraseValue * weight;
        else phraseBlame += phraseValue * weight;
      }
    }
    boost3 = boost2;
    boost2 = boost1;
    boost1 = boost;
    if (negation > 0) negation--;
  }
  const length = Math.sqrt(reading.words) + 1;
  let at = 0;
  for (let c = 0; c < LEXICONS; c++) {
    const sum = praise[c]! + blame[c]!;
    into[at++] = sum / Math.sqrt(sum * sum + SOFTENING);
    into[at++] = Math.sqrt(praise[c]!);
    into[at++] = -Math.sqrt(-blame[c]!);
    into[at++] = best[c]!;
    into[at++] = worst[c]!;
    into[at++] = final[c]!;
    into[at++] = sum / length;
  }
  const total = praise[VADER]! + blame[VADER]! + praise[OURS]! + blame[OURS]!;
  const side = total > 0 ? 1 : total < 0 ? -1 : 0;
  const exclamations = Math.min(reading.exclamations, 4);
  const questions = Math.min(reading.questions, 3);
  const logWords = Math.log1p(reading.words);
  const titled = reading.titled / (reading.words + 3);
  const numbers = Math.min(reading.numbers, 4);
  into[at++] = phrasePraise;
  into[at++] = phraseBlame;
  into[at++] = exclamations;
  into[at++] = questions;
  into[at++] = reading.ellipses > 0 ? 1 : 0;
  into[at++] = side * exclamations;
  into[at++] = side * questions;
  into[at++] = lengthened;
  into[at++] = side * lengthened;
  into[at++] = reading.addresses > 0 ? 1 : 0;
  into[at++] = Math.min(reading.handles, 3);
  into[at++] = Math.min(reading.tags, 4);
  into[at++] = logWords;
  into[at++] = side * logWords;
  into[at++] = negators;
  into[at++] = side * negators;
  into[at++] = boosters;
  into[at++] = shouting ? 1 : 0;
  into[at++] = shouting ? side : 0;
  into[at++] = weight > 1 ? 1 : 0;
  into[at++] = titled;
  into[at++] = side * titled;
  into[at++] = numbers;
  into[at++] = side * numbers;
  for (let c = 0; c < classCounts.length; c++) {
    const root = Math.sqrt(classCounts[c]!);
    into[at++] = root;
    into[at++] = side * root;
  }
}
