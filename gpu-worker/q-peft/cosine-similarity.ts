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
  const last = columns - 1;
  const cosines = new Float64Array((left.length / width) * columns);
  for (let start = 0; start < cosines.length; start += columns) {
    const row = unitLeft.subarray((start / columns) * width, (start / columns + 1) * width);
    for (let first = 0; first < columns; first += 4) {
      // Four sums side by side: one by itself would wait for each of its additions. What is beyond the last column is the last again.
      const [second, third, fourth] = [Math.min(first + 1, last), Math.min(first + 2, last), Math.min(first + 3, last)];
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let n = 0; n < width; n += 1) {
        const value = row[n] ?? 0;
        a += value * (unitRight[first * width + n] ?? 0);
        b += value * (unitRight[second * width + n] ?? 0);
        c += value * (unitRight[third * width + n] ?? 0);
        d += value * (unitRight[fourth * width + n] ?? 0);
      }
      cosines[start + first] = a;
      cosines[start + second] = b;
      cosines[start + third] = c;
      cosines[start + fourth] = d;
    }
  }
  return cosines;
}

function normaliseRows(values: Float32Array, width: number): Float64Array {
  const unit = new Float64Array(values);
  for (let start = 0; start < unit.length; start += width) {
    let squares = 0;
    for (let n = start; n < start + width; n += 1) squares += (unit[n] ?? 0) * (unit[n] ?? 0);
    const norm = Math.max(Math.sqrt(squares), 1e-12);
    for (let n = start; n < start + width; n += 1) unit[n] = (unit[n] ?? 0) / norm;
  }
  return unit;
}
