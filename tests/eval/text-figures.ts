/** How well scores go with ratings: 1 where they are the same but for scale, 0 where they have nothing in common. */
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
