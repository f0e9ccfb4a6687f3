import type { LinearLayers } from '#gpu-worker/language-model/linear.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { storedNames } from '#gpu-worker/language-model/tensor-names.ts';
import { storedInitializer, type WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { elementTypeCodes } from '#gpu-worker/onnx/element-type-codes.ts';
import type { AttributeValue } from '#gpu-worker/onnx/graph.ts';
import type { GraphBuilder, Value } from '#gpu-worker/onnx/graph-builder.ts';

export interface BlockContext {
  readonly builder: GraphBuilder;
  readonly config: ModelConfig;
  readonly manifest: WeightManifest;
  readonly linear: LinearLayers;
  /** What projections, attention and feed-forward compute in; the residual stream and the norms are float32. */
  readonly blockType: 'float32' | 'float16';
  /** Rotary tables of the run's positions: [1, S, h/2] in the blocks' type. */
  readonly cosine: Value;
  readonly sine: Value;
}

/** A float32 value in the type that blocks compute in. */
export function intoBlocks(
  { builder, blockType }: Pick<BlockContext, 'builder' | 'blockType'>,
  path: string,
  value: Value,
): Value {
  if (blockType === 'float32') return value;
  return builder.node(`${path}/in/Cast`, 'Cast', [value], { to: { int: elementTypeCodes[blockType] } });
}

/** What a block made, as float32. */
export function outOfBlocks({ builder, blockType }: BlockContext, path: string, value: Value): Value {
  if (blockType === 'float32') return value;
  return builder.node(`${path}/out/Cast`, 'Cast', [value], { to: { int: elementTypeCodes.float32 } });
}

/** RMS norm over the last axis with the model's epsilon: float32 in, float32 out. */
export function rmsNorm(context: BlockContext, path: string, rows: Value, stored: string): Value {
  const { builder, config, manifest } = context;
  return builder.node(
    `${path}/SimplifiedLayerNormalization`,
    'SimplifiedLayerNormalization',
    [rows, storedInitializer(builder, manifest, `${stored}.weight`)],
    { axis: { int: -1 }, epsilon: { float: config.rmsEpsilon } },
  );
}

/** Packed heads of the new tokens, after norm, projection and rotation: query [1, S, Hh], key and value [1, S, Gh]. */
interface Projected {
  readonly query: () => Value;
  readonly key: Value;
  readonly value: Value;
}

/**
 *     x [S, D] ─ norm ─ QKV [S, (H+2G)h] ─ Unsqueeze ─ Split ─┬ q (─ head norm) ─ rotary
 *                                                              ├ k (─ head norm) ─ rotary
 *                                                              └ v
 */
export function projectHeads(context: BlockContext, layer: number, x: Value): Projected {
  const { builder, config, linear } = context;
  const path = attentionPath(layer);
  const normed = rmsNorm(context, `${path}/norm`, x, storedNames.attentionNorm(layer));
  const projected = linear.apply(
    `${path}/query_key_value`,
    linear.prepare(`${path}/query_key_value/input`, intoBlocks(context, `${path}/norm`, normed)),
    storedNames.queryKeyValue(layer),
  );
  const batched = builder.node(`${path}/Unsqueeze`, 'Unsqueeze', [projected, '/constants/axis_0']);
  const sizes = '/constants/query_key_value_sizes';
  const [query, key, value] = builder.nodeWithOutputs(`${path}/Split`, 'Split', [batched, sizes], 3, {
    axis: { int: 2 },
  });
  if (query === undefined || key === undefined || value === undefined) throw new Error('Split makes three outputs');
  return {
    query: () => rotate(context, `${path}/query`, query, config.queryHeads, storedNames.queryNorm(layer)),
    key: rotate(context, `${path}/key`, key, config.keyValueHeads, storedNames.keyNorm(layer)),
    value,
  };
}

/** x + O(attended), for the same rows of both: float32 [rows, D]. */
export function attentionOutput(context: BlockContext, layer: number, x: Value, attended: Value): Value {
  const { builder, linear } = context;
  const path = attentionPath(layer);
  const input = linear.prepare(`${path}/output/input`, attended);
  const output = linear.apply(`${path}/output`, input, storedNames.attentionOutput(layer));
  return builder.node(`${path}/Add`, 'Add', [x, outOfBlocks(context, `${path}/output`, output)]);
}

export function attentionAttributes({ queryHeads, keyValueHeads }: ModelConfig): Record<string, AttributeValue> {
  return { is_causal: { int: 1 }, q_num_heads: { int: queryHeads }, kv_num_heads: { int: keyValueHeads } };
}

export function attentionPath(layer: number): string {
  return `/model/layers.${layer}/attention`;
}

/** Rotary embedding in the split-halves form, after the per-head norm of families that have one (Qwen3). */
function rotate(context: BlockContext, path: string, packed: Value, heads: number, normName: string): Value {
  const { builder, config } = context;
  let input = packed;
  if (config.queryKeyNorm) {
    const perHead = builder.node(`${path}/ReshapeToHeads`, 'Reshape', [packed, '/constants/rows_of_heads']);
    const rows = outOfBlocks(context, `${path}/norm`, perHead);
    const normed = intoBlocks(context, `${path}/norm`, rmsNorm(context, `${path}/norm`, rows, normName));
    const shape = builder.int64(`${path}/packed_shape`, [1, -1, heads * config.headSize]);
    input = builder.node(`${path}/ReshapeToPacked`, 'Reshape', [normed, shape]);
  }
  return builder.node(`${path}/RotaryEmbedding`, 'RotaryEmbedding', [input, context.cosine, context.sine], {
    num_heads: { int: heads },
    interleaved: { int: 0 },
  });
}
