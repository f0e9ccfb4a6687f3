import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { type LinearSite, storedNames } from '#gpu-worker/language-model/tensor-names.ts';

/** One linear layer of the graph and the checkpoint tensors that it is stacked from, along the output axis. */
export interface StoredLinear {
  readonly stored: string;
  /** Hugging Face names of weights [out, in]. */
  readonly weights: readonly string[];
  /** Names of biases [out], one for each weight, or empty. */
  readonly biases: readonly string[];
  /** The input that it reads. */
  readonly site: LinearSite;
}

/** One RMS norm weight [size] of the checkpoint. */
export interface StoredNorm {
  readonly stored: string;
  readonly weight: string;
  /** The linear input that the norm makes; null for the per-head norms. */
  readonly site: LinearSite | null;
}

/** Every linear layer that the graph of `config` reads, in file order. */
export function storedLinearLayers(config: ModelConfig): StoredLinear[] {
  const layers = Array.from({ length: config.layers }, (_, layer) => layerLinears(config, layer)).flat();
  const head = config.tiedHead ? 'model.embed_tokens.weight' : 'lm_head.weight';
  return [...layers, { stored: storedNames.head, weights: [head], biases: [], site: { kind: 'head' } }];
}

function layerLinears(config: ModelConfig, layer: number): StoredLinear[] {
  const attention = `model.layers.${layer}.self_attn`;
  const feedForward = `model.layers.${layer}.mlp`;
  const linear = (
    stored: string,
    kind: Exclude<LinearSite['kind'], 'head'>,
    names: readonly string[],
    bias: boolean,
  ): StoredLinear => ({
    stored,
    weights: names.map((name) => `${name}.weight`),
    biases: bias ? names.map((name) => `${name}.bias`) : [],
    site: { kind, layer },
  });
  return [
    linear(
      storedNames.queryKeyValue(layer),
      'attention',
      ['q_proj', 'k_proj', 'v_proj'].map((name) => `${attention}.${name}`),
      config.queryKeyValueBias,
    ),
    linear(storedNames.attentionOutput(layer), 'attention-output', [`${attention}.o_proj`], config.attentionOutputBias),
    linear(storedNames.gate(layer), 'feed-forward', [`${feedForward}.gate_proj`], config.feedForwardBias),
    linear(storedNames.up(layer), 'feed-forward', [`${feedForward}.up_proj`], config.feedForwardBias),
    linear(storedNames.down(layer), 'down', [`${feedForward}.down_proj`], config.feedForwardBias),
  ];
}

/** Every norm that the graph of `config` reads. */
export function storedNorms(config: ModelConfig): StoredNorm[] {
  const norms: StoredNorm[] = [];
  for (let layer = 0; layer < config.layers; layer += 1) {
    const prefix = `model.layers.${layer}`;
    norms.push({
      stored: storedNames.attentionNorm(layer),
      weight: `${prefix}.input_layernorm.weight`,
      site: { kind: 'attention', layer },
    });
    norms.push({
      stored: storedNames.feedForwardNorm(layer),
      weight: `${prefix}.post_attention_layernorm.weight`,
      site: { kind: 'feed-forward', layer },
    });
    if (config.queryKeyNorm) {
      norms.push({ stored: storedNames.queryNorm(layer), weight: `${prefix}.self_attn.q_norm.weight`, site: null });
      norms.push({ stored: storedNames.keyNorm(layer), weight: `${prefix}.self_attn.k_norm.weight`, site: null });
    }
  }
  norms.push({ stored: storedNames.finalNorm, weight: 'model.norm.weight', site: { kind: 'head' } });
  return norms;
}
