/** Names of the tensors in a converted weights file; also the prefix of the nodes that read them. Shapes: see convert-weights.ts. */
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
} as const;

/** The inputs of linear layers whose channels are watched in calibration and smoothed for int8. */
export type LinearSite =
  | { readonly kind: 'attention' | 'attention-output' | 'feed-forward' | 'down'; readonly layer: number }
  | { readonly kind: 'head' };

export function siteName(site: LinearSite): string {
  return site.kind === 'head' ? 'head' : `${site.kind}.${site.layer}`;
}
