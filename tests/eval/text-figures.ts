/** How right labels and scores are. Pure. */

export function correlation(one: readonly number[], other: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanOne = mean(one);
  const meanOther = mean(other);
  let both = 0;
  let squaresOne = 0;
  let squaresOther = 0;
  for (const [index, value] of one.entries()) {
    const off = value - meanOne;
    const offOther = other[index]! - meanOther;
    both += off * offOther;
    squaresOne += off * off;
    squaresOther += offOther * offOther;
  }
  return both / Math.sqrt(squaresOne * squaresOther);
}

export interface ClassFigures {
  readonly accuracy: number;
  /** Mean over the classes: each counts the same, however rare. */
  readonly f1: number;
  readonly recall: number;
  readonly byClass: ReadonlyMap<
    string,
    { readonly precision: number; readonly recall: number; readonly f1: number }
  >;
}

/** Figures over the classes that the truth knows; an answer outside of them (`unknown`) is wrong. */
export function classFigures(truth: readonly string[], answers: readonly string[]): ClassFigures {
  const byClass = new Map<string, { precision: number; recall: number; f1: number }>();
  let right = 0;
  for (const name of [...new Set(truth)].sort()) {
    let hit = 0;
    let said = 0;
    let is = 0;
    for (const [index, label] of truth.entries()) {
      if (label === name) is++;
      if (answers[index] === name) said++;
      if (label === name && answers[index] === name) hit++;
    }
    right += hit;
    byClass.set(name, {
      precision: said === 0 ? 0 : hit / said,
      recall: hit / is,
      f1: said + is === 0 ? 0 : (2 * hit) / (said + is),
    });
  }
  const mean = (of: (figures: { recall: number; f1: number }) => number): number =>
    [...byClass.values()].reduce((sum, figures) => sum + of(figures), 0) / byClass.size;
  return {
    accuracy: right / truth.length,
    f1: mean(({ f1 }) => f1),
    recall: mean(({ recall }) => recall),
    byClass,
  };
}
