/**
 * Cosine of each row of `left` with each row of `right`, in float64: [rows of left, rows of right].
 * A row of zeros has cosine 0 with everything, as torch's `normalize` gives it.
 *
 * @param left float32 [n, width] row-major
 * @param right float32 [m, width]
 */
export function cosineSimilarity(left: Float32Array, right: Float32Array, width: number): Float64Array {
  const unitLeft = normaliseRows(left, width);
  const unitRight = normaliseRows(right, width);
  const columns = right.length / width;
  const cosines = new Float64Array((left.length / width) * columns);
  for (let cell = 0; cell < cosines.length; cell += 1) {
    const a = Math.floor(cell / columns) * width;
    const b = (cell % columns) * width;
    let sum = 0;
    for (let n = 0; n < width; n += 1) sum += (unitLeft[a + n] ?? 0) * (unitRight[b + n] ?? 0);
    cosines[cell] = sum;
  }
  return cosines;
}

function normaliseRows(values: Float32Array, width: number): Float64Array {
  const unit = Float64Array.from(values);
  for (let start = 0; start < unit.length; start += width) {
    let squares = 0;
    for (let n = start; n < start + width; n += 1) squares += (unit[n] ?? 0) ** 2;
    const norm = Math.max(Math.sqrt(squares), 1e-12);
    for (let n = start; n < start + width; n += 1) unit[n] = (unit[n] ?? 0) / norm;
  }
  return unit;
}
