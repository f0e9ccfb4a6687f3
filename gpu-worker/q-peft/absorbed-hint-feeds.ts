import type { Feeds, SessionTensor } from '#gpu-worker/engine/model-session.ts';
import { type HintParameters, matrixFeed } from '#gpu-worker/q-peft/hint-feeds.ts';
import type { HintInput } from '#gpu-worker/q-peft/hint-input.ts';
import type { RowSource } from '#gpu-worker/q-peft/row-source.ts';

/** All inputs of the graph of build-absorbed-hint-graph.ts, for one pair; of the packed projections their parts, where they lie. */
export function absorbedHintFeeds(
  heads: number,
  width: number,
  input: Extract<HintInput, { method: 'attend' }>,
  parameters: HintParameters,
  frozen: RowSource,
): Feeds {
  if (input.kept !== null) throw new Error('hints with dropout in a graph without');
  const weights = thirdsOf(parameters.dense('attention.in.weight'));
  const biases = thirdsOf(parameters.dense('attention.in.bias'));
  const headsShape = [heads, width / heads, width];
  return {
    residual: { type: 'float32', shape: [1], data: Float32Array.of(parameters.residual ? 1 : 0) },
    query: matrixFeed(parameters.gather(input.query), width),
    keys: matrixFeed(frozen.gather(input.keys), width),
    open: matrixFeed(parameters.gather(input.open), width),
    close: matrixFeed(parameters.gather(input.close), width),
    'attention.query.weight': matrixFeed(weights.query, width),
    'attention.query.bias': columnFeed(biases.query),
    'attention.key.weight': { type: 'float32', shape: headsShape, data: weights.key },
    'attention.value.weight': { type: 'float32', shape: headsShape, data: weights.value },
    'attention.value.bias': columnFeed(biases.value),
    'attention.out.weight': matrixFeed(parameters.dense('attention.out.weight'), width),
    'attention.out.bias': columnFeed(parameters.dense('attention.out.bias')),
    'mlp.first.weight': matrixFeed(parameters.dense('mlp.first.weight'), width),
    'mlp.first.bias': columnFeed(parameters.dense('mlp.first.bias')),
    'mlp.second.weight': matrixFeed(parameters.dense('mlp.second.weight'), width),
    'mlp.second.bias': columnFeed(parameters.dense('mlp.second.bias')),
  };
}

/** Query, key and value of what torch packs below each other. */
function thirdsOf(packed: Float32Array) {
  const size = packed.length / 3;
  const third = (index: number) => packed.subarray(index * size, (index + 1) * size);
  return { query: third(0), key: third(1), value: third(2) };
}

/** float32 [n, 1]. */
function columnFeed(data: Float32Array): SessionTensor {
  return { type: 'float32', shape: [data.length, 1], data };
}
