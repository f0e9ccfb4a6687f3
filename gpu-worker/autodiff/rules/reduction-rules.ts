import type { GradientRule, RuleCase, RuleContext } from '#gpu-worker/autodiff/gradient-rule.ts';
import { axisOf, integerAttribute, knownShape, shapes } from '#gpu-worker/autodiff/shapes.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

const cases: readonly RuleCase[] = [
  { name: 'kept axis', inputs: [[2, 3], { ints: [-1] }] },
  { name: 'two dropped axes', inputs: [[2, 3, 2], { ints: [0, 2] }], attributes: { keepdims: { int: 0 } } },
];

export const reductionRules = {
  /** dX = dY, repeated over the reduced axes */
  ReduceSum: { shapes: shapes.reduced, gradients: (c) => [() => repeated(c, c.upstream()), null], cases },
  /** dX = dY / n, repeated over the n values of the reduced axes */
  ReduceMean: {
    shapes: shapes.reduced,
    gradients: (c) => [
      () => {
        const shape = knownShape(c, 0);
        const sizes = reducedAxes(c).map((axis) => shape[axis]);
        const count = sizes.reduce<number>(
          (product, size) => product * (typeof size === 'number' ? size : Number.NaN),
          1,
        );
        if (Number.isNaN(count))
          throw new Error(`the gradient of "${c.node.name}" (ReduceMean) needs reduced axes of fixed size`);
        return repeated(c, c.emit('Div', [c.upstream(), c.float(count)]));
      },
      null,
    ],
    cases,
  },
} satisfies Record<string, GradientRule>;

function reducedAxes(c: RuleContext): readonly number[] {
  const axes = c.constant(1);
  if (axes === null) throw new Error(`the gradient of "${c.node.name}" (${c.node.operator}) needs constant axes`);
  return axes.map((axis) => axisOf(axis, knownShape(c, 0).length));
}

function repeated(c: RuleContext, gradient: Value): Value {
  const kept =
    integerAttribute(c, 'keepdims', 1) === 1 ? gradient : c.emit('Unsqueeze', [gradient, c.ints(...reducedAxes(c))]);
  return c.emit('Expand', [kept, c.emit('Shape', [c.input(0)])]);
}
