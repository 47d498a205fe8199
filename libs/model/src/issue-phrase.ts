import type { IssuePack } from './config.ts';

/** Words that a `*` in a phrase may stand for, within a clause. */
export const GAP_WORDS_MAX = 3;
/** Words that a `**` may stand for; it crosses the ends of sentences. */
export const WIDE_GAP_WORDS_MAX = 8;
/** Spellings that one part of a phrase may come to before it is cut into parts that follow each other at once. */
const SPELLINGS_MAX = 48;

/** Spellings of what is written without a space: `un(happy|lucky)`. */
const WORD_SPELLINGS_MAX = 4_096;

/** What lies before a part: nothing, up to three words of the clause, up to eight words. */
export type Gap = 'none' | 'near' | 'wide';

export interface Part {
  readonly spellings: readonly string[];
  /** May be left out. Never the first of a clause. */
  readonly optional: boolean;
  readonly gap: Gap;
}

/** Parts that follow each other. */
export type Clause = readonly Part[];

/** A phrase of a pack, taken apart. */
export interface PhrasePattern {
  /** All of them near each other, in any order; the first is what the phrase stands for in the text. */
  readonly clauses: readonly Clause[];
  /** None of them near. */
  readonly without: readonly Clause[];
}

/**
 * What no list can name, and every pack may use: sums of money, numbers, spans of time told with them. Whoever looks
 * for phrases finds these by themselves.
 */
export const FIGURES = ['<amount>', '<number>', '<moments>', '<hours>', '<days>'] as const;
export type Figure = (typeof FIGURES)[number];
const isFigure = (text: string): text is Figure => (FIGURES as readonly string[]).includes(text);

/**
 * Takes a phrase of a pack apart. `*` stands for up to three words of the clause and `**` for up to eight of whatever
 * clause; `(late|delayed)` for one of several, `(the|)` for one or nothing; `<thing>` for one of the pack’s words of
 * that name, or of `<number>`, `<moments>`, `<hours>`, `<days>`, `<amount>`; `a & b` for both near each other and `a & !b` for one
 * without the other.
 */
export function parseIssuePhrase(phrase: string, words: IssuePack['words'] = {}): ParsedPhrase {
  try {
    const clauses: Clause[] = [];
    const without: Clause[] = [];
    for (const text of phrase.split(/\s+&\s+/)) {
      const excluded = text.startsWith('!');
      (excluded ? without : clauses).push(parseClause(excluded ? text.slice(1) : text, words));
    }
    if (clauses.length === 0) throw new PhraseFault('says only what must not be there');
    return { ok: true, pattern: { clauses, without } };
  } catch (error) {
    if (error instanceof PhraseFault) return { ok: false, reason: error.message };
    throw error;
  }
}

export type ParsedPhrase =
  | { readonly ok: true; readonly pattern: PhrasePattern }
  | { readonly ok: false; readonly reason: string };

/** Never leaves this file. */
class PhraseFault extends Error {}

type Words = NonNullable<IssuePack['words']>;

function parseClause(text: string, words: Words): Clause {
  const parts: Part[] = [];
  let gap: Gap = 'none';
  // A space within brackets belongs to an alternative.
  for (const piece of text.trim().split(/ +(?![^(]*\))(?![^<]*>)/)) {
    if (piece === '*' || piece === '**') {
      gap = piece === '*' ? 'near' : 'wide';
      continue;
    }
    const choices = spellings(piece, words);
    const last = parts.at(-1);
    const joined =
      last &&
      gap === 'none' &&
      !choices.some(isFigure) &&
      !last.spellings.some(isFigure) &&
      last.spellings.length * choices.length <= SPELLINGS_MAX
        ? [
            ...new Set(
              last.spellings.flatMap((before) => choices.map((choice) => `${before} ${choice}`.trim())),
            ),
          ]
        : undefined;
    if (joined) parts[parts.length - 1] = { ...last!, spellings: joined };
    else parts.push({ spellings: choices, optional: false, gap });
    gap = 'none';
  }
  return parts.map(({ spellings: all, gap: before }, index) => {
    const said = all.filter((spelling) => spelling !== '').sort();
    const optional = said.length < all.length;
    if (said.length === 0 || (optional && index === 0))
      throw new PhraseFault('a part of it may be nothing at all');
    return { spellings: said, optional, gap: before };
  });
}

/** Every way to read one word of a phrase. */
function spellings(word: string, words: Words): string[] {
  let found = [''];
  for (const piece of word.split(/(\([^)]*\)|<[^>]*>)/)) {
    if (piece === '') continue;
    const choices = choicesOf(piece, words);
    if (found.length * choices.length > WORD_SPELLINGS_MAX)
      throw new PhraseFault(`comes to more than ${WORD_SPELLINGS_MAX} spellings of one word`);
    found = found.flatMap((before) => choices.map((choice) => before + choice));
  }
  if (found.some((text) => text.includes('<') && !isFigure(text)))
    throw new PhraseFault('needs a space around a figure, and nothing else in its alternative');
  return [...new Set(found.map((text) => text.replace(/\s+/g, ' ').trim()))];
}

function choicesOf(piece: string, words: Words): readonly string[] {
  // A list may be one of the alternatives.
  if (piece.startsWith('('))
    return piece
      .slice(1, -1)
      .split('|')
      .flatMap((choice) => (choice.includes('<') ? spellings(choice, words) : [choice]));
  if (!piece.startsWith('<')) return [piece];
  const name = piece.slice(1, -1);
  const list = Object.hasOwn(words, name) ? words[name] : isFigure(piece) ? [piece] : undefined;
  if (!list) throw new PhraseFault(`names the words ${piece}, which the pack does not list`);
  return list;
}
