/** Rows of a linear layer in int8, transposed to [in, out] as the kernel reads them, with one float32 scale per output channel. */
export interface QuantisedLinear {
  readonly weight: Int8Array;
  readonly scale: Float32Array;
}

export function emptyQuantisedLinear(outputs: number, inputs: number): QuantisedLinear {
  return { weight: new Int8Array(inputs * outputs), scale: new Float32Array(outputs) };
}

/**
 * Quantises consecutive rows of W, float32 [rows, inputs], into `target` from output channel `firstOutput` on: symmetric, per output
 * channel, W ≈ weight · scale.
 */
export function quantiseRowsInto(
  target: QuantisedLinear,
  firstOutput: number,
  rows: Float32Array,
  inputs: number,
): void {
  const outputs = target.scale.length;
  for (let output = firstOutput, start = 0; start < rows.length; output += 1, start += inputs) {
    let maximum = 0;
    for (let input = 0; input < inputs; input += 1) maximum = Math.max(maximum, Math.abs(rows[start + input] ?? 0));
    const step = maximum > 0 ? maximum / 127 : 1;
    target.scale[output] = step;
    for (let input = 0; input < inputs; input += 1) {
      target.weight[input * outputs + output] = Math.max(
        -127,
        Math.min(127, Math.round((rows[start + input] ?? 0) / step)),
      );
    }
  }
}
