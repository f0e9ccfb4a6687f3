import type { GradientRule, RuleCase, RuleContext } from '#gpu-worker/autodiff/gradient-rule.ts';
import { integerAttribute, shapes } from '#gpu-worker/autodiff/shapes.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

const cases: readonly RuleCase[] = [
  { name: 'last axis', inputs: [[2, 4]] },
  { name: 'another axis', inputs: [[2, 3, 2]], attributes: { axis: { int: 1 } } },
];

export const softmaxRules = {
  /** dX = Y ∘ (dY − Σ dY ∘ Y), the sum over the axis */
  Softmax: {
    shapes: shapes.asInput,
    gradients: (c) => [
      () => {
        const shared = sumOverAxis(c, c.emit('Mul', [c.upstream(), c.output(0)]));
        return c.emit('Mul', [c.output(0), c.emit('Sub', [c.upstream(), shared])]);
      },
    ],
    cases,
  },
  /** dX = dY − exp(Y) ∘ Σ dY, the sum over the axis */
  LogSoftmax: {
    shapes: shapes.asInput,
    gradients: (c) => [
      () => {
        const shares = c.emit('Exp', [c.output(0)]);
        return c.emit('Sub', [c.upstream(), c.emit('Mul', [shares, sumOverAxis(c, c.upstream())])]);
      },
    ],
    cases,
  },
} satisfies Record<string, GradientRule>;

function sumOverAxis(c: RuleContext, value: Value): Value {
  return c.emit('ReduceSum', [value, c.ints(integerAttribute(c, 'axis', -1))], { keepdims: { int: 1 } });
}
