import {
  attentionAttributes,
  attentionOutput,
  attentionPath,
  type BlockContext,
  projectHeads,
} from '#gpu-worker/language-model/attention-block.ts';
import { feedForwardBlock } from '#gpu-worker/language-model/feed-forward-block.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { type KeyValueType, openGraph } from '#gpu-worker/language-model/open-graph.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { elementTypeCodes } from '#gpu-worker/onnx/element-type-codes.ts';
import type { Graph } from '#gpu-worker/onnx/graph.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

/**
 * Keys and values of a prefix. S tokens, G key/value heads, h head size. Inputs as of `openGraph`; outputs `present.{layer}.key|value`
 * [1, G, S, h] of the type asked for. There is no head, and of the last layer only what makes its keys and values: 3 % of the work of 30 layers saved.
 */
export function buildPrefixGraph(config: ModelConfig, manifest: WeightManifest, keyValueType: KeyValueType): Graph {
  const { context, stream } = openGraph('language_model_prefix', config, manifest);
  let x = stream;
  for (let layer = 0; layer < config.layers; layer += 1) {
    const last = layer === config.layers - 1;
    const { present, attended } = last ? lastKeyValues(context, layer, x) : attend(context, layer, x);
    for (const [index, part] of (['key', 'value'] as const).entries()) {
      declarePresent(context, keyValueType, `present.${layer}.${part}`, present[index] ?? '');
    }
    if (attended !== null) x = feedForwardBlock(context, layer, attended);
  }
  return context.builder.build();
}

interface LayerResult {
  /** Key, value: [1, G, S, h] in the blocks' type. */
  readonly present: readonly Value[];
  /** The stream behind the attention; null where nothing reads it. */
  readonly attended: Value | null;
}

function attend(context: BlockContext, layer: number, x: Value): LayerResult {
  const { builder, config } = context;
  const path = attentionPath(layer);
  const { query, key, value } = projectHeads(context, layer, x);
  const [attended = '', ...present] = builder.nodeWithOutputs(
    `${path}/Attention`,
    'Attention',
    [query(), key, value],
    3,
    attentionAttributes(config),
  );
  const rows = builder.node(`${path}/Squeeze`, 'Squeeze', [attended, '/constants/axis_0']);
  return { present, attended: attentionOutput(context, layer, x, rows) };
}

/** Without attention: [1, S, Gh] to [1, G, S, h]. */
function lastKeyValues(context: BlockContext, layer: number, x: Value): LayerResult {
  const { builder, config } = context;
  const { key, value } = projectHeads(context, layer, x);
  const heads = builder.int64('/constants/key_value_heads', [1, -1, config.keyValueHeads, config.headSize]);
  const present = Object.entries({ key, value }).map(([part, packed]) => {
    const path = `${attentionPath(layer)}/present_${part}`;
    const split = builder.node(`${path}/Reshape`, 'Reshape', [packed, heads]);
    return builder.node(`${path}/Transpose`, 'Transpose', [split], { perm: { ints: [0, 2, 1, 3] } });
  });
  return { present, attended: null };
}

function declarePresent({ builder, config }: BlockContext, type: KeyValueType, name: string, present: Value): void {
  const to = { to: { int: elementTypeCodes[type] } };
  const path = `/model/${name}`;
  // An output of its own also in float32, so that both types have the same names.
  builder.node(`${path}/Cast`, 'Cast', [present], to, name);
  builder.output(name, type, [1, config.keyValueHeads, 'sequence', config.headSize]);
}
