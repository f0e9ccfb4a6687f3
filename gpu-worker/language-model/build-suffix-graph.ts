import {
  attentionAttributes,
  attentionOutput,
  attentionPath,
  type BlockContext,
  intoBlocks,
  projectHeads,
  rmsNorm,
} from '#gpu-worker/language-model/attention-block.ts';
import { feedForwardBlock } from '#gpu-worker/language-model/feed-forward-block.ts';
import type { LinearInput } from '#gpu-worker/language-model/linear.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { type KeyValueType, openGraph } from '#gpu-worker/language-model/open-graph.ts';
import { storedNames } from '#gpu-worker/language-model/tensor-names.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { elementTypeCodes } from '#gpu-worker/onnx/element-type-codes.ts';
import type { Graph } from '#gpu-worker/onnx/graph.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

export interface SuffixGraphOptions {
  /** Sequences of one run. A run always fills all of them: one dummy row each where there is nothing to do. */
  readonly slots: number;
  /** Type of the cached keys and values that are fed. */
  readonly keyValueType: KeyValueType;
}

/**
 * Target log-probabilities of several sequences, each behind its own cached tokens. Their rows lie behind each other; every linear layer sees
 * them together, the attention each sequence alone, at its exact length: no padding, no mask. S rows in all, P cached tokens of a slot, N
 * targets in all, D hidden, V vocabulary, G key/value heads, h head size.
 *
 * Inputs as of `openGraph`, and `lengths` int64 [slots], rows of each slot, each at least 1 (where there are several); `past.{slot}.{layer}.key|value`
 * [1, G, P, h] (P = 0 allowed); `target_rows` int64 [N], rows of the run; `target_ids` int64 [N, 1].
 * Outputs: `log_probabilities` float32 [N, 1], nats; `logits` [N, V]. Only what a run asks for is copied out.
 */
export function buildSuffixGraph(config: ModelConfig, manifest: WeightManifest, options: SuffixGraphOptions): Graph {
  const { context, stream } = openGraph('language_model_suffix', config, manifest);
  const { builder } = context;
  const targetRows = builder.input('target_rows', 'int64', ['targets']);
  if (options.slots > 1) builder.input('lengths', 'int64', [options.slots]);
  let x = stream;
  for (let layer = 0; layer < config.layers; layer += 1) {
    let attended = attend(context, layer, x, options);
    if (layer === config.layers - 1) {
      // From here on nothing mixes rows: only those that predict a target are of use.
      attended = builder.node('/model/targets/attended/Gather', 'Gather', [attended, targetRows], axis(0));
      x = builder.node('/model/targets/stream/Gather', 'Gather', [x, targetRows], axis(0));
    }
    x = feedForwardBlock(context, layer, attentionOutput(context, layer, x, attended));
  }
  targetLogProbabilities(context, x);
  return builder.build();
}

/** Attention of each slot by itself: [S, Hh]. */
function attend(context: BlockContext, layer: number, x: Value, { slots, keyValueType }: SuffixGraphOptions): Value {
  const { builder, config } = context;
  const path = attentionPath(layer);
  const { query, key, value } = projectHeads(context, layer, x);
  const split = (name: string, packed: Value): readonly Value[] =>
    slots === 1
      ? [packed]
      : builder.nodeWithOutputs(`${path}/slots/${name}/Split`, 'Split', [packed, 'lengths'], slots, axis(1));
  const queries = split('query', query());
  const keys = split('key', key);
  const values = split('value', value);
  const attended = queries.map((rows, slot) => {
    const past = (['key', 'value'] as const).map((part) => pastInput(context, slot, layer, part, keyValueType));
    const [output = ''] = builder.nodeWithOutputs(
      `${path}/slots/${slot}/Attention`,
      'Attention',
      [rows, keys[slot] ?? '', values[slot] ?? '', '', ...past],
      3,
      attentionAttributes(config),
    );
    return output;
  });
  const joined = slots === 1 ? attended[0] : builder.node(`${path}/slots/Concat`, 'Concat', attended, axis(1));
  return builder.node(`${path}/Squeeze`, 'Squeeze', [joined ?? '', '/constants/axis_0']);
}

function pastInput(
  { builder, config, blockType }: BlockContext,
  slot: number,
  layer: number,
  part: 'key' | 'value',
  type: KeyValueType,
): Value {
  const name = `past.${slot}.${layer}.${part}`;
  const fed = builder.input(name, type, [1, config.keyValueHeads, `past_length_${slot}`, config.headSize]);
  if (type === blockType) return fed;
  return builder.node(`/model/${name}/Cast`, 'Cast', [fed], { to: { int: elementTypeCodes[blockType] } });
}

/** Head and log-softmax of the target rows [N, D]: memory is N·V, never S·V. */
function targetLogProbabilities(context: BlockContext, rows: Value): void {
  const { builder, config, linear } = context;
  const targetIds = builder.input('target_ids', 'int64', ['targets', 1]);
  const normed = rmsNorm(context, '/model/head/norm', rows, storedNames.finalNorm);
  const input = linear.prepare('/model/head/input', intoBlocks(context, '/model/head/norm', normed));
  const logits = headLogits(context, input);
  const logProbabilities = builder.node('/model/head/LogSoftmax', 'LogSoftmax', [logits], axis(-1));
  const picked = builder.node(
    '/model/head/GatherElements',
    'GatherElements',
    [logProbabilities, targetIds],
    axis(1),
    'log_probabilities',
  );
  builder.output(picked, 'float32', ['targets', 1]);
  builder.output(logits, 'float32', ['targets', config.vocabularySize]);
}

/** float32 [N, V]: a log-softmax over float16 would lose what the head computed. */
function headLogits(context: BlockContext, input: LinearInput): Value {
  const { builder, linear, blockType } = context;
  if (blockType === 'float32') return linear.apply('/model/head', input, storedNames.head, 'logits');
  const computed = linear.apply('/model/head', input, storedNames.head);
  const to = { to: { int: elementTypeCodes.float32 } };
  return builder.node('/model/head/out/Cast', 'Cast', [computed], to, 'logits');
}

function axis(index: number) {
  return { axis: { int: index } };
}
