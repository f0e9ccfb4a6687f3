import type { GradientRule, RuleContext } from '#gpu-worker/autodiff/gradient-rule.ts';
import { floatAttribute, integerAttribute, shapes } from '#gpu-worker/autodiff/shapes.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

/**
 * y = n ∘ w with n = x / ρ, ρ = √(mean(x²) + ε) over the last axis; g = dy ∘ w:
 * dx = (g − n ∘ mean(g ∘ n)) / ρ, dw = dy ∘ n summed over the rows.
 */
export const rmsNormRule: GradientRule = {
  shapes: shapes.asInput,
  broadcast: ['none', 'all'],
  gradients(c) {
    let parts: { readonly deviation: Value; readonly normed: Value } | null = null;
    const norm = () => {
      parts ??= normalise(c);
      return parts;
    };
    return [
      () => {
        const { deviation, normed } = norm();
        const weighted = c.emit('Mul', [c.upstream(), c.input(1)]);
        const shared = meanOverRow(c, c.emit('Mul', [weighted, normed]));
        return c.emit('Div', [c.emit('Sub', [weighted, c.emit('Mul', [normed, shared])]), deviation]);
      },
      () => c.emit('Mul', [c.upstream(), norm().normed]),
    ];
  },
  cases: [
    { name: 'rows', inputs: [[3, 4], [4]], attributes: { axis: { int: -1 }, epsilon: { float: 1e-5 } } },
    {
      name: 'an epsilon that matters',
      inputs: [[2, 2, 3], [3]],
      attributes: { axis: { int: -1 }, epsilon: { float: 0.5 } },
    },
  ],
};

/** x ─ Mul(x) ─ ReduceMean ─ Add(ε) ─ Sqrt = ρ;  x ─ Div(ρ) = n */
function normalise(c: RuleContext): { readonly deviation: Value; readonly normed: Value } {
  const axis = integerAttribute(c, 'axis', -1);
  if (axis !== -1) throw new Error(`the gradient of "${c.node.name}" is defined for the last axis, not ${axis}`);
  const squares = meanOverRow(c, c.emit('Mul', [c.input(0), c.input(0)]));
  const deviation = c.emit('Sqrt', [c.emit('Add', [squares, c.float(floatAttribute(c, 'epsilon', 1e-5))])]);
  return { deviation, normed: c.emit('Div', [c.input(0), deviation]) };
}

function meanOverRow(c: RuleContext, value: Value): Value {
  return c.emit('ReduceMean', [value, c.ints(-1)], { keepdims: { int: 1 } });
}
