import type { Graph } from '#gpu-worker/onnx/graph.ts';
import { GraphBuilder, type Value } from '#gpu-worker/onnx/graph-builder.ts';

/** One attention layer with a fixed number of heads; the retrieving method has none. */
export type HintGraphKind =
  | { readonly method: 'retrieve' }
  | {
      readonly method: 'attend';
      readonly heads: number;
      /** The graph has the input `attention.kept`; for training. */
      readonly dropout?: boolean;
      /** The graph has the output `attention`, for explanations; a graph of its own, so that scores never depend on being explained. */
      readonly weights?: boolean;
    };

/**
 * Hint embeddings H from the adapter's tensors, which are inputs: one graph serves every adapter of its kind and width D.
 *
 *     attend:  query [q, D], keys [n, D] ─ multi-head attention (torch.nn.MultiheadAttention) = attended [q, D]
 *              block = Concat(open, attended, close)
 *     retrieve: block is an input: E'["hints: " t1 … tk "\n"]
 *     both:    H = residual · block + MLP(block), MLP = Linear, ReLU, Linear
 *
 * Inputs, float32: `block` [rows, D] or `query`, `keys`, `open`, `close`; `residual` [1], 1 or 0; `mlp.first.weight` [D, D] ([out, in]),
 * `mlp.first.bias` [D], `mlp.second.*`; for attend `attention.in.weight` [3D, D], `attention.in.bias` [3D], `attention.out.weight`, `attention.out.bias`;
 * with dropout `attention.kept` [heads, q, n], the factor of each attention weight: 0, or 1 / (1 − rate).
 * Output: `hints` [rows, D]; with weights also `attention` [heads, q, n], the shares that the keys have in each query token's row. Paper section 3; method.md section 3.
 */
export function buildHintGraph(kind: HintGraphKind, width: number): Graph {
  const builder = new GraphBuilder(`hints_${kind.method}`);
  const block =
    kind.method === 'retrieve' ? builder.input('block', 'float32', ['rows', width]) : attendBlock(builder, kind, width);
  const residual = builder.input('residual', 'float32', [1]);
  const hidden = builder.node('/hints/Relu', 'Relu', [linear(builder, 'mlp.first', block, width)]);
  const transformed = linear(builder, 'mlp.second', hidden, width);
  const kept = builder.node('/hints/residual/Mul', 'Mul', [block, residual]);
  builder.node('/hints/Add', 'Add', [kept, transformed], {}, 'hints');
  builder.output('hints', 'float32', ['rows', width]);
  return builder.build();
}

function linear(builder: GraphBuilder, name: string, rows: Value, width: number): Value {
  const weight = builder.input(`${name}.weight`, 'float32', [width, width]);
  const bias = builder.input(`${name}.bias`, 'float32', [width]);
  return builder.node(`/hints/${name}/Gemm`, 'Gemm', [rows, weight, bias], { transB: { int: 1 } });
}

function attendBlock(
  builder: GraphBuilder,
  { heads, dropout, weights: withWeights }: Extract<HintGraphKind, { method: 'attend' }>,
  width: number,
): Value {
  const query = builder.input('query', 'float32', ['query_rows', width]);
  const keys = builder.input('keys', 'float32', ['key_rows', width]);
  const open = builder.input('open', 'float32', ['open_rows', width]);
  const close = builder.input('close', 'float32', ['close_rows', width]);
  const weight = builder.input('attention.in.weight', 'float32', [3 * width, width]);
  const bias = builder.input('attention.in.bias', 'float32', [3 * width]);
  const sizes = builder.int64('/hints/attention/sizes', [width, width, width]);
  const weights = builder.nodeWithOutputs('/hints/attention/SplitWeight', 'Split', [weight, sizes], 3, {
    axis: { int: 0 },
  });
  const biases = builder.nodeWithOutputs('/hints/attention/SplitBias', 'Split', [bias, sizes], 3, { axis: { int: 0 } });
  const headsShape = builder.int64('/hints/attention/heads_shape', [0, heads, width / heads]);
  const project = (part: string, rows: Value, index: number): Value => {
    const path = `/hints/attention/${part}`;
    const inputs = [rows, weights[index] ?? '', biases[index] ?? ''];
    const projected = builder.node(`${path}/Gemm`, 'Gemm', inputs, { transB: { int: 1 } });
    const split = builder.node(`${path}/Reshape`, 'Reshape', [projected, headsShape]);
    // Keys as [heads, D/heads, n], so that one MatMul makes the scores.
    const axes = part === 'key' ? [1, 2, 0] : [1, 0, 2];
    return builder.node(`${path}/Transpose`, 'Transpose', [split], { perm: { ints: axes } });
  };
  const scaledQuery = builder.node('/hints/attention/scale/Mul', 'Mul', [
    project('query', query, 0),
    builder.float32('/hints/attention/scale', [], [1 / Math.sqrt(width / heads)]),
  ]);
  const scores = builder.node('/hints/attention/scores/MatMul', 'MatMul', [scaledQuery, project('key', keys, 1)]);
  let shares = builder.node(
    '/hints/attention/Softmax',
    'Softmax',
    [scores],
    { axis: { int: -1 } },
    withWeights === true ? 'attention' : undefined,
  );
  if (withWeights === true) builder.output('attention', 'float32', [heads, 'query_rows', 'key_rows']);
  if (dropout === true) {
    const kept = builder.input('attention.kept', 'float32', [heads, 'query_rows', 'key_rows']);
    shares = builder.node('/hints/attention/dropout/Mul', 'Mul', [shares, kept]);
  }
  const mixed = builder.node('/hints/attention/mix/MatMul', 'MatMul', [shares, project('value', keys, 2)]);
  const rows = builder.node('/hints/attention/merge/Transpose', 'Transpose', [mixed], { perm: { ints: [1, 0, 2] } });
  const merged = builder.node('/hints/attention/merge/Reshape', 'Reshape', [
    rows,
    builder.int64('/hints/attention/merged_shape', [0, width]),
  ]);
  const attended = builder.node(
    '/hints/attention/out/Gemm',
    'Gemm',
    [
      merged,
      builder.input('attention.out.weight', 'float32', [width, width]),
      builder.input('attention.out.bias', 'float32', [width]),
    ],
    { transB: { int: 1 } },
  );
  return builder.node('/hints/block/Concat', 'Concat', [open, attended, close], { axis: { int: 0 } });
}
