/** Names of the tensors in a converted weights file; also the prefix of the nodes that read them. Shapes: see convert-to-float.ts and convert-to-int8.ts (quantisation/). */
export const storedNames = {
  attentionNorm: (layer: number) => `model.layers.${layer}.attention_norm`,
  queryKeyValue: (layer: number) => `model.layers.${layer}.attention.query_key_value`,
  queryNorm: (layer: number) => `model.layers.${layer}.attention.query_norm`,
  keyNorm: (layer: number) => `model.layers.${layer}.attention.key_norm`,
  attentionOutput: (layer: number) => `model.layers.${layer}.attention.output`,
  feedForwardNorm: (layer: number) => `model.layers.${layer}.feed_forward_norm`,
  gate: (layer: number) => `model.layers.${layer}.feed_forward.gate`,
  up: (layer: number) => `model.layers.${layer}.feed_forward.up`,
  down: (layer: number) => `model.layers.${layer}.feed_forward.down`,
  finalNorm: 'model.final_norm',
  head: 'model.head',
  /** R [D, D], where the residual stream is rotated (quantisation/orthogonal-rotation.ts). */
  rotation: 'model.rotation',
} as const;
