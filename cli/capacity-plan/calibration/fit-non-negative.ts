/**
 * Coefficients of a sum that lies nearest to the measured values, none below zero: least squares of the relative errors, so that short times count like long
 * ones. Terms that would be negative are left out, the most negative first.
 * `rows` — the terms of each measurement; `values` — what was measured, above 0.
 */
export function fitNonNegative(rows: readonly (readonly number[])[], values: readonly number[]): number[] {
  const terms = rows[0]?.length ?? 0;
  let active = Array.from({ length: terms }, (_, term) => term);
  while (active.length > 0) {
    const solved = solveLeastSquares(
      rows.map((row, index) => active.map((term) => (row[term] ?? 0) / (values[index] ?? 1))),
    );
    const lowest = solved.indexOf(Math.min(...solved));
    if ((solved[lowest] ?? 0) >= 0) return place(terms, active, solved);
    active = active.filter((_, index) => index !== lowest);
  }
  return place(terms, [], []);
}

function place(terms: number, active: readonly number[], solved: readonly number[]): number[] {
  return Array.from({ length: terms }, (_, term) => solved[active.indexOf(term)] ?? 0);
}

/** The x for which rows · x is nearest to 1, by the normal equations with columns of equal length; a term that says nothing new gets 0. */
function solveLeastSquares(rows: readonly (readonly number[])[]): number[] {
  const terms = rows[0]?.length ?? 0;
  const at = (row: readonly number[], term: number) => row[term] ?? 0;
  const scales = Array.from({ length: terms }, (_, term) => Math.hypot(...rows.map((row) => at(row, term))) || 1);
  const scaled = rows.map((row) => row.map((value, term) => value / (scales[term] ?? 1)));
  const matrix = Array.from({ length: terms }, (_, left) => [
    ...Array.from({ length: terms }, (_unused, right) =>
      scaled.reduce((sum, row) => sum + at(row, left) * at(row, right), 0),
    ),
    scaled.reduce((sum, row) => sum + at(row, left), 0),
  ]);
  return eliminate(matrix).map((value, term) => value / (scales[term] ?? 1));
}

/** Gauss-Jordan with the largest pivot; `matrix` — [n, n + 1], changed. */
function eliminate(matrix: number[][]): number[] {
  const size = matrix.length;
  const singular = 1e-12;
  for (let column = 0; column < size; column += 1) {
    const below = matrix.slice(column).map((row) => Math.abs(row[column] ?? 0));
    const pivot = column + below.indexOf(Math.max(...below));
    const [top, chosen] = [matrix[column] ?? [], matrix[pivot] ?? []];
    matrix[pivot] = top;
    matrix[column] = chosen;
    const divisor = chosen[column] ?? 0;
    const normalised = Math.abs(divisor) < singular ? chosen.map(() => 0) : chosen.map((value) => value / divisor);
    matrix[column] = normalised;
    for (const [index, row] of matrix.entries()) {
      const factor = row[column] ?? 0;
      if (index === column || factor === 0) continue;
      matrix[index] = row.map((value, term) => value - factor * (normalised[term] ?? 0));
    }
  }
  return matrix.map((row) => row[size] ?? 0);
}
