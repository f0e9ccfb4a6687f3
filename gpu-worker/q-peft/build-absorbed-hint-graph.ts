import type { Graph } from '#gpu-worker/onnx/graph.ts';
import { GraphBuilder, type Value } from '#gpu-worker/onnx/graph-builder.ts';

/** Sizes of one pair that decide which form of the attending graph does less work. */
export interface AttendedSizes {
  readonly heads: number;
  /** D. */
  readonly width: number;
  /** |q|. */
  readonly query: number;
  /** n, document tokens that are keys. */
  readonly keys: number;
}

/**
 * Whether projecting the query's rows and mixes (|q|·D·D, and heads·|q|·n·D for products with the keys as they are) is less work than projecting the
 * keys (n·D·D), each twice. Then the rows in between, heads·|q|, are fewer than D.
 */
export function absorbsProjections({ heads, width, query, keys }: AttendedSizes): boolean {
  return query * (width + heads * keys) < keys * width;
}

/**
 * The attending graph of build-hint-graph.ts for few query rows: no key or value of the document is ever made. Scores are (Wk_hᵀ q_h) · E[d], where the
 * keys' bias adds the same to all of them, which softmax ignores; a head's output is Wv_h (shares · E[d]) + bv_h, since shares sum to 1.
 * For a question of 11 tokens and a passage of 145 a ninth of the arithmetic, and a third of the time.
 *
 *     query [q, D] ─ Wq ─ heads [H, q, D/H] ─ Wk ─ [H·q, D] ─ keysᵀ ─ Softmax [H·q, n] ─ keys ─ [H, D, q] ─ Wv ─ [D, q] ─ Wo ─ attended [q, D]
 *
 * Weights stand on the left of their products, [out, in] · rowsᵀ: as the right factor the runtime would bring each into another order first, for every pair.
 *
 * Inputs, float32: `query` [q, D], `keys` [n, D], `open`, `close`, `residual` [1]; weights [D, D]: `attention.query.weight`, `attention.out.weight`,
 * `mlp.first.weight`, `mlp.second.weight`, with a bias [D, 1] each; `attention.key.weight`, `attention.value.weight` [H, D/H, D], `attention.value.bias` [D, 1].
 * Output: `hints` [rows, D]. It has no gradient graph: training has the other form.
 */
export function buildAbsorbedHintGraph(heads: number, width: number): Graph {
  const builder = new GraphBuilder('hints_attend_absorbed');
  const rows = (name: string) => builder.input(name, 'float32', [`${name}_rows`, width]);
  const keys = rows('keys');
  const shares = attentionShares(builder, rows('query'), keys, heads, width);
  const mixed = builder.node('/hints/attention/mix/MatMul', 'MatMul', [shares, keys]);
  const attended = transpose(builder, '/hints/attention/out', outputColumns(builder, mixed, heads, width));
  const parts = [rows('open'), attended, rows('close')];
  const block = builder.node('/hints/block/Concat', 'Concat', parts, { axis: { int: 0 } });
  const hidden = builder.node('/hints/Relu', 'Relu', [columnsOfRows(builder, 'mlp.first', block, width)]);
  const transformed = transpose(builder, '/hints/mlp', columnsOfColumns(builder, 'mlp.second', hidden, width));
  const kept = builder.node('/hints/residual/Mul', 'Mul', [block, builder.input('residual', 'float32', [1])]);
  builder.node('/hints/Add', 'Add', [kept, transformed], {}, 'hints');
  builder.output('hints', 'float32', ['rows', width]);
  return builder.build();
}

/** [H·q, n]. */
function attentionShares(builder: GraphBuilder, query: Value, keys: Value, heads: number, width: number): Value {
  const path = '/hints/attention/query';
  const projected = columnsOfRows(builder, 'attention.query', query, width);
  const headsShape = builder.int64(`${path}/heads_shape`, [heads, width / heads, -1]);
  const split = builder.node(`${path}/heads/Reshape`, 'Reshape', [projected, headsShape]);
  const perHead = builder.node(`${path}/heads/Transpose`, 'Transpose', [split], { perm: { ints: [0, 2, 1] } });
  const scale = builder.float32('/hints/attention/scale', [], [1 / Math.sqrt(width / heads)]);
  const scaled = builder.node('/hints/attention/scale/Mul', 'Mul', [perHead, scale]);
  const weight = builder.input('attention.key.weight', 'float32', [heads, width / heads, width]);
  const absorbed = builder.node('/hints/attention/key/MatMul', 'MatMul', [scaled, weight]);
  const rowsShape = builder.int64('/hints/attention/key/rows_shape', [-1, width]);
  const rows = builder.node('/hints/attention/key/Reshape', 'Reshape', [absorbed, rowsShape]);
  const scores = builder.node('/hints/attention/scores/Gemm', 'Gemm', [rows, keys], { transB: { int: 1 } });
  return builder.node('/hints/attention/Softmax', 'Softmax', [scores], { axis: { int: -1 } });
}

/** Mixes of keys [H·q, D] to rows behind the output projection, as columns: [D, q]. */
function outputColumns(builder: GraphBuilder, mixed: Value, heads: number, width: number): Value {
  const path = '/hints/attention/value';
  const headsShape = builder.int64(`${path}/heads_shape`, [heads, -1, width]);
  const perHead = builder.node(`${path}/heads/Reshape`, 'Reshape', [mixed, headsShape]);
  const columns = builder.node(`${path}/heads/Transpose`, 'Transpose', [perHead], { perm: { ints: [0, 2, 1] } });
  const weight = builder.input('attention.value.weight', 'float32', [heads, width / heads, width]);
  const values = builder.node(`${path}/MatMul`, 'MatMul', [weight, columns]);
  const joinedShape = builder.int64(`${path}/joined_shape`, [width, -1]);
  const joined = builder.node(`${path}/Reshape`, 'Reshape', [values, joinedShape]);
  const bias = builder.input('attention.value.bias', 'float32', [width, 1]);
  const biased = builder.node(`${path}/Add`, 'Add', [joined, bias]);
  return columnsOfColumns(builder, 'attention.out', biased, width);
}

/** W · rowsᵀ + b: [rows, D] to [D, rows]. */
function columnsOfRows(builder: GraphBuilder, name: string, rows: Value, width: number): Value {
  return linear(builder, name, rows, width, 1);
}

/** W · columns + b: [D, rows] to [D, rows]. */
function columnsOfColumns(builder: GraphBuilder, name: string, columns: Value, width: number): Value {
  return linear(builder, name, columns, width, 0);
}

function linear(builder: GraphBuilder, name: string, right: Value, width: number, transB: 0 | 1): Value {
  const weight = builder.input(`${name}.weight`, 'float32', [width, width]);
  const bias = builder.input(`${name}.bias`, 'float32', [width, 1]);
  return builder.node(`/hints/${name}/Gemm`, 'Gemm', [weight, right, bias], { transB: { int: transB } });
}

function transpose(builder: GraphBuilder, path: string, value: Value): Value {
  return builder.node(`${path}/Transpose`, 'Transpose', [value], { perm: { ints: [1, 0] } });
}
