/**
 * x with A·x = b, by elimination with row pivots; for the handful of unknowns of a calibration.
 * `matrix` — n rows of n, `right` — n. Neither is changed. Throws an Error where the matrix is singular.
 */
export function solveLinearSystem(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  for (let column = 0; column < rows.length; column += 1) {
    const pivot = takePivot(rows, column);
    for (const [index, row] of rows.entries()) {
      if (index === column) continue;
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1);
      for (let k = column; k < row.length; k += 1) row[k] = (row[k] ?? 0) - factor * (pivot[k] ?? 0);
    }
  }
  return rows.map((row, index) => (row.at(-1) ?? 0) / (row[index] ?? 1));
}

/** Moves the row with the largest value in `column`, of those not used yet, to its place. */
function takePivot(rows: number[][], column: number): number[] {
  const size = (index: number): number => Math.abs(rows[index]?.[column] ?? 0);
  let best = column;
  for (let index = column + 1; index < rows.length; index += 1) if (size(index) > size(best)) best = index;
  const pivot = rows[best];
  const other = rows[column];
  if (pivot === undefined || other === undefined || !(size(best) > 0)) {
    throw new Error(`the matrix is singular: column ${column} of ${rows.length} has no pivot`);
  }
  rows[best] = other;
  rows[column] = pivot;
  return pivot;
}
