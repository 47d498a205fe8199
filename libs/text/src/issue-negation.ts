import type { CueHits } from './cues.ts';
import type { Place } from './figures-in-text.ts';
import { type PhraseHit, wordsWithin } from './issue-phrases.ts';
import { NEGATOR_FOLLOWS } from './negation.ts';

/** Words between a negator and what it negates: “no sign of a restock”, “haven’t even had a delivery date”. */
export const NEGATED_WORDS_MAX = 4;
/** A plain phrase is denied only from close by: “not sold out”, “isn’t completely broken”. */
const DENIED_WORDS_MAX = 1;
/** After the phrase: “kommt einfach nicht”. */
const FOLLOWING_WORDS_MAX = 2;

interface Negator extends Place {
  readonly language: string;
}

/** Keeps the hits that mean trouble: not taken back, and negated where they must be and only there. */
export function createJudge(numbers: {
  readonly firstNegator: number;
  readonly pseudo: number;
  readonly languages: readonly string[];
}): (hits: CueHits, phrases: readonly PhraseHit[]) => PhraseHit[] {
  const { firstNegator, pseudo, languages } = numbers;
  return (hits, phrases) => {
    const negators = negatorsIn(hits);
    const excepts = phrases.filter((hit) => hit.phrase.kind === 'except');
    const elsewhere = new Set(
      phrases.flatMap(({ phrase }) => (phrase.kind === 'unless' ? [phrase.issue] : [])),
    );
    return phrases.filter((hit) => {
      const { kind, issue, language } = hit.phrase;
      if (kind === 'except' || kind === 'unless' || elsewhere.has(issue)) return false;
      if (excepts.some((except) => takesBack(except, hit))) return false;
      const negated = negators.some(
        (negator) => negator.language === language && negates(hits.text, negator, hit),
      );
      return negated === (kind === 'negated');
    });
  };

  function negatorsIn(hits: CueHits): Negator[] {
    const { count, cue, end } = hits;
    const found: Negator[] = [];
    const harmless: Place[] = [];
    for (let hit = 0; hit < count; hit++) {
      const which = cue[hit]!;
      if (which === pseudo) harmless.push({ start: hits.startOf(hit), end: end[hit]! });
      else if (which >= firstNegator && which < pseudo)
        found.push({ start: hits.startOf(hit), end: end[hit]!, language: languages[which - firstNegator]! });
    }
    return harmless.length === 0
      ? found
      : found.filter((negator) => !harmless.some((other) => overlaps(negator, other)));
  }
}

/**
 * An exception takes back the hits it touches, but not one that covers it and says more: “back in stock” is no
 * trouble, “when will it be back in stock” is; nor a negated one of the same words: “not back in stock”.
 */
function takesBack(except: PhraseHit, hit: PhraseHit): boolean {
  if (except.phrase.issue !== hit.phrase.issue || !overlaps(except, hit)) return false;
  const covered = hit.start <= except.start && hit.end >= except.end;
  const longer = hit.end - hit.start > except.end - except.start;
  return !(covered && (longer || hit.phrase.kind === 'negated'));
}

const overlaps = (a: Place, b: Place): boolean => a.start < b.end && b.start < a.end;

function negates(text: string, negator: Negator, hit: PhraseHit): boolean {
  const wide = hit.phrase.kind === 'negated';
  if (negator.end <= hit.start) {
    const between = text.slice(negator.end, hit.start);
    if (!wordsWithin(between, wide ? NEGATED_WORDS_MAX : DENIED_WORDS_MAX)) return false;
    // “No it’s sold out” denies something else.
    return wide || !/\b(?:it'?s|i'?m|they'?re|you'?re)\b/.test(between);
  }
  // “Order was not cancelled” denies “order * cancelled”; a phrase that names its negator itself is not denied by it.
  if (hit.gaps.some((gap) => overlaps(negator, gap))) return true;
  if (!wide || !NEGATOR_FOLLOWS.has(negator.language) || negator.start < hit.end) return false;
  return wordsWithin(text.slice(hit.end, negator.start), FOLLOWING_WORDS_MAX);
}
