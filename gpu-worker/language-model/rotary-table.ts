import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';

/** Cosines and sines of consecutive positions, ready to be graph inputs: float32, row-major [length, h/2]. */
export interface RotarySlice {
  readonly cosine: Float32Array;
  readonly sine: Float32Array;
}

/** Angular frequency per pair of channels: [h/2], radians per position (RoFormer section 3.2; Llama 3.1 scaling as in its release). */
export function rotaryFrequencies(config: Pick<ModelConfig, 'headSize' | 'ropeTheta' | 'ropeScaling'>): Float64Array {
  const half = config.headSize / 2;
  return Float64Array.from({ length: half }, (_, pair) =>
    scaleFrequency(config.ropeTheta ** (-pair / half), config.ropeScaling),
  );
}

function scaleFrequency(frequency: number, scaling: ModelConfig['ropeScaling']): number {
  if (scaling === null) return frequency;
  if (scaling.kind === 'linear') return frequency / scaling.factor;
  const wavelength = (2 * Math.PI) / frequency;
  const { factor, lowFrequencyFactor, highFrequencyFactor, originalContextLength } = scaling;
  if (wavelength > originalContextLength / lowFrequencyFactor) return frequency / factor;
  if (wavelength < originalContextLength / highFrequencyFactor) return frequency;
  const smooth = (originalContextLength / wavelength - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

/** Computed in float64 and rounded once; grown on demand, so that a long context costs nothing until it is used. */
export class RotaryTable {
  readonly #frequencies: Float64Array;
  #length = 0;
  #cosine = new Float32Array(0);
  #sine = new Float32Array(0);

  constructor(config: ModelConfig) {
    this.#frequencies = rotaryFrequencies(config);
  }

  /** Positions [start, start + length), as views of the table (no copy). */
  slice(start: number, length: number): RotarySlice {
    const end = start + length;
    if (end > this.#length) this.#grow(Math.max(end, this.#length * 2, 512));
    const half = this.#frequencies.length;
    return {
      cosine: this.#cosine.subarray(start * half, end * half),
      sine: this.#sine.subarray(start * half, end * half),
    };
  }

  #grow(length: number): void {
    const half = this.#frequencies.length;
    const cosine = new Float32Array(length * half);
    const sine = new Float32Array(length * half);
    for (let position = 0; position < length; position += 1) {
      for (let pair = 0; pair < half; pair += 1) {
        const angle = position * (this.#frequencies[pair] ?? 0);
        cosine[position * half + pair] = Math.cos(angle);
        sine[position * half + pair] = Math.sin(angle);
      }
    }
    this.#cosine = cosine;
    this.#sine = sine;
    this.#length = length;
  }
}
