import type { Row } from './boosted-trees.ts';

/** A weighted sum of features. */
export interface Line {
  readonly weights: Float64Array;
  readonly base: number;
}

export function evaluateLine(line: Line, features: Float64Array): number {
  let sum = line.base;
  for (let f = 0; f < line.weights.length; f++) sum += line.weights[f]! * features[f]!;
  return sum;
}

/** Least squares with a penalty on the standardised weights, solved exactly. */
export function fitRidge(rows: readonly Row[], penalty: number): Line {
  const width = rows[0]!.features.length;
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  const average = (of: (row: Row) => number): number =>
    rows.reduce((sum, row) => sum + row.weight * of(row), 0) / total;
  const means = Float64Array.from({ length: width }, (_, f) => average(({ features }) => features[f]!));
  const scales = Float64Array.from(
    { length: width },
    (_, f) => Math.sqrt(average(({ features }) => (features[f]! - means[f]!) ** 2)) || 1,
  );
  const target = average((row) => row.target);
  const matrix = Array.from({ length: width }, (_, f) => {
    const line = new Float64Array(width + 1);
    line[f] = penalty;
    return line;
  });
  const scaled = new Float64Array(width);
  for (const row of rows) {
    for (let f = 0; f < width; f++) scaled[f] = (row.features[f]! - means[f]!) / scales[f]!;
    for (let f = 0; f < width; f++) {
      const share = row.weight * scaled[f]!;
      const line = matrix[f]!;
      for (let g = 0; g < width; g++) line[g]! += share * scaled[g]!;
      line[width]! += share * (row.target - target);
    }
  }
  const solution = solve(matrix);
  const weights = solution.map((value, f) => Math.round((value / scales[f]!) * 100_000) / 100_000);
  return { weights, base: target - weights.reduce((sum, weight, f) => sum + weight * means[f]!, 0) };
}

/** Gaussian elimination; the penalty on its diagonal keeps the matrix regular. */
function solve(matrix: Float64Array[]): Float64Array {
  const width = matrix.length;
  for (let column = 0; column < width; column++) {
    let pivot = column;
    for (let row = column + 1; row < width; row++)
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = row;
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    const head = matrix[column]!;
    for (let row = column + 1; row < width; row++) {
      const line = matrix[row]!;
      const factor = line[column]! / head[column]!;
      if (factor === 0) continue;
      for (let at = column; at <= width; at++) line[at]! -= factor * head[at]!;
    }
  }
  const solution = new Float64Array(width);
  for (let row = width - 1; row >= 0; row--) {
    const line = matrix[row]!;
    let rest = line[width]!;
    for (let at = row + 1; at < width; at++) rest -= line[at]! * solution[at]!;
    solution[row] = rest / line[row]!;
  }
  return solution;
}
