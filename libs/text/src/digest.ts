import { createCopyIndex } from './copy-index.ts';
import { signatureOf } from './copy-signature.ts';
import { foldText } from './fold.ts';
import { isStopWord } from './stop-words.ts';
import { termsOf } from './terms.ts';
import { tokenize } from './tokens.ts';

/** A post of an incident. */
export interface DigestPost {
  readonly text: string;
  /** Whoever wrote it, as a number; posts without one are people of their own. */
  readonly author?: number;
  readonly atMs: number;
}

export interface Digest {
  /** What people speak of: noun phrases that at least two different texts have, the commonest first. */
  readonly subjects: readonly { readonly phrase: string; readonly texts: number }[];
  /** What people ask, in their words; one of several alike. */
  readonly questions: readonly { readonly text: string; readonly texts: number }[];
  /** Texts that say what most say, unlike each other. */
  readonly quotes: readonly {
    readonly text: string;
    readonly copies: number;
    /** Many people wrote the same as their own within an hour. */
    readonly coordinated: boolean;
  }[];
}

/** Posts looked at: of more, evenly spread ones. Reading one takes some 3 ms. */
export const DIGEST_POSTS_MAX = 200;
const TEXT_UNITS_MAX = 1_000;
const SUBJECTS_MAX = 8;
const QUESTIONS_MAX = 5;
const QUOTES_MAX = 3;

interface Said {
  readonly text: string;
  copies: number;
  coordinated: boolean;
  readonly terms: ReadonlySet<string>;
}

/**
 * Sums up what the posts of an incident say: noun phrases and questions by compromise, quotes by the words they share
 * with the others. Slow on purpose and loaded on first use: for a few posts that somebody looks at, never for a stream.
 * The same posts give the same digest.
 */
export async function digestOf(posts: readonly DigestPost[]): Promise<Digest> {
  const said = distinctTexts(sampleOf(posts));
  const { default: nlp } = await import('compromise/three');
  const subjects = new Map<string, number>();
  const questions: string[] = [];
  for (const { text } of said) {
    const doc = nlp(plain(text));
    const phrases = new Set<string>(
      (doc.nouns().out('array') as string[]).map(subjectOf).filter((phrase) => phrase !== ''),
    );
    for (const phrase of phrases) subjects.set(phrase, (subjects.get(phrase) ?? 0) + 1);
    questions.push(...(doc.questions().out('array') as string[]));
  }
  return {
    subjects: [...subjects]
      .map(([phrase, texts]) => ({ phrase, texts }))
      .filter(({ texts }) => texts > 1)
      .sort((a, b) => b.texts - a.texts || (a.phrase < b.phrase ? -1 : 1))
      .slice(0, SUBJECTS_MAX),
    questions: askedOf(questions),
    quotes: quotesOf(said),
  };
}

function sampleOf(posts: readonly DigestPost[]): readonly DigestPost[] {
  if (posts.length <= DIGEST_POSTS_MAX) return posts;
  const step = posts.length / DIGEST_POSTS_MAX;
  return Array.from({ length: DIGEST_POSTS_MAX }, (_, index) => posts[Math.floor(index * step)]!);
}

/** Near-copies are one text, the first of them; how many there were is kept. */
function distinctTexts(posts: readonly DigestPost[]): Said[] {
  const index = createCopyIndex(DIGEST_POSTS_MAX);
  const byKey = new Map<number | string, Said>();
  posts.forEach((post, at) => {
    const text = post.text.slice(0, TEXT_UNITS_MAX);
    const tokens = tokenize(text);
    const signature = signatureOf(tokens);
    const group = signature
      ? index.note({ signature, key: at, author: post.author ?? -1 - at, atMs: post.atMs, announce: false })
      : undefined;
    const key = group?.key ?? foldText(text);
    const known = byKey.get(key);
    if (known) {
      known.copies++;
      known.coordinated ||= group?.coordinated ?? false;
    } else byKey.set(key, { text, copies: 1, coordinated: false, terms: new Set(termsOf(tokens, 'en')) });
  });
  return [...byKey.values()];
}

/** Without links, handles and the signs of hashtags, which would be read as names. */
const plain = (text: string): string =>
  text
    .replace(/https?:\/\/\S+|@[\p{L}\p{N}_.]+/gu, ' ')
    .replace(/[#＃]/g, '')
    .replace(/\s+/g, ' ')
    .trim();

/** A noun phrase without what stands before it: “my new Orion X!” is “new orion x”. */
function subjectOf(phrase: string): string {
  const words = foldText(phrase)
    .split(/[^\p{L}\p{N}\p{M}'’-]+/u)
    .filter((word) => word !== '');
  while (words.length > 0 && isStopWord(words[0]!, 'en')) words.shift();
  while (words.length > 0 && isStopWord(words.at(-1)!, 'en')) words.pop();
  const subject = words.join(' ');
  return words.length <= 4 && /\p{L}{3}/u.test(subject) ? subject : '';
}

function askedOf(questions: readonly string[]): { text: string; texts: number }[] {
  const groups: { text: string; texts: number; terms: ReadonlySet<string> }[] = [];
  for (const question of questions) {
    const text = question.replace(/\s+/g, ' ').trim();
    const terms = new Set(wordsOf(text));
    if (terms.size === 0) continue;
    const alike = groups.find((group) => likeness(group.terms, terms) >= 0.5);
    if (alike) alike.texts++;
    else groups.push({ text, texts: 1, terms });
  }
  return groups
    .sort((a, b) => b.texts - a.texts || a.text.length - b.text.length || (a.text < b.text ? -1 : 1))
    .slice(0, QUESTIONS_MAX)
    .map(({ text, texts }) => ({ text, texts }));
}

const wordsOf = (text: string): string[] =>
  tokenize(text).flatMap(({ kind, key }) => (kind === 'word' && !isStopWord(key, 'en') ? [key] : []));

/** The share of the terms of both that both have. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const term of a) if (b.has(term)) both++;
  const either = a.size + b.size - both;
  return either === 0 ? 0 : both / either;
}

/** The text whose terms most texts share, then the one that adds most to it. */
function quotesOf(said: readonly Said[]): Digest['quotes'] {
  const spread = new Map<string, number>();
  for (const { terms, copies } of said)
    for (const term of terms) spread.set(term, (spread.get(term) ?? 0) + copies);
  const worth = ({ terms, copies }: Said, told: ReadonlySet<string>): number => {
    let sum = 0;
    for (const term of terms) if (!told.has(term)) sum += (spread.get(term) ?? 0) - 1;
    return (sum + copies) / Math.sqrt(4 + terms.size);
  };
  const told = new Set<string>();
  const left = [...said];
  const quotes: Said[] = [];
  while (quotes.length < QUOTES_MAX && left.length > 0) {
    const best = left.reduce((a, b) => (worth(b, told) > worth(a, told) ? b : a));
    left.splice(left.indexOf(best), 1);
    if (quotes.some((quote) => likeness(quote.terms, best.terms) >= 0.5)) continue;
    quotes.push(best);
    for (const term of best.terms) told.add(term);
  }
  return quotes.map(({ text, copies, coordinated }) => ({ text, copies, coordinated }));
}
