import { type BlockContext, intoBlocks } from '#gpu-worker/language-model/attention-block.ts';
import { createLinearLayers } from '#gpu-worker/language-model/linear.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { storedNames } from '#gpu-worker/language-model/tensor-names.ts';
import { storedInitializer, type WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { GraphBuilder, type Value } from '#gpu-worker/onnx/graph-builder.ts';

/** How keys and values are kept between the run of a prefix and the runs of its suffixes. */
export type KeyValueType = 'float32' | 'float16';

/** What projections, attention and feed-forward compute in. */
export function blockTypeOf({ precision }: Pick<WeightManifest, 'precision'>): BlockContext['blockType'] {
  return precision === 'fp16' ? 'float16' : 'float32';
}

/**
 * What every graph of a language model starts with. S rows, D hidden, h head size. Inputs: `embeddings` float32 [S, D]; `rotary_cosine`,
 * `rotary_sine` float32 [1, S, h/2], the tables at the rows' positions. Returns the context of the layers and the stream that enters the first. The stream
 * is float32 in every precision: sums over all layers need more digits and range than float16 has.
 */
export function openGraph(
  name: string,
  config: ModelConfig,
  manifest: WeightManifest,
): { context: BlockContext; stream: Value } {
  const builder = new GraphBuilder(name);
  const half = config.headSize / 2;
  const embeddings = builder.input('embeddings', 'float32', ['sequence', config.hiddenSize]);
  declareConstants(builder, config);
  const linear = createLinearLayers(builder, manifest);
  const blockType = blockTypeOf(manifest);
  const table = (input: string) =>
    intoBlocks({ builder, blockType }, `/model/${input}`, builder.input(input, 'float32', [1, 'sequence', half]));
  const cosine = table('rotary_cosine');
  const sine = table('rotary_sine');
  const context = { builder, config, manifest, linear, cosine, sine, blockType };
  if (manifest.tensors[storedNames.rotation] === undefined) return { context, stream: embeddings };
  // Rotated weights (int8) expect a rotated residual stream; every other rotation is folded into weights.
  const rotation = storedInitializer(builder, manifest, storedNames.rotation);
  return { context, stream: builder.node('/model/rotation/MatMul', 'MatMul', [embeddings, rotation]) };
}

function declareConstants(builder: GraphBuilder, config: ModelConfig): void {
  const { queryHeads, keyValueHeads, headSize } = config;
  builder.int64('/constants/axis_0', [0]);
  builder.int64('/constants/query_key_value_sizes', [
    queryHeads * headSize,
    keyValueHeads * headSize,
    keyValueHeads * headSize,
  ]);
  if (config.queryKeyNorm) builder.int64('/constants/rows_of_heads', [-1, headSize]);
}
