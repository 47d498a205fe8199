import { CONTRAST, NEGATOR, STRONGER, WEAKER } from './foreign-lexicons.ts';
import { CLAUSE_END, PAUSE, type Reading, WORD } from './post-reader.ts';
import type { ValenceTable } from './valence-table.ts';

const BEFORE_CONTRAST = 0.5;
const AFTER_CONTRAST = 1.5;
const CAPITALS_BONUS = 0.73;
const STRETCHED_BONUS = 0.5;
const BOOST = 0.87;
const NEGATED = -0.74;
const NEGATION_REACH = 3;
/** Brings a sum of word values to −1…1: four strong words are nearly all there is to say. */
const SOFTENING = 15;

/**
 * The score of a post by the rules of short posts alone: a negation turns the next three words round, capitals,
 * lengthened words, intensifiers and exclamation marks strengthen, and what follows “but” weighs more than what
 * stands before it.
 */
export function ruleScore(reading: Reading, table: ValenceTable): number {
  const { tokens, kind, entry, capitals, stretched } = reading;
  const shouting = reading.shouted > 0 && reading.shouted < reading.words;
  let sum = 0;
  let negation = 0;
  let boost = 0;
  let weight = 1;
  for (let i = 0; i < tokens; i++) {
    const sort = kind[i]!;
    if (sort === CLAUSE_END || sort === PAUSE) {
      if (sort === CLAUSE_END) negation = 0;
      boost = 0;
      continue;
    }
    const at = entry[i]!;
    const bits = at >= 0 && sort === WORD ? table.flags[at]! : 0;
    if ((bits & CONTRAST) !== 0) {
      sum *= BEFORE_CONTRAST;
      weight = AFTER_CONTRAST;
      negation = 0;
      continue;
    }
    if ((bits & NEGATOR) !== 0) {
      negation = NEGATION_REACH;
      continue;
    }
    const value = at >= 0 ? table.values[at]! : 0;
    if (value !== 0) {
      const emphasis =
        (shouting && capitals[i] === 1 ? CAPITALS_BONUS : 0) + stretched[i]! * STRETCHED_BONUS + boost;
      const meant = value > 0 ? value + emphasis : value - emphasis;
      sum += meant * weight * (negation > 0 && sort === WORD ? NEGATED : 1);
    }
    boost = (bits & STRONGER) !== 0 ? BOOST : (bits & WEAKER) !== 0 ? -BOOST : 0;
    if (negation > 0) negation--;
  }
  if (sum !== 0) sum += Math.sign(sum) * punctuation(reading);
  return sum / Math.sqrt(sum * sum + SOFTENING);
}

const punctuation = ({ exclamations, questions }: Reading): number =>
  Math.min(exclamations, 4) * 0.29 + (questions > 1 ? Math.min(questions * 0.18, 0.96) : 0);
