import type { GradientRule, RuleContext, Shape, ShapeContext } from '#gpu-worker/autodiff/gradient-rule.ts';
import { floatAttribute, integerAttribute, knownShape } from '#gpu-worker/autodiff/shapes.ts';
import type { Dimension } from '#gpu-worker/onnx/graph.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

/** The end of a slice that takes all there is. */
const toTheEnd = Number.MAX_SAFE_INTEGER;

/**
 * Y = P · V with P = softmax(s Q · Kᵀ + causal mask), recomputed here from primitives so that the forward pass keeps no probabilities:
 * dV = Pᵀ · dY, dP = dY · Vᵀ, dS = P ∘ (dP − Σ dP ∘ P), dQ = s dS · K, dK = s dSᵀ · Q.
 *
 * Letters: B batches, S new tokens, P cached ones, T = P + S, H query heads, G key/value heads, h head size, r = H/G. Query heads that share a
 * key head lie below each other, [B, G, rS, h], so that their gradients add up inside the products.
 */
export const attentionRule: GradientRule = {
  shapes: attentionShapes,
  gradients(c) {
    let known: Parts | null = null;
    const parts = () => {
      known ??= recompute(c);
      return known;
    };
    let keyGradient: Value | null = null;
    let valueGradient: Value | null = null;
    const allKeys = () => {
      keyGradient ??= c.emit('MatMul', [transposed(c, parts().scoreGradient()), parts().query]);
      return keyGradient;
    };
    const allValues = () => {
      valueGradient ??= c.emit('MatMul', [transposed(c, parts().shares), parts().upstream]);
      return valueGradient;
    };
    return [
      () => {
        const { scoreGradient, keys, layout } = parts();
        const scaled = c.emit('Mul', [c.emit('MatMul', [scoreGradient(), keys]), c.float(layout.scale)]);
        return packed(
          c,
          c.emit('Reshape', [scaled, c.ints(0, layout.heads, -1, layout.headSize)]),
          layout.heads * layout.headSize,
        );
      },
      () => packed(c, newTokens(c, allKeys(), 4), parts().layout.groups * parts().layout.headSize),
      () => packed(c, newTokens(c, allValues(), 5), parts().layout.groups * parts().layout.headSize),
      null,
      () => c.emit('Slice', [allKeys(), c.ints(0), lengthOf(c, c.input(4), 2), c.ints(2)]),
      () => c.emit('Slice', [allValues(), c.ints(0), lengthOf(c, c.input(5), 2), c.ints(2)]),
    ];
  },
  cases: [
    {
      name: 'one head',
      inputs: [
        [1, 2, 4],
        [1, 3, 4],
        [1, 3, 4],
      ],
      attributes: heads(1, 1),
    },
    {
      name: 'two batches, causal',
      inputs: [
        [2, 3, 4],
        [2, 3, 4],
        [2, 3, 4],
      ],
      attributes: heads(2, 2, 1),
    },
    {
      name: 'shared key heads, own scale',
      inputs: [
        [1, 2, 8],
        [1, 2, 4],
        [1, 2, 4],
      ],
      attributes: { ...heads(4, 2, 1), scale: { float: 0.7 } },
    },
    {
      name: 'shared key heads behind cached tokens',
      inputs: [[1, 2, 12], [1, 2, 4], [1, 2, 4], null, [1, 1, 3, 4], [1, 1, 3, 4]],
      attributes: heads(3, 1, 1),
      outputs: 3,
    },
    {
      name: 'constant cached tokens',
      inputs: [[1, 2, 4], [1, 2, 4], [1, 2, 4], null, { constant: [1, 2, 2, 2] }, { constant: [1, 2, 2, 2] }],
      attributes: heads(2, 2, 1),
      outputs: 3,
    },
  ],
};

function heads(query: number, keyValue: number, causal = 0) {
  return { q_num_heads: { int: query }, kv_num_heads: { int: keyValue }, is_causal: { int: causal } };
}

interface Layout {
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
  readonly scale: number;
}

interface Parts {
  readonly layout: Layout;
  /** s Q [B, G, rS, h]. */
  readonly query: Value;
  /** [B, G, T, h]. */
  readonly keys: Value;
  /** P [B, G, rS, T]. */
  readonly shares: Value;
  /** dY [B, G, rS, h]. */
  readonly upstream: Value;
  /** dS [B, G, rS, T]. */
  readonly scoreGradient: () => Value;
}

/**
 *     Q ─ heads ─ Mul(s) ─┐
 *     K ─ heads ─ Concat ─┴ MatMul ─ [B, H, S, T] ─ Add(mask) ─ Softmax ─ [B, G, rS, T] = P
 *     dY ─ heads ─┬ MatMul(Vᵀ) = dP ─ Sub(Σ dP ∘ P) ─ Mul(P) = dS
 */
function recompute(c: RuleContext): Parts {
  const layout = readLayout(c);
  const grouped = (value: Value) =>
    c.emit('Reshape', [
      perHead(c, value, layout.heads, layout.headSize),
      c.ints(0, layout.groups, -1, layout.headSize),
    ]);
  const query = c.emit('Mul', [grouped(c.input(0)), c.float(layout.scale)]);
  const keys = wholeLength(c, 1, 4, layout);
  const values = wholeLength(c, 2, 5, layout);
  const scores = c.emit('Reshape', [c.emit('MatMul', [query, transposed(c, keys)]), c.ints(0, layout.heads, -1, 0)]);
  const masked = integerAttribute(c, 'is_causal', 0) === 1 ? c.emit('Add', [scores, causalMask(c, keys)]) : scores;
  const softmax = c.emit('Softmax', [masked], { axis: { int: -1 } });
  const shares = c.emit('Reshape', [softmax, c.ints(0, layout.groups, -1, 0)]);
  const upstream = grouped(c.upstream());
  let scoreGradient: Value | null = null;
  return {
    layout,
    query,
    keys,
    shares,
    upstream,
    scoreGradient() {
      if (scoreGradient !== null) return scoreGradient;
      const shareGradient = c.emit('MatMul', [upstream, transposed(c, values)]);
      const total = c.emit('ReduceSum', [c.emit('Mul', [shareGradient, shares]), c.ints(-1)], { keepdims: { int: 1 } });
      scoreGradient = c.emit('Mul', [shares, c.emit('Sub', [shareGradient, total])]);
      return scoreGradient;
    },
  };
}

function readLayout(c: RuleContext): Layout {
  const refuse = (reason: string) =>
    new Error(`the gradient of "${c.node.name}" (Attention) is not defined for ${reason}`);
  const shape = knownShape(c, 0);
  const width = shape.at(-1);
  const heads = integerAttribute(c, 'q_num_heads', 0);
  const groups = integerAttribute(c, 'kv_num_heads', 0);
  if (shape.length !== 3 || typeof width !== 'number' || heads === 0 || groups === 0) throw refuse('unpacked heads');
  if (c.hasInput(3)) throw refuse('a mask given as input');
  if (floatAttribute(c, 'softcap', 0) !== 0) throw refuse('capped scores');
  if (c.hasUpstream(1) || c.hasUpstream(2)) throw refuse('uses of the present keys and values');
  const headSize = width / heads;
  return { heads, groups, headSize, scale: floatAttribute(c, 'scale', 1 / Math.sqrt(headSize)) };
}

/** [B, S, n·h] → [B, n, S, h] */
function perHead(c: RuleContext, value: Value, count: number, headSize: number): Value {
  const split = c.emit('Reshape', [value, c.ints(0, 0, count, headSize)]);
  return c.emit('Transpose', [split], { perm: { ints: [0, 2, 1, 3] } });
}

/** [B, n, S, h] → [B, S, n·h] */
function packed(c: RuleContext, value: Value, width: number): Value {
  const rows = c.emit('Transpose', [value], { perm: { ints: [0, 2, 1, 3] } });
  return c.emit('Reshape', [rows, c.ints(0, 0, width)]);
}

/** Keys or values of all T tokens [B, G, T, h]: the node's own present output behind cached ones (the kernel then insists on it). */
function wholeLength(c: RuleContext, index: 1 | 2, pastIndex: 4 | 5, layout: Layout): Value {
  return c.hasInput(pastIndex) ? c.output(index) : perHead(c, c.input(index), layout.groups, layout.headSize);
}

/** The last S of T tokens. */
function newTokens(c: RuleContext, value: Value, pastIndex: 4 | 5): Value {
  if (!c.hasInput(pastIndex)) return value;
  return c.emit('Slice', [value, lengthOf(c, c.input(pastIndex), 2), c.ints(toTheEnd), c.ints(2)]);
}

/** [S, T]: −∞ from column P + row + 1 on. */
function causalMask(c: RuleContext, keys: Value): Value {
  const rows = lengthOf(c, c.input(0), 1);
  const columns = lengthOf(c, keys, 2);
  const full = c.emit('Expand', [
    c.float(Number.NEGATIVE_INFINITY),
    c.emit('Concat', [rows, columns], { axis: { int: 0 } }),
  ]);
  const first = c.emit('Add', [c.emit('Sub', [columns, rows]), c.ints(1)]);
  return c.emit('Trilu', [full, c.emit('Squeeze', [first, c.ints(0)])], { upper: { int: 1 } });
}

function lengthOf(c: RuleContext, value: Value, axis: number): Value {
  return c.emit('Gather', [c.emit('Shape', [value]), c.ints(axis)], { axis: { int: 0 } });
}

function transposed(c: RuleContext, value: Value): Value {
  return c.emit('Transpose', [value], { perm: { ints: [0, 1, 3, 2] } });
}

function attentionShapes(c: ShapeContext): Shape[] {
  const [query, key] = [c.inputShape(0), c.inputShape(1)];
  const width = key?.at(-1);
  if (typeof width !== 'number') return c.node.outputs.map(() => null);
  const groups = integerAttribute(c, 'kv_num_heads', 1);
  const present: readonly Dimension[] = [key?.[0] ?? 1, groups, `${c.node.name}/total_length`, width / groups];
  return [query, present, present].slice(0, c.node.outputs.length);
}
