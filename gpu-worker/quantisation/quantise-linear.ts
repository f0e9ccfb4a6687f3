/** A linear layer in int8: weights transposed to [in, out] as the kernel reads them, one float32 scale per output channel. */
export interface QuantisedLinear {
  readonly weight: Int8Array;
  readonly scale: Float32Array;
}

/**
 * Quantises W' = diag(1 / outputDivisor) · W · diag(inputScale) to int8, symmetric, per output channel: W' ≈ weight · scale.
 * `blocks` are consecutive rows of W, float32 [rows, inputs]; `outputs` their total.
 */
export function quantiseLinear(
  blocks: Iterable<Float32Array>,
  outputs: number,
  inputs: number,
  inputScale: Float32Array | null,
  outputDivisor: Float32Array | null,
): QuantisedLinear {
  const weight = new Int8Array(inputs * outputs);
  const scale = new Float32Array(outputs);
  const row = new Float32Array(inputs);
  let output = 0;
  for (const block of blocks) {
    for (let start = 0; start < block.length; start += inputs) {
      const divisor = outputDivisor?.[output] ?? 1;
      let maximum = 0;
      for (let input = 0; input < inputs; input += 1) {
        const value = ((block[start + input] ?? 0) * (inputScale?.[input] ?? 1)) / divisor;
        row[input] = value;
        maximum = Math.max(maximum, Math.abs(value));
      }
      const step = maximum > 0 ? maximum / 127 : 1;
      scale[output] = step;
      for (let input = 0; input < inputs; input += 1) {
        weight[input * outputs + output] = Math.max(-127, Math.min(127, Math.round((row[input] ?? 0) / step)));
      }
      output += 1;
    }
  }
  if (output !== outputs) throw new Error(`a linear layer of ${outputs} outputs was given ${output} rows`);
  return { weight, scale };
}
