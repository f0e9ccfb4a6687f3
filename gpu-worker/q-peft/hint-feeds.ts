import type { Feeds, SessionTensor } from '#gpu-worker/engine/model-session.ts';
import type { DenseName } from '#gpu-worker/q-peft/adapter-dense-tensors.ts';
import type { HintGraphKind } from '#gpu-worker/q-peft/build-hint-graph.ts';
import type { HintInput } from '#gpu-worker/q-peft/hint-input.ts';
import type { RowSource } from '#gpu-worker/q-peft/row-source.ts';

/** An adapter's parameters as the hint graph takes them, whether it is served or trained. `gather` gives rows of E'. */
export interface HintParameters extends RowSource {
  readonly residual: boolean;
  /** Current values. Throws where the adapter has no such tensor. */
  dense(name: DenseName): Float32Array;
}

const mlpNames = ['mlp.first.weight', 'mlp.first.bias', 'mlp.second.weight', 'mlp.second.bias'] as const;
const attentionNames = [
  'attention.in.weight',
  'attention.in.bias',
  'attention.out.weight',
  'attention.out.bias',
] as const;

/** Inputs of the hint graph that are an adapter's own: dense tensors, and rows of E'. Keys are rows of the frozen E. */
export function adapterInputs(method: HintGraphKind['method']): {
  readonly dense: readonly DenseName[];
  readonly rows: readonly string[];
} {
  return method === 'retrieve'
    ? { dense: mlpNames, rows: ['block'] }
    : { dense: [...mlpNames, ...attentionNames], rows: ['query', 'open', 'close'] };
}

/** All inputs of the graph of build-hint-graph.ts of this kind and width, for one pair. @param frozen the table E, for the keys of `attend` */
export function hintFeeds(
  kind: HintGraphKind,
  width: number,
  input: HintInput,
  parameters: HintParameters,
  frozen: RowSource,
): Feeds {
  if (input.method !== kind.method) throw new Error(`hints of method "${input.method}" in a graph of "${kind.method}"`);
  const { dense, rows } = adapterInputs(input.method);
  const feeds: Record<string, SessionTensor> = {
    residual: { type: 'float32', shape: [1], data: Float32Array.of(parameters.residual ? 1 : 0) },
  };
  for (const name of dense) {
    const data = parameters.dense(name);
    feeds[name] = name.endsWith('.weight') ? matrixFeed(data, width) : { type: 'float32', shape: [data.length], data };
  }
  for (const name of rows) feeds[name] = matrixFeed(parameters.gather(rowIds(input, name)), width);
  if (input.method === 'attend') {
    feeds['keys'] = matrixFeed(frozen.gather(input.keys), width);
    const kept = keptFeed(kind, input);
    if (kept !== null) feeds['attention.kept'] = kept;
  }
  return feeds;
}

/** Token ids of a row input of the graph. */
export function rowIds(input: HintInput, name: string): readonly number[] {
  const ids: Readonly<Record<string, readonly number[]>> =
    input.method === 'retrieve' ? { block: input.block } : { query: input.query, open: input.open, close: input.close };
  return ids[name] ?? [];
}

/** float32 [n, width]. */
export function matrixFeed(data: Float32Array, width: number): SessionTensor {
  return { type: 'float32', shape: [data.length / width, width], data };
}

/** Factors of the attention weights; a graph with dropout keeps all of them where none are given. */
function keptFeed(
  kind: HintGraphKind,
  { query, keys, kept }: Extract<HintInput, { method: 'attend' }>,
): SessionTensor | null {
  if (kind.method !== 'attend' || kind.dropout !== true) {
    if (kept !== null) throw new Error('hints with dropout in a graph without');
    return null;
  }
  const shape = [kind.heads, query.length, keys.length];
  const length = kind.heads * query.length * keys.length;
  return { type: 'float32', shape, data: kept ?? new Float32Array(length).fill(1) };
}
