/**
 * Spearman's rank correlation in [-1, 1] of two equally long lists: the Pearson correlation of their ranks, ties sharing their mean rank.
 * A list whose values are all equal has no order: 1 against another such list, else 0.
 */
export function spearmanCorrelation(left: readonly number[], right: readonly number[]): number {
  if (left.length !== right.length)
    throw new RangeError(`Lists of ${left.length} and ${right.length} values cannot be correlated.`);
  const leftRanks = ranksOf(left);
  const rightRanks = ranksOf(right);
  const middle = (left.length + 1) / 2;
  let product = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (const [index, leftRank] of leftRanks.entries()) {
    const a = leftRank - middle;
    const b = (rightRanks[index] ?? middle) - middle;
    product += a * b;
    leftSquares += a * a;
    rightSquares += b * b;
  }
  if (leftSquares === 0 || rightSquares === 0) return leftSquares === rightSquares ? 1 : 0;
  return product / Math.sqrt(leftSquares * rightSquares);
}

/** Ranks from 1, ascending; equal values share the mean of their ranks. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && order[end]?.value === order[start]?.value) end++;
    for (const { index } of order.slice(start, end)) ranks[index] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
