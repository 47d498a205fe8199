import { readFileSync } from 'node:fs';
import { realData } from '../real-data.ts';

/** A post with the mean of twenty ratings, −4 to 4. */
export interface RatedPost {
  readonly text: string;
  readonly rating: number;
}

/** A post that people gave one of three labels. */
export interface LabelledPost {
  readonly text: string;
  readonly label: string;
  readonly language: string;
}

function linesOf(path: string): Record<string, unknown>[] | undefined {
  const file = realData(path);
  if (file === undefined) return undefined;
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export const ratedPosts = (path: string): RatedPost[] | undefined =>
  linesOf(path)?.map(({ text, r }) => ({ text: String(text), rating: Number(r) }));

export const labelledPosts = (path: string): LabelledPost[] | undefined =>
  linesOf(path)?.map(({ text, y, lang }) => ({
    text: String(text),
    label: String(y),
    language: typeof lang === 'string' ? lang : 'en',
  }));
