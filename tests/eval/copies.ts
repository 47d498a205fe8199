/** How many copies of real posts are known again after the edits that people make, and how many strangers pass as copies. */
import { readFileSync } from 'node:fs';
import { createCopyIndex } from '@foreshock/text/copy-index';
import { EQUAL_BINS_MIN, equalBins, signatureOf } from '@foreshock/text/copy-signature';
import { tokenize } from '@foreshock/text/tokens';
import { realData } from '../real-data.ts';
import { absentText, tableText } from './table.ts';

const RANDOM_PAIRS = 3_000_000;

/** A fixed sequence: the same figures every time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

export function evaluateCopies(): string {
  const file = realData('sentiment/tweeteval_test_dev.jsonl');
  if (file === undefined) return absentText('the file of real posts');
  const texts = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { text: string }).text);
  const posts = [...new Set(texts)].flatMap((text) => {
    const signature = signatureOf(tokenize(text));
    return signature ? [{ text, signature }] : [];
  });
  const rows = Object.entries(edits(createRandom(7))).map(([name, edit]) => {
    const known = posts.filter(({ text, signature }) => {
      const copy = signatureOf(tokenize(edit(text)));
      return copy !== undefined && equalBins(signature, copy) >= EQUAL_BINS_MIN;
    }).length;
    return [name, (known / posts.length).toFixed(3), (indexed(posts, edit) / posts.length).toFixed(3)];
  });
  const random = createRandom(11);
  let strangers = 0;
  for (let pair = 0; pair < RANDOM_PAIRS; pair++) {
    const a = random(posts.length);
    const b = random(posts.length);
    if (a !== b && equalBins(posts[a]!.signature, posts[b]!.signature) >= EQUAL_BINS_MIN) strangers++;
  }
  return [
    `${posts.length} real posts, edited as people copy them`,
    tableText(['edit', 'recall of pairs', 'found in the index'], rows),
    `random pairs taken for copies: ${((strangers / RANDOM_PAIRS) * 1e6).toFixed(1)} in a million`,
  ].join('\n');
}

/** Copies that the index files under their original, all originals having gone before. */
function indexed(
  posts: readonly { readonly text: string; readonly signature: Uint16Array }[],
  edit: (text: string) => string,
): number {
  const index = createCopyIndex(2 * posts.length);
  const common = { author: 1, atMs: 0, announce: false };
  const keys = posts.map(({ signature }, key) => index.note({ ...common, signature, key }).key);
  return posts.filter(({ text }, at) => {
    const signature = signatureOf(tokenize(edit(text)));
    return signature && index.note({ ...common, signature, key: -1 }).key === keys[at];
  }).length;
}

const COMMENTS = [
  'so true',
  'this is what i was saying',
  'lol',
  'omg look at this',
  'I cannot believe it',
  'smh',
  'wow',
];

function edits(random: (below: number) => number): Record<string, (text: string) => string> {
  const withWord = (text: string, change: (words: string[], at: number) => void): string => {
    const words = text.split(' ');
    change(words, random(words.length));
    return words.join(' ');
  };
  return {
    'RT prefix': (text) => `RT @someone: ${text}`,
    '“via”, new URL': (text) => `${text.replace(/https?:\S+/g, '')} https://t.co/${random(1e6)} via @other`,
    comment: (text) => `${COMMENTS[random(COMMENTS.length)]}: "${text}"`,
    'cut 20 %': (text) => text.slice(0, Math.floor(text.length * 0.8)),
    'word dropped': (text) => withWord(text, (words, at) => void words.splice(at, 1)),
    'word replaced': (text) =>
      withWord(text, (words, at) => {
        words[at] = 'really';
      }),
  };
}

if (import.meta.main) console.log(evaluateCopies());
