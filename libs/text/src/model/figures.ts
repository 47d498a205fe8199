import { createRandom } from './random.ts';

/** How right labels are; every class counts the same in `f1` and `recall`. */
export interface ClassFigures {
  readonly accuracy: number;
  readonly f1: number;
  readonly recall: number;
  readonly byClass: ReadonlyMap<
    string,
    { readonly posts: number; readonly precision: number; readonly recall: number; readonly f1: number }
  >;
}

/** Figures over the classes that the truth knows; an answer outside of them (`unknown`) is wrong. */
export function classFigures(truth: readonly string[], answers: readonly string[]): ClassFigures {
  const hits = new Map<string, number>();
  const said = new Map<string, number>();
  const posts = new Map<string, number>();
  const count = (of: Map<string, number>, name: string): void => {
    of.set(name, (of.get(name) ?? 0) + 1);
  };
  let right = 0;
  for (const [index, label] of truth.entries()) {
    count(posts, label);
    count(said, answers[index]!);
    if (answers[index] === label) {
      count(hits, label);
      right++;
    }
  }
  const byClass = new Map(
    [...posts.keys()].sort().map((name) => {
      const hit = hits.get(name) ?? 0;
      const told = said.get(name) ?? 0;
      const is = posts.get(name)!;
      return [
        name,
        { posts: is, precision: told === 0 ? 0 : hit / told, recall: hit / is, f1: (2 * hit) / (told + is) },
      ];
    }),
  );
  const mean = (of: (figures: { recall: number; f1: number }) => number): number =>
    [...byClass.values()].reduce((sum, figures) => sum + of(figures), 0) / Math.max(1, byClass.size);
  return {
    accuracy: right / Math.max(1, truth.length),
    f1: mean(({ f1 }) => f1),
    recall: mean(({ recall }) => recall),
    byClass,
  };
}

/** The middle 95 % of a figure when the posts are drawn again and again with replacement. */
export function interval(
  count: number,
  figure: (drawn: readonly number[]) => number,
  draws = 200,
): readonly [number, number] {
  const random = createRandom(1);
  const values = Array.from({ length: draws }, () =>
    figure(Array.from({ length: count }, () => Math.floor(random() * count))),
  ).sort((a, b) => a - b);
  return [values[Math.floor(draws * 0.025)]!, values[Math.floor(draws * 0.975)]!];
}
