import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { LinearRole } from '#gpu-worker/language-model/stored-linear-layers.ts';
import { OrthogonalRotation } from '#gpu-worker/quantisation/orthogonal-rotation.ts';

/**
 * Folds rotations into linear layers (QuaRot, arXiv 2404.00456, section 4), so that the int8 model computes the same function on a residual stream
 * without outlier channels. R is the rotation of the residual stream [D, D], H the one of a head [h, h], g the weight of the norm in front:
 *
 *     query, key    W · diag(g) · R                  gate, up, head   W · diag(g) · R
 *     value         Hᵀ · W · diag(g) · R, per head   down             Rᵀ · W
 *     output        Rᵀ · W · H, per head             embeddings       E · R, in the graph
 *
 * RMS norm commutes with R once its weight is folded away. Rotary positions sit between q, k and their product, so those are not rotated.
 */
export class LinearRotation {
  readonly #config: ModelConfig;
  readonly residual: OrthogonalRotation;
  readonly #head: OrthogonalRotation;

  constructor(config: ModelConfig) {
    this.#config = config;
    this.residual = new OrthogonalRotation(config.hiddenSize);
    this.#head = new OrthogonalRotation(config.headSize);
  }

  /** Whether output channels are mixed, so that all rows of the layer are needed at once. */
  mixesOutputs(role: LinearRole): boolean {
    return role === 'attention-output' || role === 'down' || role === 'query-key-value';
  }

  /** The input side of rows of W, float32 [rows, inputs], in place. */
  rotateInputs(role: LinearRole, rows: Float32Array, inputs: number, norm: Float32Array | null): void {
    if (role === 'down') return;
    for (let start = 0; start < rows.length; start += inputs) {
      if (norm !== null) for (let n = 0; n < inputs; n += 1) rows[start + n] = (rows[start + n] ?? 0) * (norm[n] ?? 1);
      if (role === 'attention-output') {
        for (let head = 0; head < inputs; head += this.#head.size) this.#head.apply(rows, start + head);
      } else {
        this.residual.apply(rows, start);
      }
    }
  }

  /** The output side of a whole W, float32 [outputs, inputs], in place; a bias is a W with one input. */
  rotateOutputs(role: LinearRole, weights: Float32Array, inputs: number): void {
    if (role === 'attention-output' || role === 'down') {
      for (let input = 0; input < inputs; input += 1) this.residual.apply(weights, input, inputs);
    } else if (role === 'query-key-value') {
      const { queryHeads, keyValueHeads, headSize } = this.#config;
      const firstValueHead = queryHeads + keyValueHeads;
      for (let head = firstValueHead; head < firstValueHead + keyValueHeads; head += 1) {
        for (let input = 0; input < inputs; input += 1)
          this.#head.apply(weights, head * headSize * inputs + input, inputs);
      }
    }
  }
}
