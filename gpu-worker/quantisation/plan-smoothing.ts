import { readBlocks } from '#gpu-worker/language-model/convert-to-fp32.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { type StoredLinear, storedLinearLayers } from '#gpu-worker/language-model/stored-linear-layers.ts';
import { siteName, storedNames } from '#gpu-worker/language-model/tensor-names.ts';
import { groupAttentionMaxima, smoothScales, spreadOverQueryHeads } from '#gpu-worker/quantisation/smooth-scales.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

/** Largest |activation| per channel and linear input, by site name: float32 [K]. Measured by `collect-channel-maxima.ts`. */
export type ChannelMaxima = ReadonlyMap<string, Float32Array>;

/** What is folded where: per stored linear layer the factor of each input channel and the divisor of each output channel; per norm the divisor of its weight. */
export interface SmoothingPlan {
  readonly inputScale: ReadonlyMap<string, Float32Array>;
  readonly outputDivisor: ReadonlyMap<string, Float32Array>;
  /** By site: the norm that makes this site's rows is divided by these. */
  readonly normDivisor: ReadonlyMap<string, Float32Array>;
}

/** Balance between activations and weights; 0.5 measured best on the default model (docs/decisions). */
const alpha = 0.5;

export function planSmoothing(config: ModelConfig, source: TensorSource, maxima: ChannelMaxima): SmoothingPlan {
  const inputScale = new Map<string, Float32Array>();
  const outputDivisor = new Map<string, Float32Array>();
  const normDivisor = new Map<string, Float32Array>();
  const bySite = Map.groupBy(storedLinearLayers(config), (linear) => siteName(linear.site));
  for (const [site, linears] of bySite) {
    const kind = linears[0]?.site.kind;
    const activation = maxima.get(site);
    if (activation === undefined) throw new Error(`calibration measured no channel maxima for "${site}"`);
    const weight = weightMaxima(source, linears, activation.length);
    let scales = smoothScales(activation, weight, alpha);
    if (kind === 'attention-output') {
      const perValue = smoothScales(
        groupAttentionMaxima(config, activation),
        groupAttentionMaxima(config, weight),
        alpha,
      );
      outputDivisor.set(storedNames.queryKeyValue(layerOf(linears)), valueRowsOnly(config, perValue));
      scales = spreadOverQueryHeads(config, perValue);
    } else if (kind === 'down') {
      outputDivisor.set(storedNames.up(layerOf(linears)), scales);
    } else {
      normDivisor.set(site, scales);
    }
    for (const linear of linears) inputScale.set(linear.stored, scales);
  }
  return { inputScale, outputDivisor, normDivisor };
}

function layerOf(linears: readonly StoredLinear[]): number {
  const site = linears[0]?.site;
  if (site === undefined || site.kind === 'head') throw new Error('the head belongs to no layer');
  return site.layer;
}

/** Largest |weight| of each input channel over all layers that read the same input: float32 [K]. */
function weightMaxima(source: TensorSource, linears: readonly StoredLinear[], inputs: number): Float32Array {
  const maxima = new Float32Array(inputs);
  for (const block of readBlocks(
    source,
    linears.flatMap((linear) => linear.weights),
  )) {
    for (let start = 0; start < block.length; start += inputs) {
      for (let input = 0; input < inputs; input += 1) {
        const magnitude = Math.abs(block[start + input] ?? 0);
        if (magnitude > (maxima[input] ?? 0)) maxima[input] = magnitude;
      }
    }
  }
  return maxima;
}

/** Divisors of the stacked q, k, v rows: 1 for q and k. */
function valueRowsOnly(config: ModelConfig, perValue: Float32Array): Float32Array {
  const before = (config.queryHeads + config.keyValueHeads) * config.headSize;
  const divisors = new Float32Array(before + perValue.length).fill(1);
  divisors.set(perValue, before);
  return divisors;
}
