import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';

/** Every tensor that a checkpoint of this configuration has, by Hugging Face name, with its shape (letters as in model-config.ts). A tied head has no tensor of its own. */
export function expectedTensors(config: ModelConfig): Map<string, readonly number[]> {
  const { layers, hiddenSize, vocabularySize } = config;
  const shapes = new Map<string, readonly number[]>([
    ['model.embed_tokens.weight', [vocabularySize, hiddenSize]],
    ['model.norm.weight', [hiddenSize]],
  ]);
  if (!config.tiedHead) shapes.set('lm_head.weight', [vocabularySize, hiddenSize]);
  for (let layer = 0; layer < layers; layer++) {
    for (const [name, shape] of layerTensors(config)) shapes.set(`model.layers.${layer}.${name}`, shape);
  }
  return shapes;
}

function layerTensors(config: ModelConfig): [string, readonly number[]][] {
  const { hiddenSize, feedForwardSize, headSize } = config;
  const queryRows = config.queryHeads * headSize;
  const keyRows = config.keyValueHeads * headSize;
  const tensors: [string, readonly number[]][] = [
    ['input_layernorm.weight', [hiddenSize]],
    ['post_attention_layernorm.weight', [hiddenSize]],
    ...linear('self_attn.q_proj', queryRows, hiddenSize, config.queryKeyValueBias),
    ...linear('self_attn.k_proj', keyRows, hiddenSize, config.queryKeyValueBias),
    ...linear('self_attn.v_proj', keyRows, hiddenSize, config.queryKeyValueBias),
    ...linear('self_attn.o_proj', hiddenSize, queryRows, config.attentionOutputBias),
    ...linear('mlp.gate_proj', feedForwardSize, hiddenSize, config.feedForwardBias),
    ...linear('mlp.up_proj', feedForwardSize, hiddenSize, config.feedForwardBias),
    ...linear('mlp.down_proj', hiddenSize, feedForwardSize, config.feedForwardBias),
  ];
  if (config.queryKeyNorm)
    tensors.push(['self_attn.q_norm.weight', [headSize]], ['self_attn.k_norm.weight', [headSize]]);
  return tensors;
}

function linear(name: string, outputs: number, inputs: number, bias: boolean): [string, readonly number[]][] {
  const weight: [string, readonly number[]] = [`${name}.weight`, [outputs, inputs]];
  return bias ? [weight, [`${name}.bias`, [outputs]]] : [weight];
}
