import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';

/**
 * SmoothQuant (arXiv 2211.10438, equation 4): a channel's activations are divided by s and its weights multiplied by s, so that
 * outlier channels stop deciding the step of a whole row. s = max|X|^α / max|W|^(1−α), rounded to a power of two: folding is then
 * exact in float32, and float noise of the calibration run on another machine does not change the weights.
 */
export function smoothScales(
  activationMaximum: Float32Array,
  weightMaximum: Float32Array,
  alpha: number,
): Float32Array {
  return Float32Array.from(activationMaximum, (activation, channel) => {
    const weight = weightMaximum[channel] ?? 0;
    if (!(activation > 0) || !(weight > 0)) return 1;
    return 2 ** Math.round(Math.log2(activation ** alpha / weight ** (1 - alpha)));
  });
}

/**
 * Scales of the attention output's channels must be folded into the rows of V, and a V row serves all query heads of its group: one
 * scale per key/value channel, from the group's maxima. Returns [G · h] scales and the same spread over the [H · h] channels.
 */
export function groupAttentionMaxima(config: ModelConfig, perQueryChannel: Float32Array): Float32Array {
  const { queryHeads, keyValueHeads, headSize } = config;
  const group = queryHeads / keyValueHeads;
  const maxima = new Float32Array(keyValueHeads * headSize);
  for (let head = 0; head < queryHeads; head += 1) {
    const keyValueHead = Math.floor(head / group);
    for (let channel = 0; channel < headSize; channel += 1) {
      const target = keyValueHead * headSize + channel;
      maxima[target] = Math.max(maxima[target] ?? 0, perQueryChannel[head * headSize + channel] ?? 0);
    }
  }
  return maxima;
}

/** Per key/value channel [G · h] → per query channel [H · h]. */
export function spreadOverQueryHeads(config: ModelConfig, perValueChannel: Float32Array): Float32Array {
  const { queryHeads, keyValueHeads, headSize } = config;
  const group = queryHeads / keyValueHeads;
  return Float32Array.from({ length: queryHeads * headSize }, (_, index) => {
    const keyValueHead = Math.floor(index / headSize / group);
    return perValueChannel[keyValueHead * headSize + (index % headSize)] ?? 1;
  });
}
