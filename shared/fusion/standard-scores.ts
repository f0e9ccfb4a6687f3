/** Each value less the mean of all, over their standard deviation (of the population); values that are all equal are 0. */
export function standardScores(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  // Equal values whose mean is off by its last bit are no spread.
  const areEqual = values.every((value) => value === values[0]);
  return values.map((value) => (areEqual || variance === 0 ? 0 : (value - mean) / Math.sqrt(variance)));
}
