/**
 * A fixed orthogonal matrix R [n, n] that is cheap to apply: random signs, then (H ⊗ C) with H the Walsh-Hadamard matrix of the largest
 * power of two in n and C the orthonormal cosine transform (DCT-II) of the odd rest. It spreads a value over all channels, so outlier channels vanish
 * (QuaRot, arXiv 2404.00456), at n · (log2 of the power + rest) operations a vector.
 */
export class OrthogonalRotation {
  readonly size: number;
  readonly #power: number;
  readonly #rest: number;
  readonly #signs: Float64Array;
  readonly #cosines: Float64Array;
  readonly #scratch: Float64Array;
  readonly #mixed: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.#power = size & -size;
    this.#rest = size / this.#power;
    this.#signs = seededSigns(size);
    this.#cosines = cosineTransform(this.#rest);
    this.#scratch = new Float64Array(size);
    this.#mixed = new Float64Array(this.#rest);
  }

  /** x · R in place, for the vector of `size` values that starts at `start` and steps by `stride`. Sums are float64. */
  apply(values: Float32Array, start: number, stride = 1): void {
    const { size } = this;
    const scratch = this.#scratch;
    for (let n = 0; n < size; n += 1) scratch[n] = (values[start + n * stride] ?? 0) * (this.#signs[n] ?? 1);
    this.#mixBlocks(scratch);
    this.#hadamard(scratch);
    for (let n = 0; n < size; n += 1) values[start + n * stride] = scratch[n] ?? 0;
  }

  /** R itself, float32 [n, n] row-major. */
  matrix(): Float32Array {
    const matrix = new Float32Array(this.size * this.size);
    for (let row = 0; row < this.size; row += 1) {
      matrix[row * this.size + row] = 1;
      this.apply(matrix, row * this.size);
    }
    return matrix;
  }

  /** The cosine transform across the `rest` blocks of `power` values. */
  #mixBlocks(values: Float64Array): void {
    const rest = this.#rest;
    if (rest === 1) return;
    for (let position = 0; position < this.#power; position += 1) {
      for (let to = 0; to < rest; to += 1) {
        let sum = 0;
        for (let from = 0; from < rest; from += 1) {
          sum += (values[from * this.#power + position] ?? 0) * (this.#cosines[from * rest + to] ?? 0);
        }
        this.#mixed[to] = sum;
      }
      for (let to = 0; to < rest; to += 1) values[to * this.#power + position] = this.#mixed[to] ?? 0;
    }
  }

  /** The Walsh-Hadamard transform of each block of `power` values, orthonormal. */
  #hadamard(values: Float64Array): void {
    const scale = 1 / Math.sqrt(this.#power);
    for (let half = 1; half < this.#power; half *= 2) {
      for (let start = 0; start < values.length; start += 2 * half) {
        for (let n = start; n < start + half; n += 1) {
          const a = values[n] ?? 0;
          const b = values[n + half] ?? 0;
          values[n] = a + b;
          values[n + half] = a - b;
        }
      }
    }
    for (let n = 0; n < values.length; n += 1) values[n] = (values[n] ?? 0) * scale;
  }
}

/** ±1 from a fixed seed: part of the converted weights' definition. */
function seededSigns(size: number): Float64Array {
  let state = 0x9e3779b9;
  return Float64Array.from({ length: size }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state & 1) === 0 ? 1 : -1;
  });
}

/** Orthonormal DCT-II as a matrix [n, n]: column k holds frequency k. */
function cosineTransform(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let row = 0; row < n; row += 1) {
    for (let column = 0; column < n; column += 1) {
      const scale = Math.sqrt((column === 0 ? 1 : 2) / n);
      matrix[row * n + column] = scale * Math.cos((Math.PI * (2 * row + 1) * column) / (2 * n));
    }
  }
  return matrix;
}
