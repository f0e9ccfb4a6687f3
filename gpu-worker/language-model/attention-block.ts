import type { LinearLayers } from '#gpu-worker/language-model/linear.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { storedNames } from '#gpu-worker/language-model/tensor-names.ts';
import { storedInitializer, type WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import type { GraphBuilder, Value } from '#gpu-worker/onnx/graph-builder.ts';

export interface BlockContext {
  readonly builder: GraphBuilder;
  readonly config: ModelConfig;
  readonly manifest: WeightManifest;
  readonly linear: LinearLayers;
  /** Rotary tables of the run's positions: float32 [1, S, h/2]. */
  readonly cosine: Value;
  readonly sine: Value;
}

/** RMS norm over the last axis with the model's epsilon. */
export function rmsNorm(context: BlockContext, path: string, rows: Value, stored: string): Value {
  const { builder, config, manifest } = context;
  return builder.node(
    `${path}/SimplifiedLayerNormalization`,
    'SimplifiedLayerNormalization',
    [rows, storedInitializer(builder, manifest, `${stored}.weight`)],
    { axis: { int: -1 }, epsilon: { float: config.rmsEpsilon } },
  );
}

/**
 * x + Attention(norm(x)). S new tokens, P cached ones, H query heads, G key/value heads, h head size.
 *
 *     x [S, D] ─ norm ─ QKV [S, (H+2G)h] ─ Unsqueeze ─ Split ─┬ q [1, S, Hh] (─ head norm) ─ rotary ─┐
 *                                                              ├ k [1, S, Gh] (─ head norm) ─ rotary ─┼ Attention(causal, past) ─ [S, Hh] ─ O ─ + x
 *                                                              └ v [1, S, Gh] ────────────────────────┘
 *
 * Declares the inputs `past.{layer}.key|value` float32 [1, G, P, h] (P = 0 allowed) and the outputs `present.{layer}.key|value` [1, G, P+S, h].
 */
export function attentionBlock(context: BlockContext, layer: number, x: Value): Value {
  const { builder, config, linear } = context;
  const path = `/model/layers.${layer}/attention`;
  const { queryHeads, keyValueHeads, headSize } = config;
  const normed = rmsNorm(context, `${path}/norm`, x, storedNames.attentionNorm(layer));
  const projected = linear.apply(
    `${path}/query_key_value`,
    linear.prepare(`${path}/query_key_value/input`, normed),
    storedNames.queryKeyValue(layer),
  );
  const batched = builder.node(`${path}/Unsqueeze`, 'Unsqueeze', [projected, '/constants/axis_0']);
  const [query, key, value] = builder.nodeWithOutputs(
    `${path}/Split`,
    'Split',
    [batched, '/constants/query_key_value_sizes'],
    3,
    {
      axis: { int: 2 },
    },
  );
  if (query === undefined || key === undefined || value === undefined) throw new Error('Split makes three outputs');
  const rotatedQuery = rotate(context, `${path}/query`, query, queryHeads, storedNames.queryNorm(layer));
  const rotatedKey = rotate(context, `${path}/key`, key, keyValueHeads, storedNames.keyNorm(layer));
  const past = (['key', 'value'] as const).map((part) =>
    builder.input(`past.${layer}.${part}`, 'float32', [1, keyValueHeads, 'past_length', headSize]),
  );
  const [attended, ...present] = builder.nodeWithOutputs(
    `${path}/Attention`,
    'Attention',
    [rotatedQuery, rotatedKey, value, '', ...past],
    [`${path}/Attention/output_0`, `present.${layer}.key`, `present.${layer}.value`],
    { is_causal: { int: 1 }, q_num_heads: { int: queryHeads }, kv_num_heads: { int: keyValueHeads } },
  );
  if (attended === undefined) throw new Error('Attention makes an output');
  for (const name of present) builder.output(name, 'float32', [1, keyValueHeads, 'total_length', headSize]);
  const rows = builder.node(`${path}/Squeeze`, 'Squeeze', [attended, '/constants/axis_0']);
  const output = linear.apply(
    `${path}/output`,
    linear.prepare(`${path}/output/input`, rows),
    storedNames.attentionOutput(layer),
  );
  return builder.node(`${path}/Add`, 'Add', [x, output]);
}

/** Rotary embedding in the split-halves form, after the per-head norm of families that have one (Qwen3). */
function rotate(context: BlockContext, path: string, packed: Value, heads: number, normName: string): Value {
  const { builder, config } = context;
  let input = packed;
  if (config.queryKeyNorm) {
    const perHead = builder.node(`${path}/ReshapeToHeads`, 'Reshape', [packed, '/constants/rows_of_heads']);
    const normed = rmsNorm(context, `${path}/norm`, perHead, normName);
    const shape = builder.int64(`${path}/packed_shape`, [1, -1, heads * config.headSize]);
    input = builder.node(`${path}/ReshapeToPacked`, 'Reshape', [normed, shape]);
  }
  return builder.node(`${path}/RotaryEmbedding`, 'RotaryEmbedding', [input, context.cosine, context.sine], {
    num_heads: { int: heads },
    interleaved: { int: 0 },
  });
}
