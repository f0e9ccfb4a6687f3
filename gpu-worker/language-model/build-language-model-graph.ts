import { attentionBlock, type BlockContext, rmsNorm } from '#gpu-worker/language-model/attention-block.ts';
import { feedForwardBlock } from '#gpu-worker/language-model/feed-forward-block.ts';
import { createLinearLayers } from '#gpu-worker/language-model/linear.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { storedNames } from '#gpu-worker/language-model/tensor-names.ts';
import { storedInitializer, type WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import type { Graph } from '#gpu-worker/onnx/graph.ts';
import { GraphBuilder, type Value } from '#gpu-worker/onnx/graph-builder.ts';

/**
 * One graph for full, prefix and suffix runs of a Llama-family model. S new tokens, P cached, N scored rows, D hidden, V vocabulary.
 *
 * Inputs: `embeddings` float32 [S, D]; `rotary_cosine`, `rotary_sine` float32 [1, S, h/2]; `past.{layer}.key|value` [1, G, P, h] (P = 0
 * allowed); `target_rows` int64 [N] (rows of this run, N = 0 allowed); `target_ids` int64 [N, 1].
 * Outputs: `log_probabilities` float32 [N, 1], nats; `logits` [N, V]; `present.{layer}.key|value` [1, G, P+S, h]. Only what a run asks for is copied out.
 */
export function buildLanguageModelGraph(config: ModelConfig, manifest: WeightManifest): Graph {
  const builder = new GraphBuilder('language_model');
  const half = config.headSize / 2;
  const embeddings = builder.input('embeddings', 'float32', ['sequence', config.hiddenSize]);
  const cosine = builder.input('rotary_cosine', 'float32', [1, 'sequence', half]);
  const sine = builder.input('rotary_sine', 'float32', [1, 'sequence', half]);
  declareConstants(builder, config);
  const context: BlockContext = {
    builder,
    config,
    manifest,
    linear: createLinearLayers(builder, manifest),
    cosine,
    sine,
  };
  // Rotated weights (int8) expect a rotated residual stream; every other rotation is folded into weights.
  let x: Value = embeddings;
  if (manifest.tensors[storedNames.rotation] !== undefined) {
    const rotation = storedInitializer(builder, manifest, storedNames.rotation);
    x = builder.node('/model/rotation/MatMul', 'MatMul', [embeddings, rotation]);
  }
  for (let layer = 0; layer < config.layers; layer += 1) {
    x = feedForwardBlock(context, layer, attentionBlock(context, layer, x));
  }
  targetLogProbabilities(context, x);
  return builder.build();
}

/** Head and log-softmax at the target rows alone: memory is N·V, never S·V. */
function targetLogProbabilities(context: BlockContext, x: Value): void {
  const { builder, config, linear } = context;
  const targetRows = builder.input('target_rows', 'int64', ['targets']);
  const targetIds = builder.input('target_ids', 'int64', ['targets', 1]);
  const rows = builder.node('/model/head/Gather', 'Gather', [x, targetRows], { axis: { int: 0 } });
  const normed = rmsNorm(context, '/model/head/norm', rows, storedNames.finalNorm);
  const logits = linear.apply('/model/head', linear.prepare('/model/head/input', normed), storedNames.head, 'logits');
  const logProbabilities = builder.node('/model/head/LogSoftmax', 'LogSoftmax', [logits], { axis: { int: -1 } });
  const picked = builder.node(
    '/model/head/GatherElements',
    'GatherElements',
    [logProbabilities, targetIds],
    { axis: { int: 1 } },
    'log_probabilities',
  );
  builder.output(picked, 'float32', ['targets', 1]);
  builder.output(logits, 'float32', ['targets', config.vocabularySize]);
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
