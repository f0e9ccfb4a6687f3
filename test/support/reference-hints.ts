/** Matrices as lists of rows, float64: the formulas of method.md section 3 as they stand, for holding the engine against. */
export type Matrix = readonly (readonly number[])[];

export type TensorValues = (name: string) => Float32Array;

/** The rows of a flat float32 matrix. */
export function matrixOf(values: Float32Array, width: number): Matrix {
  return Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
}

/** H = Linear₂(ReLU(Linear₁(block))): the authors' hints, which are not residual. */
export function referenceHints(block: Matrix, tensor: TensorValues, width: number): Matrix {
  const hidden = linear(block, tensor('doc_multi_layers.0.weight'), tensor('doc_multi_layers.0.bias'), width);
  const positive = hidden.map((row) => row.map((value) => Math.max(0, value)));
  return linear(positive, tensor('doc_multi_layers.2.weight'), tensor('doc_multi_layers.2.bias'), width);
}

/** The first k different document tokens by falling cosine of any query token with them, to 1e-6 (filter d). */
export function referenceSelection(
  query: Matrix,
  document: Matrix,
  documentIds: readonly number[],
  k: number,
): number[] {
  const cells = query.flatMap((row) =>
    document.map((other, at) => ({ cosine: Math.round(cosine(row, other) * 1e6), id: documentIds[at] ?? 0 })),
  );
  return [...new Set(cells.sort((a, b) => b.cosine - a.cosine).map(({ id }) => id))].slice(0, k);
}

/** torch.nn.MultiheadAttention(query, keys, keys) with biases. */
export function referenceAttention(
  query: Matrix,
  keys: Matrix,
  heads: number,
  tensor: TensorValues,
  width: number,
): Matrix {
  const weight = tensor('docspec_attention.in_proj_weight');
  const bias = tensor('docspec_attention.in_proj_bias');
  const project = (rows: Matrix, part: number) =>
    linear(rows, weight.subarray(part * width ** 2), bias.subarray(part * width), width);
  const [q, k, v] = [project(query, 0), project(keys, 1), project(keys, 2)];
  const size = width / heads;
  const mixed = q.map((row) =>
    Array.from({ length: heads }, (_, head) => {
      const part = (values: readonly number[]) => values.slice(head * size, (head + 1) * size);
      const scores = k.map((key) => Math.exp(dot(part(row), part(key)) / Math.sqrt(size)));
      const sum = scores.reduce((total, score) => total + score, 0);
      return part(row).map((_, n) =>
        scores.reduce((total, score, at) => total + (score / sum) * (part(v[at] ?? [])[n] ?? 0), 0),
      );
    }).flat(),
  );
  return linear(mixed, tensor('docspec_attention.out_proj.weight'), tensor('docspec_attention.out_proj.bias'), width);
}

/** Rows · weightᵀ + bias; weight flat [width, width]. */
function linear(rows: Matrix, weight: Float32Array, bias: Float32Array, width: number): Matrix {
  return rows.map((row) =>
    Array.from({ length: width }, (_, n) => dot(row, weight.subarray(n * width, (n + 1) * width)) + (bias[n] ?? 0)),
  );
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function dot(a: readonly number[], b: ArrayLike<number>): number {
  return a.reduce((sum, value, n) => sum + value * (b[n] ?? 0), 0);
}
