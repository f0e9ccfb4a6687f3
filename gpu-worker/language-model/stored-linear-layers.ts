import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { storedNames } from '#gpu-worker/language-model/tensor-names.ts';

/** What a linear layer reads and writes; decides what is folded into it. */
export type LinearRole = 'query-key-value' | 'attention-output' | 'gate-up' | 'down' | 'head';

/** One linear layer of the graph and the checkpoint tensors that it is stacked from, along the output axis. */
export interface StoredLinear {
  readonly stored: string;
  readonly role: LinearRole;
  /** Hugging Face names of weights [out, in]. */
  readonly weights: readonly string[];
  /** Names of biases [out], one for each weight, or empty. */
  readonly biases: readonly string[];
  /** The norm whose output it reads, as a Hugging Face name; null where no norm is in front. */
  readonly norm: string | null;
}

/** One RMS norm weight [size] of the checkpoint. */
export interface StoredNorm {
  readonly stored: string;
  readonly weight: string;
  /** Over one head (Qwen3), not over the residual stream. */
  readonly perHead: boolean;
}

/** Every linear layer that the graph of `config` reads, in file order. */
export function storedLinearLayers(config: ModelConfig): StoredLinear[] {
  const layers = Array.from({ length: config.layers }, (_, layer) => layerLinears(config, layer)).flat();
  const head = config.tiedHead ? 'model.embed_tokens.weight' : 'lm_head.weight';
  return [
    ...layers,
    { stored: storedNames.head, role: 'head', weights: [head], biases: [], norm: 'model.norm.weight' },
  ];
}

function layerLinears(config: ModelConfig, layer: number): StoredLinear[] {
  const prefix = `model.layers.${layer}`;
  const attentionNorm = `${prefix}.input_layernorm.weight`;
  const feedForwardNorm = `${prefix}.post_attention_layernorm.weight`;
  const linear = (
    stored: string,
    role: LinearRole,
    norm: string | null,
    names: readonly string[],
    bias: boolean,
  ): StoredLinear => ({
    stored,
    role,
    norm,
    weights: names.map((name) => `${prefix}.${name}.weight`),
    biases: bias ? names.map((name) => `${prefix}.${name}.bias`) : [],
  });
  const queryKeyValue = ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'];
  const { queryKeyValueBias, attentionOutputBias, feedForwardBias } = config;
  return [
    linear(storedNames.queryKeyValue(layer), 'query-key-value', attentionNorm, queryKeyValue, queryKeyValueBias),
    linear(storedNames.attentionOutput(layer), 'attention-output', null, ['self_attn.o_proj'], attentionOutputBias),
    linear(storedNames.gate(layer), 'gate-up', feedForwardNorm, ['mlp.gate_proj'], feedForwardBias),
    linear(storedNames.up(layer), 'gate-up', feedForwardNorm, ['mlp.up_proj'], feedForwardBias),
    linear(storedNames.down(layer), 'down', null, ['mlp.down_proj'], feedForwardBias),
  ];
}

/** Every norm that the graph of `config` reads. */
export function storedNorms(config: ModelConfig): StoredNorm[] {
  const norms: StoredNorm[] = [];
  for (let layer = 0; layer < config.layers; layer += 1) {
    const prefix = `model.layers.${layer}`;
    const push = (stored: string, name: string, perHead: boolean) =>
      norms.push({ stored, weight: `${prefix}.${name}.weight`, perHead });
    push(storedNames.attentionNorm(layer), 'input_layernorm', false);
    push(storedNames.feedForwardNorm(layer), 'post_attention_layernorm', false);
    if (config.queryKeyNorm) {
      push(storedNames.queryNorm(layer), 'self_attn.q_norm', true);
      push(storedNames.keyNorm(layer), 'self_attn.k_norm', true);
    }
  }
  norms.push({ stored: storedNames.finalNorm, weight: 'model.norm.weight', perHead: false });
  return norms;
}
